from typing import Any

from rest_framework import serializers

from accounts.api.fields import PlainText, WholeNumber, WireTimeField
from prescriptions.history import MAX_REASON
from prescriptions.models import LONGEST_DAYS, MAX_NOTES, MOST_REFILLS, Prescription, PrescriptionStatusChange


class PrescriptionChangeSerializer(serializers.ModelSerializer[PrescriptionStatusChange]):
    at = WireTimeField()
    by = serializers.SerializerMethodField(help_text="Null where the clock did it.")
    refill = serializers.SerializerMethodField()

    class Meta:
        model = PrescriptionStatusChange
        fields = ["from_status", "to_status", "refill", "at", "by", "reason"]

    def get_by(self, change: PrescriptionStatusChange) -> dict[str, str] | None:
        return {"id": str(change.by.pk), "name": change.by.full_name} if change.by else None

    def get_refill(self, change: PrescriptionStatusChange) -> str | None:
        return change.refill or None


class PrescriptionSerializer(serializers.ModelSerializer[Prescription]):
    patient_id = serializers.UUIDField()
    doctor_id = serializers.UUIDField()
    created_at = WireTimeField()
    expires_at = WireTimeField()
    status = serializers.CharField(source="state")
    ended_at = WireTimeField(source="over_since", allow_null=True)
    history = PrescriptionChangeSerializer(many=True)

    class Meta:
        model = Prescription
        fields = [
            "id", "patient_id", "doctor_id", "medication", "dosage", "frequency", "duration_days",
            "refills_remaining", "notes", "created_at", "expires_at", "status", "ended_at", "history",
        ]  # fmt: skip


class StepSerializer(serializers.Serializer[Any]):
    reason = PlainText(required=False, default="", allow_blank=True, max_length=MAX_REASON)


class IssueSerializer(serializers.Serializer[Any]):
    patient_id = serializers.UUIDField()
    medication = PlainText(max_length=200)
    dosage = PlainText(max_length=100)
    frequency = PlainText(max_length=100)
    duration_days = WholeNumber(min_value=1, max_value=LONGEST_DAYS)
    refills_remaining = WholeNumber(min_value=0, max_value=MOST_REFILLS, required=False, default=0)
    notes = PlainText(required=False, default="", allow_blank=True, max_length=MAX_NOTES)
