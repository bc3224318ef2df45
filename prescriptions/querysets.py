from typing import Any, Self

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import Patient, User


class PrescriptionQuerySet(QuerySet[Any]):
    """`bulk_create()` tells nobody: issue prescriptions through `Prescription.issue`."""

    def visible_to(self, user: User) -> Self:
        return self.filter(patient__in=Patient.objects.visible_to(user))

    def with_people(self) -> Self:
        return self.select_related("patient__user", "doctor__user")

    def with_check(self) -> Self:
        return self.select_related("recorded_check").prefetch_related("recorded_check__alerts")

    def active(self) -> Self:
        return self.filter(expires_at__gt=timezone.now())

    def ended(self) -> Self:
        return self.filter(expires_at__lte=timezone.now())

    def search(self, words: str) -> Self:
        """By medication, or by patient: name, record number, birth date."""
        words = words.replace("\x00", " ").strip()
        if not words:
            return self
        return self.filter(Q(medication__icontains=words) | Q(patient__in=Patient.objects.search(words)))
