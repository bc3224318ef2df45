from django.contrib import admin

from accounts.admin_base import KeptAdmin
from prescriptions.models import Prescription


@admin.register(Prescription)
class PrescriptionAdmin(KeptAdmin[Prescription]):
    """To look at: only a doctor issues a prescription, and an issued one is never edited."""

    list_display = ["medication", "patient", "doctor", "created_at", "expires_at", "refills_remaining"]
    list_filter = ["doctor", "created_at", "expires_at"]
    list_select_related = ["patient__user", "doctor__user"]
    search_fields = ["medication", "patient__user__last_name", "patient__user__email"]
    date_hierarchy = "created_at"
