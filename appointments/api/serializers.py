from typing import Any

from rest_framework import serializers

from accounts.api.fields import PlainText, WireTimeField
from appointments.models import MAX_TEXT, Appointment, AppointmentStatusChange, VisitKind
from appointments.statuses import Status, read_status


class StatusChangeSerializer(serializers.ModelSerializer[AppointmentStatusChange]):
    at = WireTimeField()
    time = WireTimeField(allow_null=True)
    doctor_id = serializers.UUIDField()
    by = serializers.SerializerMethodField()
    from_status = serializers.SerializerMethodField()

    class Meta:
        model = AppointmentStatusChange
        fields = ["from_status", "to_status", "time", "doctor_id", "at", "by", "reason", "overbooked"]

    def get_by(self, change: AppointmentStatusChange) -> dict[str, str]:
        return {"id": str(change.by.pk), "name": change.by.full_name}

    def get_from_status(self, change: AppointmentStatusChange) -> str | None:
        return change.from_status or None


class AppointmentSerializer(serializers.ModelSerializer[Appointment]):
    patient_id = serializers.UUIDField()
    doctor_id = serializers.UUIDField()
    kind = serializers.CharField(source="kind.code")
    requested_time = WireTimeField()
    scheduled_time = WireTimeField(allow_null=True)
    checked_in_at = WireTimeField(allow_null=True)
    created_at = WireTimeField()
    history = StatusChangeSerializer(many=True)

    class Meta:
        model = Appointment
        fields = [
            "id", "patient_id", "doctor_id", "kind", "status", "requested_time", "scheduled_time",
            "needs_another_doctor", "reason", "notes", "checked_in_at", "created_at", "history",
        ]  # fmt: skip


class KindField(serializers.SlugRelatedField[VisitKind]):
    """A kind of visit that is offered, by its code."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(slug_field="code", queryset=VisitKind.objects.filter(is_active=True), **kwargs)

    def to_internal_value(self, data: Any) -> VisitKind:
        if isinstance(data, str) and "\x00" in data:  # which no code has, and PostgreSQL does not compare
            self.fail("does_not_exist", slug_name=self.slug_field, value="")
        return super().to_internal_value(data)


class RequestSerializer(serializers.Serializer[Any]):
    doctor_id = serializers.UUIDField(required=False)
    patient_id = serializers.UUIDField(required=False)
    requested_time = WireTimeField()
    reason = PlainText(max_length=MAX_TEXT)
    kind = KindField(required=False)


class StatusField(serializers.Field[Status, Any, str, Any]):
    """`confirmed` as REST writes it, or `Confirmed` as the socket does."""

    def to_internal_value(self, data: Any) -> Status:
        status = read_status(data)
        if status is None:
            raise serializers.ValidationError(f"Choose one of {', '.join(Status.values)}.", code="invalid_choice")
        return status


class FilterSerializer(serializers.Serializer[Any]):
    """The questions of a list: a status, and the time `from` which and before which (`to`) it is."""

    status = StatusField(required=False)
    to = WireTimeField(required=False)

    def get_fields(self) -> dict[str, Any]:
        return {**super().get_fields(), "from": WireTimeField(required=False)}  # a word that Python keeps to itself


class StepSerializer(serializers.Serializer[Any]):
    """What any step may carry; each verb takes what is its own."""

    scheduled_time = WireTimeField(required=False)
    notes = PlainText(required=False, default="", allow_blank=True, max_length=MAX_TEXT)
    reason = PlainText(required=False, default="", allow_blank=True, max_length=MAX_TEXT)
    overbook = PlainText(required=False, default="", allow_blank=True, max_length=MAX_TEXT)


class RescheduleSerializer(serializers.Serializer[Any]):
    time = WireTimeField()
    doctor_id = serializers.UUIDField(required=False)
    seen_time = WireTimeField(required=False)
    seen_doctor_id = serializers.UUIDField(required=False)
    reason = PlainText(required=False, default="", allow_blank=True, max_length=MAX_TEXT)
    overbook = PlainText(required=False, default="", allow_blank=True, max_length=MAX_TEXT)


class TransitionSerializer(StepSerializer):
    new_status = StatusField()
