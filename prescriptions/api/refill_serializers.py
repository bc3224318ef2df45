from typing import Any

from rest_framework import serializers

from accounts.api.fields import PlainText, WholeNumber, WireTimeField
from accounts.models import User
from prescriptions.api.serializers import WithOverrides
from prescriptions.models import LONGEST_DAYS, MAX_NOTES, MOST_REFILLS, RefillRequest
from prescriptions.reasons import MAX_REASON


class RefillRequestSerializer(serializers.ModelSerializer[RefillRequest]):
    prescription_id = serializers.UUIDField()
    patient_id = serializers.UUIDField(source="prescription.patient_id")
    doctor_id = serializers.UUIDField(source="prescription.doctor_id")
    medication = serializers.CharField(source="prescription.medication")
    needs_renewal = serializers.BooleanField(source="prescription.needs_renewal")
    would_last_until = WireTimeField(allow_null=True)
    asked_by = serializers.SerializerMethodField()
    asked_at = WireTimeField()
    answer = serializers.SerializerMethodField()
    answered_by = serializers.SerializerMethodField()
    answered_at = WireTimeField(allow_null=True)

    class Meta:
        model = RefillRequest
        fields = [
            "id", "prescription_id", "patient_id", "doctor_id", "medication", "needs_renewal", "would_last_until",
            "note", "asked_by", "asked_at", "answer", "answered_by", "answered_at", "reason",
        ]  # fmt: skip

    def get_asked_by(self, request: RefillRequest) -> dict[str, str]:
        return _named(request.asked_by)

    def get_answer(self, request: RefillRequest) -> str | None:
        return request.answer or None

    def get_answered_by(self, request: RefillRequest) -> dict[str, str] | None:
        return _named(request.answered_by) if request.answered_by else None


def _named(user: User) -> dict[str, str]:
    return {"id": str(user.pk), "name": user.full_name}


class AskRefillSerializer(serializers.Serializer[Any]):
    note = PlainText(required=False, default="", allow_blank=True, max_length=MAX_REASON)


class RenewSerializer(WithOverrides):
    """What is left out stays as it was."""

    duration_days = WholeNumber(min_value=1, max_value=LONGEST_DAYS, required=False)
    refills_remaining = WholeNumber(min_value=0, max_value=MOST_REFILLS, required=False)
    notes = PlainText(required=False, allow_blank=True, max_length=MAX_NOTES)
