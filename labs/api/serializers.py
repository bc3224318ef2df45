from typing import Any

from rest_framework import serializers

from accounts.api.fields import PlainText, WireTimeField
from accounts.fields import senders_identifier
from labs.api.release_serializers import StandingSerializer
from labs.checks import MAX_REASON
from labs.models import MAX_NOTES, LabFollowUp, LabResult
from labs.sign_off import MOST_AT_ONCE
from labs.statuses import ResultStatus


class LabResultSerializer(serializers.ModelSerializer[LabResult]):
    patient_id = serializers.UUIDField()
    doctor_id = serializers.UUIDField()
    order_id = serializers.UUIDField(allow_null=True)
    supersedes = serializers.UUIDField(source="supersedes_id", allow_null=True)
    superseded_by = serializers.SerializerMethodField()
    reviewed_by_doctor = serializers.SerializerMethodField()
    reviewed_at = serializers.SerializerMethodField()
    doctor_notes = serializers.SerializerMethodField()
    result_data = serializers.ReadOnlyField()
    created_at = WireTimeField()

    class Meta:
        model = LabResult
        fields = [
            "id", "patient_id", "doctor_id", "order_id", "message_id", "test_type", "status", "status_reason",
            "supersedes", "superseded_by", "critical", "abnormal", "result_data",
            "reviewed_by_doctor", "reviewed_at", "doctor_notes", "created_at",
        ]  # fmt: skip

    def get_superseded_by(self, result: LabResult) -> str | None:
        return str(result.newer_or_none.pk) if result.newer_or_none else None

    def get_reviewed_by_doctor(self, result: LabResult) -> bool:
        return result.review_or_none is not None

    def get_reviewed_at(self, result: LabResult) -> str | None:
        review = result.review_or_none
        return WireTimeField().to_representation(review.at) if review else None

    def get_doctor_notes(self, result: LabResult) -> str:
        review = result.review_or_none
        return review.notes if review else ""


class ReadResultSerializer(LabResultSerializer):
    """For those who see the result: how it stands with its patient too. A laboratory is not told what they chose."""

    release = StandingSerializer()

    class Meta(LabResultSerializer.Meta):
        fields = [*LabResultSerializer.Meta.fields, "release"]


class AsRecordedSerializer(LabResultSerializer):
    """What was answered when it was recorded, whatever became of it: asking again does not tell a laboratory."""

    def get_superseded_by(self, result: LabResult) -> None:
        return None

    def get_reviewed_by_doctor(self, result: LabResult) -> bool:
        return False

    def get_reviewed_at(self, result: LabResult) -> None:
        return None

    def get_doctor_notes(self, result: LabResult) -> str:
        return ""


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
    decimal_comma = Flag(required=False, default=False)
    status = PlainText(required=False, default=ResultStatus.FINAL)
    order_id = serializers.UUIDField(required=False, allow_null=True, default=None)
    message_id = PlainText(required=False, default="", validators=[senders_identifier])


class AmendSerializer(serializers.Serializer[Any]):
    """What may be said of a newer version; what is left out stays as it was."""

    result_data = serializers.JSONField(required=False)
    decimal_comma = Flag(required=False)
    critical = Flag(required=False)
    reason = PlainText(required=False, default="", allow_blank=True, max_length=MAX_REASON)


class SignOffSerializer(serializers.Serializer[Any]):
    ids = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=MOST_AT_ONCE)


class ReviewSerializer(serializers.Serializer[Any]):
    notes = PlainText(required=False, default="", allow_blank=True, max_length=MAX_NOTES)
    monitor_until = serializers.DateField(required=False, allow_null=True, default=None)
    monitor_note = PlainText(required=False, default="", allow_blank=True, max_length=MAX_REASON)


class FollowUpSerializer(serializers.ModelSerializer[LabFollowUp]):
    result_id = serializers.UUIDField(source="review.result_id")
    patient_id = serializers.UUIDField()
    doctor_id = serializers.UUIDField()
    done_at = WireTimeField(allow_null=True)

    class Meta:
        model = LabFollowUp
        fields = ["id", "result_id", "patient_id", "doctor_id", "due", "note", "done_at"]
