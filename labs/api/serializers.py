from typing import Any

from rest_framework import serializers

from accounts.api.fields import PlainText, WireTimeField
from labs.models import MAX_NOTES, LabResult


class LabResultSerializer(serializers.ModelSerializer[LabResult]):
    patient_id = serializers.UUIDField()
    doctor_id = serializers.UUIDField()
    status = serializers.SerializerMethodField()
    reviewed_by_doctor = serializers.SerializerMethodField()
    reviewed_at = serializers.SerializerMethodField()
    doctor_notes = serializers.SerializerMethodField()
    result_data = serializers.ReadOnlyField()
    created_at = WireTimeField()

    class Meta:
        model = LabResult
        fields = [
            "id", "patient_id", "doctor_id", "test_type", "status", "critical", "result_data",
            "reviewed_by_doctor", "reviewed_at", "doctor_notes", "created_at",
        ]  # fmt: skip

    def get_status(self, result: LabResult) -> str:
        return "final"

    def get_reviewed_by_doctor(self, result: LabResult) -> bool:
        return result.review_or_none is not None

    def get_reviewed_at(self, result: LabResult) -> str | None:
        review = result.review_or_none
        return WireTimeField().to_representation(review.at) if review else None

    def get_doctor_notes(self, result: LabResult) -> str:
        review = result.review_or_none
        return review.notes if review else ""


class Flag(serializers.BooleanField):
    """true or false; the many other spellings of truth could be a slip."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid")
        return data


class RecordSerializer(serializers.Serializer[Any]):
    patient_id = serializers.UUIDField()
    doctor_id = serializers.UUIDField(required=False)
    test_type = PlainText(max_length=100)
    critical = Flag(required=False, default=False)
    result_data = serializers.JSONField()


class ReviewSerializer(serializers.Serializer[Any]):
    notes = PlainText(required=False, default="", allow_blank=True, max_length=MAX_NOTES)
