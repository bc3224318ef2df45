from typing import Any

from rest_framework import serializers

from accounts.api.fields import PlainText, WholeNumber, WireTimeField
from prescriptions.models import LONGEST_DAYS, MAX_NOTES, MOST_REFILLS, Prescription


class PrescriptionSerializer(serializers.ModelSerializer[Prescription]):
    patient_id = serializers.UUIDField()
    doctor_id = serializers.UUIDField()
    created_at = WireTimeField()
    expires_at = WireTimeField()

    class Meta:
        model = Prescription
        fields = [
            "id", "patient_id", "doctor_id", "medication", "dosage", "frequency", "duration_days",
            "refills_remaining", "notes", "created_at", "expires_at",
        ]  # fmt: skip


class IssueSerializer(serializers.Serializer[Any]):
    patient_id = serializers.UUIDField()
    medication = PlainText(max_length=200)
    dosage = PlainText(max_length=100)
    frequency = PlainText(max_length=100)
    duration_days = WholeNumber(min_value=1, max_value=LONGEST_DAYS)
    refills_remaining = WholeNumber(min_value=0, max_value=MOST_REFILLS, required=False, default=0)
    notes = PlainText(required=False, default="", allow_blank=True, max_length=MAX_NOTES)
