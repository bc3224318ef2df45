from typing import Any

from rest_framework import serializers

from accounts.api.fields import PlainText, WireTimeField
from labs.checks import MAX_REASON
from labs.models import LabOrder, LabOrderStep


class OrderStepSerializer(serializers.ModelSerializer[LabOrderStep]):
    at = WireTimeField()
    by = serializers.SerializerMethodField()

    class Meta:
        model = LabOrderStep
        fields = ["status", "at", "by", "note"]

    def get_by(self, step: LabOrderStep) -> dict[str, str]:
        return {"id": str(step.by.pk), "name": step.by.full_name}


class LabOrderSerializer(serializers.ModelSerializer[LabOrder]):
    patient_id = serializers.UUIDField()
    doctor_id = serializers.UUIDField()
    created_at = WireTimeField()
    history = OrderStepSerializer(source="steps", many=True)

    class Meta:
        model = LabOrder
        fields = [
            "id", "patient_id", "doctor_id", "test_type", "priority", "reason", "status", "created_at", "history",
        ]  # fmt: skip


class PlaceSerializer(serializers.Serializer[Any]):
    patient_id = serializers.UUIDField()
    test_type = PlainText(max_length=100)
    priority = serializers.ChoiceField(LabOrder.Priority.choices, required=False, default=LabOrder.Priority.ROUTINE)
    reason = PlainText(max_length=MAX_REASON)


class CollectSerializer(serializers.Serializer[Any]):
    note = PlainText(required=False, default="", allow_blank=True, max_length=MAX_REASON)


class CancelOrderSerializer(serializers.Serializer[Any]):
    reason = PlainText(max_length=MAX_REASON)
