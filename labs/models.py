import uuid
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.facts import Fact
from accounts.fields import no_control_characters, senders_identifier
from accounts.models import Doctor, Patient, User
from accounts.refusals import IllegalStep, NotAllowed
from labs.catalogue_models import Analyte, AnalyteName, AnalyteUnit, CodedValue, Panel, PanelItem
from labs.checks import MAX_REASON, SAY_WHAT_WAS_DONE, checked_reason
from labs.entries import alarm_summary, critical_reasons, judged, read_entries, shown, summary
from labs.follow_ups import LabFollowUp
from labs.holds import ResultHold
from labs.imports.items import CsvImportItem
from labs.imports.records import CsvImport
from labs.kept_catalogue import CatalogueStamp
from labs.life import LIFE_RULES, may_be_amended_by, refuse_unless_current, supersede
from labs.limit_bands import LimitBand
from labs.normality import is_abnormal, is_all_normal, is_critical, leaves_alarm_open
from labs.orders import LabOrder, LabOrderStep
from labs.pictures import Line, lines_of, tally
from labs.querysets import LabResultQuerySet
from labs.releasing import Releasing
from labs.reviews import MAX_NOTES, LabReview
from labs.seen import LabResultView
from labs.sign_off import SignOff, sign_off
from labs.statuses import ResultStatus
from labs.value_index import LabValue
from labs.values import Values
from labs.waits import ReleaseChoice, ResultWait, finish_wait

__all__ = [
    "MAX_NOTES", "Analyte", "AnalyteName", "AnalyteUnit", "CatalogueStamp", "CodedValue", "CsvImport",
    "CsvImportItem", "LabFollowUp", "LabOrder", "LabOrderStep", "LabResult", "LabResultView", "LabReview", "LabValue",
    "LimitBand", "Panel", "PanelItem", "ReleaseChoice", "ResultHold", "ResultWait",
]  # fmt: skip

MESSAGE_ONCE = "lab_result_message_once"
KEYS = ["patient", "doctor", "recorded_by", "order", "supersedes", "original"]
"""The verbs are given the rows themselves: to ask whether each is there costs a query, and the database knows."""


class LabResult(Releasing, Fact):
    """What a laboratory found. Recorded once; its saving is what the doctor and the patient are told."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="lab_results")
    doctor = models.ForeignKey(
        Doctor, verbose_name="ordering doctor", on_delete=models.PROTECT, related_name="ordered_results"
    )
    test_type = models.CharField("test", max_length=100, validators=[no_control_characters])
    entries = models.JSONField(
        "values", help_text="A list, because PostgreSQL does not keep the order of an object's keys."
    )
    critical = models.BooleanField(default=False, help_text="A value needs a doctor at once.")
    sent_critical = models.BooleanField(default=False, help_text="Its sender called it critical.")
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    message_id = models.CharField(
        max_length=200,
        blank=True,
        validators=[senders_identifier],
        help_text="Its sender's own: the same one is one result.",
    )
    created_at = models.DateTimeField(editable=False)
    abnormal = models.BooleanField(default=False, help_text="A value was classified as outside of normal.")
    all_normal = models.BooleanField(default=False, help_text="Every value was classified, and as normal.")
    status = models.CharField(max_length=12, choices=ResultStatus, default=ResultStatus.FINAL)
    status_reason = models.CharField(max_length=MAX_REASON, blank=True, validators=[no_control_characters])
    order = models.ForeignKey(LabOrder, on_delete=models.PROTECT, null=True, blank=True, related_name="results")
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )
    original = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="versions", help_text="The first of them."
    )

    objects = LabResultQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(test_type=""), name="lab_result_says_which_test"),
            models.CheckConstraint(condition=~Q(entries=[]), name="lab_result_has_values"),
            models.UniqueConstraint(
                fields=["recorded_by", "message_id"], condition=~Q(message_id=""), name=MESSAGE_ONCE
            ),
            *(models.CheckConstraint(condition=rule, name=name) for name, rule in LIFE_RULES.items()),
        ]
        indexes = [
            models.Index(fields=["doctor", "-critical", "-abnormal", "created_at"], name="lab_result_worklist"),
            models.Index(fields=["patient", "-created_at"], name="lab_result_of_patient"),
        ]

    def __str__(self) -> str:
        return f"{self.test_type} of {self.patient.full_name}"

    def get_absolute_url(self) -> str:
        return reverse("labs:detail", args=[self.pk])

    @property
    def review_or_none(self) -> "LabReview | None":
        return getattr(self, "review", None)

    @property
    def newer_or_none(self) -> "LabResult | None":
        return getattr(self, "superseded_by", None)

    @property
    def result_data(self) -> Values:
        """The values under the names and in the order that they were sent, each with what it was judged to be."""
        return shown(self.entries)

    @property
    def summary(self) -> str:
        """The worst value in a line, for where there is room for one: "Potassium 7.1 mmol/L"."""
        return summary(self.entries)

    @property
    def alarm_summary(self) -> str:
        """The same with flag and range, for who must answer for it."""
        return alarm_summary(self.entries)

    @property
    def worst(self) -> Line:
        return lines_of(self.entries)[0]

    @property
    def tally(self) -> str:
        """How many of its values are critical, outside the range, in range and not classified, in words."""
        return tally(self.entries)

    @property
    def critical_reasons(self) -> list[str]:
        return critical_reasons(self.entries, critical=self.critical, sent_critical=self.sent_critical)

    @classmethod
    @transaction.atomic
    def record(
        cls,
        *,
        by: User,
        patient: Patient,
        doctor: Doctor,
        test_type: str,
        result_data: object,
        critical: bool = False,
        status: str = ResultStatus.FINAL,
        order: LabOrder | None = None,
        decimal_comma: bool = False,
        message_id: str = "",
    ) -> "LabResult":
        """Final, or preliminary; of an order, or without one. `critical` is its sender's word: it only raises.

        `decimal_comma`: its sender writes 7,1 for 7.1; without it a comma is not understood.
        `message_id` is for `messages.Message`, which looks whether it came before: the database takes it once.
        Raises NotAllowed for who may not record, ValidationError by field for input that cannot be.
        """
        cls.refuse_unless_recorder(by)
        if not by.is_laboratory and not Patient.objects.visible_to(by).filter(pk=patient.pk).exists():
            raise NotAllowed("You can record results of patients you treat.")
        if not doctor.user.is_active:
            raise ValidationError({"doctor": "This doctor no longer works here; a result needs one who answers."})
        if status not in (ResultStatus.PRELIMINARY, ResultStatus.FINAL):
            raise ValidationError({"status": "A result is recorded as preliminary or final."})
        if order:
            order.take_result(by=by, patient=patient)
        result = cls(
            patient=patient,
            doctor=doctor,
            test_type=test_type.strip(),
            entries=read_entries(result_data, decimal_comma=decimal_comma),
            sent_critical=critical,
            recorded_by=by,
            created_at=timezone.now(),
            status=status,
            order=order,
            message_id=message_id,
        )
        return result.put_on_record()

    def put_on_record(self) -> "LabResult":
        """Where every row begins: its values are judged, once, and what they say as a whole is kept with it.

        Raises ValidationError by field.
        """
        if self.status != ResultStatus.CANCELLED:
            self.entries = judged(self.entries, self.patient, at=self.created_at, test_type=self.test_type)
            self.abnormal, self.all_normal = is_abnormal(self.entries), is_all_normal(self.entries)
            self.critical = self.sent_critical or is_critical(self.entries) or self._goes_on_alarming()
        self.full_clean(exclude=KEYS, validate_unique=False, validate_constraints=False)
        self.save(force_insert=True)
        return self

    def _goes_on_alarming(self) -> bool:
        """What we found critical before does not end because its newer value cannot be classified."""
        old = self.supersedes
        if old is None or not old.critical or (old.sent_critical and not is_critical(old.entries)):
            return False
        return leaves_alarm_open(old.entries, self.entries)

    @staticmethod
    def refuse_unless_recorder(user: User) -> None:
        if not (user.is_administrator or user.doctor_or_none or (user.is_laboratory and user.is_active)):
            raise NotAllowed("Results are recorded by doctors, administrators and laboratories.")

    def finalise(
        self, *, by: User, result_data: object = None, critical: bool | None = None, decimal_comma: bool = False
    ) -> "LabResult":
        """A preliminary result is final now, as it is or with other values. Raises as `life.supersede` does."""
        said: dict[str, Any] = {"result_data": result_data, "critical": critical, "decimal_comma": decimal_comma}
        return supersede(self, ResultStatus.FINAL, by=by, **said)

    def correct(
        self,
        *,
        by: User,
        reason: str,
        result_data: object = None,
        critical: bool | None = None,
        decimal_comma: bool = False,
    ) -> "LabResult":
        """It was wrong, and this is right. Raises as `life.supersede` does, and ValidationError without a reason."""
        said: dict[str, Any] = {"result_data": result_data, "critical": critical, "decimal_comma": decimal_comma}
        return supersede(self, ResultStatus.CORRECTED, by=by, reason=checked_reason(reason), **said)

    def cancel(self, *, by: User, reason: str) -> "LabResult":
        """It should never have been: readable still, and no longer to be relied on. Raises as `correct` does."""
        return supersede(self, ResultStatus.CANCELLED, by=by, reason=checked_reason(reason))

    def may_be_amended_by(self, user: User) -> bool:
        return self.status != ResultStatus.CANCELLED and self.newer_or_none is None and may_be_amended_by(self, user)

    @staticmethod
    def sign_off(results: "Iterable[LabResult]", *, by: User) -> SignOff:
        """Review many normal results without notes, each by its own rules."""
        return sign_off(results, by=by)

    def may_be_reviewed_by(self, user: User) -> bool:
        return user.pk == self.doctor_id and self.review_or_none is None and self.newer_or_none is None

    @transaction.atomic
    def review_with(
        self, *, by: User, notes: str = "", monitor_until: date | None = None, monitor_note: str = ""
    ) -> "LabReview":
        """The ordering doctor has looked at it; `monitor_until` brings it back on that day.

        Raises NotAllowed, IllegalStep for a second review or a superseded result, ValidationError for another day, and
        for no notes on a critical result: its alert stays open until somebody says what was done.
        """
        if by.pk != self.doctor_id:
            raise NotAllowed(f"{self.doctor.full_display_name} ordered this result and reviews it.")
        refuse_unless_current(self)
        if self.critical and not notes.strip():
            raise ValidationError({"notes": SAY_WHAT_WAS_DONE})
        review = LabReview(result=self, by=by, at=timezone.now(), notes=notes.strip())
        review.full_clean(exclude=["result"], validate_constraints=False)
        try:
            with transaction.atomic():
                review.save(force_insert=True)
        except IntegrityError:
            raise IllegalStep("This result has been reviewed already.", code="already_reviewed") from None
        finish_wait(self, ResultWait.End.REVIEWED, by=by)
        if monitor_until:
            LabFollowUp.plan(review, due=monitor_until, note=monitor_note)
        return review

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("A result is not changed once it is recorded.")
        super().save(*args, **kwargs)
