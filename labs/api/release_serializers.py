from typing import Any

from rest_framework import serializers

from accounts.api.fields import PlainText, WireTimeField
from labs.checks import MAX_REASON
from labs.hold_bases import Basis
from labs.models import ResultHold
from labs.release import Standing
from labs.release_categories import CATEGORIES
from labs.release_words import Told


class StandingSerializer(serializers.Serializer[Standing]):
    """How a result stands with its patient: `since` and `until` of the hold, or null."""

    state = serializers.CharField()
    since = WireTimeField(allow_null=True)
    until = WireTimeField(allow_null=True)


class WithheldSerializer(serializers.Serializer[Told]):
    """That there is one, and why it is not shown; nothing of what it says."""

    id = serializers.UUIDField(source="result.pk")
    test_type = serializers.CharField(source="result.test_type")
    doctor_id = serializers.UUIDField(source="result.doctor_id")
    order_id = serializers.UUIDField(source="result.order_id", allow_null=True)
    created_at = WireTimeField(source="result.created_at")
    release = StandingSerializer(source="standing")
    when = serializers.CharField()
    why = serializers.CharField()


class HoldSerializer(serializers.Serializer[Any]):
    basis = serializers.ChoiceField(Basis.choices)
    reason = PlainText(max_length=MAX_REASON)
    ends_at = WireTimeField()


class LiftSerializer(serializers.Serializer[Any]):
    reason = PlainText(max_length=MAX_REASON)


class ResultHoldSerializer(serializers.ModelSerializer[ResultHold]):
    """As auditors and the patient's doctors read it."""

    result_id = serializers.UUIDField()
    patient_id = serializers.UUIDField()
    test_type = serializers.CharField(source="result.test_type")
    law = serializers.CharField(source="ground.law")
    placed_at = WireTimeField()
    placed_by = serializers.SerializerMethodField()
    ends_at = WireTimeField()
    ended_at = WireTimeField(allow_null=True)
    ended_by = serializers.SerializerMethodField()

    class Meta:
        model = ResultHold
        fields = [
            "id", "result_id", "patient_id", "test_type", "basis", "law", "reason", "placed_at", "placed_by", "ends_at",
            "end", "ended_at", "ended_by", "lift_reason",
        ]  # fmt: skip

    def get_placed_by(self, hold: ResultHold) -> dict[str, str]:
        return {"id": str(hold.placed_by.pk), "name": hold.placed_by.full_name}

    def get_ended_by(self, hold: ResultHold) -> dict[str, str] | None:
        person = hold.ended_by
        return {"id": str(person.pk), "name": person.full_name} if person else None


class PreferencesSerializer(serializers.Serializer[Any]):
    """The whole choice: these categories after the doctor's comment, all others at once."""

    after_comment = serializers.ListField(
        child=serializers.ChoiceField(CATEGORIES), max_length=len(CATEGORIES), allow_empty=True
    )
