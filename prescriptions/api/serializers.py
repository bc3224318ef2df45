from typing import Any, cast

from rest_framework import serializers

from accounts.api.fields import PlainText, WholeNumber, WireTimeField
from accounts.models import User
from prescriptions.check_readers import may_read_check
from prescriptions.dosing import written
from prescriptions.models import LONGEST_DAYS, MAX_NOTES, MOST_REFILLS, Prescription, PrescriptionStatusChange
from prescriptions.overriding import MAX_NOTE, Override, OverrideReason
from prescriptions.reasons import MAX_REASON

MOST_OVERRIDES = 100


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
    supply_ends_at = WireTimeField()
    status = serializers.CharField(source="state")
    ended_at = WireTimeField(source="over_since", allow_null=True)
    renews = serializers.UUIDField(source="renews_id", allow_null=True)
    renewal = serializers.SerializerMethodField(help_text="The id of the prescription that renews this one, or null.")
    daily_dose = serializers.SerializerMethodField(help_text="Null where the texts are not understood as numbers.")
    daily_dose_why = serializers.SerializerMethodField(help_text="Why there is none, or null.")
    history = PrescriptionChangeSerializer(many=True)
    check = serializers.SerializerMethodField(help_text="As it was recorded at issue; null for patients.")

    class Meta:
        model = Prescription
        fields = [
            "id", "patient_id", "doctor_id", "medication", "dosage", "frequency", "duration_days",
            "refills_remaining", "notes", "created_at", "expires_at", "status", "ended_at",
            "daily_dose", "daily_dose_why", "supply_ends_at", "next_refill_on", "ends_on", "renews", "renewal",
            "history", "check",
        ]  # fmt: skip

    def get_daily_dose(self, prescription: Prescription) -> dict[str, Any] | None:
        dose = prescription.dose
        if dose.daily is None:
            return None
        return {"value": written(dose.daily.value), "unit": dose.daily.unit, "at_most": dose.at_most}

    def get_daily_dose_why(self, prescription: Prescription) -> str | None:
        return prescription.dose.why_not or None

    def get_renewal(self, prescription: Prescription) -> str | None:
        renewal = prescription.renewal_or_none
        return str(renewal.pk) if renewal else None

    def get_check(self, prescription: Prescription) -> dict[str, Any] | None:
        recorded = prescription.recorded_check_or_none
        shown = recorded and may_read_check(cast(User, self.context["request"].user), prescription)
        return recorded.as_json() if recorded and shown else None


class OverrideSerializer(serializers.Serializer[Any]):
    alert = PlainText(max_length=64)
    reason = serializers.ChoiceField(OverrideReason.choices)
    note = PlainText(required=False, default="", allow_blank=True, max_length=MAX_NOTE)
    monitor_until = serializers.DateField(required=False, allow_null=True, default=None)


class StepSerializer(serializers.Serializer[Any]):
    reason = PlainText(required=False, default="", allow_blank=True, max_length=MAX_REASON)


class WithOverrides(serializers.Serializer[Any]):
    overrides = serializers.ListField(
        child=OverrideSerializer(), required=False, default=list, max_length=MOST_OVERRIDES
    )

    def validate_overrides(self, rows: list[dict[str, Any]]) -> list[Override]:
        return [Override(**row) for row in rows]


class IssueSerializer(WithOverrides):
    patient_id = serializers.UUIDField()
    medication = PlainText(max_length=200)
    dosage = PlainText(max_length=100)
    frequency = PlainText(max_length=100)
    duration_days = WholeNumber(min_value=1, max_value=LONGEST_DAYS)
    refills_remaining = WholeNumber(min_value=0, max_value=MOST_REFILLS, required=False, default=0)
    notes = PlainText(required=False, default="", allow_blank=True, max_length=MAX_NOTES)
