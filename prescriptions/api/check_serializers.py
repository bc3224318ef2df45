from typing import Any

from rest_framework import serializers

from accounts.api.fields import PlainText, WireTimeField
from prescriptions.allergies import MAX_TEXT
from prescriptions.loading import rule_book
from prescriptions.matching import LONGEST_TEXT
from prescriptions.models import Allergy

MOST_MEDICATIONS = 100


class CheckSerializer(serializers.Serializer[Any]):
    medications = serializers.ListField(
        child=PlainText(max_length=LONGEST_TEXT), allow_empty=False, max_length=MOST_MEDICATIONS
    )
    patient_id = serializers.UUIDField(required=False, allow_null=True, default=None)


class AllergySerializer(serializers.ModelSerializer[Allergy]):
    patient_id = serializers.UUIDField()
    code = serializers.SerializerMethodField(help_text='"class:...", "ingredient:...", or null: cannot be checked.')
    recorded_by = serializers.SerializerMethodField()
    recorded_at = WireTimeField()
    end = serializers.SerializerMethodField()

    class Meta:
        model = Allergy
        fields = ["id", "patient_id", "substance", "code", "reaction", "severity", "recorded_by", "recorded_at", "end"]

    def get_code(self, allergy: Allergy) -> str | None:
        return allergy.code or None

    def get_recorded_by(self, allergy: Allergy) -> dict[str, str]:
        return {"id": str(allergy.recorded_by.pk), "name": allergy.recorded_by.full_name}

    def get_end(self, allergy: Allergy) -> dict[str, Any] | None:
        end = allergy.end_or_none
        if end is None:
            return None
        at = WireTimeField().to_representation(end.at)
        return {
            "kind": end.kind,
            "reason": end.reason,
            "by": {"id": str(end.by.pk), "name": end.by.full_name},
            "at": at,
        }


class RecordedAllergySerializer(AllergySerializer):
    """The answer to who records one: what may have been meant, where the substance is not known."""

    suggestions = serializers.SerializerMethodField()

    class Meta(AllergySerializer.Meta):
        fields = [*AllergySerializer.Meta.fields, "suggestions"]

    def get_suggestions(self, allergy: Allergy) -> list[str]:
        book = None if allergy.code else rule_book()
        return book.close_to_substance(allergy.substance) if book else []


class RecordAllergySerializer(serializers.Serializer[Any]):
    substance = PlainText(max_length=MAX_TEXT)
    reaction = PlainText(required=False, default="", allow_blank=True, max_length=MAX_TEXT)
    severity = serializers.ChoiceField(Allergy.Severity.choices, required=False, default=Allergy.Severity.UNKNOWN.value)


class EndAllergySerializer(serializers.Serializer[Any]):
    reason = PlainText(max_length=500)
