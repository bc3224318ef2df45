"""That a doctor holds a result back from its patient, why, and until when. models.py makes it known to Django."""

import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from accounts.access import patients_seen_by_doctor
from accounts.facts import Fact
from accounts.fields import no_control_characters
from accounts.models import Patient, User
from labs.checks import MAX_REASON
from labs.hold_bases import GROUNDS, Basis, Ground
from labs.life import lock_versions

if TYPE_CHECKING:
    from labs.models import LabResult


class ResultHoldQuerySet(QuerySet[Any]):
    """`update()` and `bulk_create()` tell nobody: use the verbs."""

    def visible_to(self, user: User) -> Self:
        """An administrator's all, a doctor's those of patients they treat; of themselves nobody's: who holds a result
        and why is not the patient's to read.
        """
        if not user.is_active or user.is_laboratory or not (user.is_administrator or user.doctor_or_none):
            return self.none()
        return self.filter(patient__in=Patient.objects.visible_to(user)).exclude(patient=user.pk)

    def with_people(self) -> Self:
        return self.select_related("patient__user", "placed_by", "ended_by", "result")

    def open(self) -> Self:
        """Neither lifted nor known to have ended."""
        return self.filter(ended_at=None)

    def in_force(self, at: datetime | None = None) -> Self:
        """What keeps a result from its patient at a moment, whether or not anybody looks at the clock."""
        return self.open().filter(ends_at__gt=at or timezone.now())

    def due(self, at: datetime) -> Self:
        """Those whose end has come and whose patient was not told yet."""
        return self.open().filter(ends_at__lte=at).order_by("ends_at", "id")


class ResultHold(Fact):
    """Placed once and ended once, never altered, never deleted: by the database's own rule."""

    class End(models.TextChoices):
        LIFTED = "lifted", "Lifted"
        LAPSED = "lapsed", "Ended by the clock"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    result = models.ForeignKey(
        "labs.LabResult", on_delete=models.PROTECT, related_name="+", help_text="The version that the doctor saw."
    )
    original = models.ForeignKey(
        "labs.LabResult", on_delete=models.PROTECT, related_name="holds", help_text="Its first: all are held."
    )
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    placed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    placed_at = models.DateTimeField()
    basis = models.CharField("legal basis", max_length=20, choices=Basis)
    reason = models.CharField(max_length=MAX_REASON, validators=[no_control_characters])
    ends_at = models.DateTimeField(help_text="The patient sees the result from then on.")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    end = models.CharField(max_length=10, choices=End, blank=True)
    lift_reason = models.CharField(max_length=MAX_REASON, blank=True, validators=[no_control_characters])

    objects = ResultHoldQuerySet.as_manager()

    class Meta:
        ordering = ["-placed_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["original"], condition=Q(ended_at=None), name="one_open_hold_per_result"),
            models.CheckConstraint(condition=Q(basis__in=Basis.values), name="result_hold_basis_in_set"),
            models.CheckConstraint(condition=~Q(reason=""), name="result_hold_for_a_reason"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("placed_at")), name="result_hold_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None, end="", lift_reason="")
                | Q(ended_at__isnull=False, ended_by=None, end="lapsed", lift_reason="")
                | (Q(ended_at__isnull=False, ended_by__isnull=False, end="lifted") & ~Q(lift_reason="")),
                name="result_hold_lifted_for_a_reason_or_lapsed",
            ),
        ]
        indexes = [
            models.Index(fields=["ends_at"], condition=Q(ended_at=None), name="result_hold_by_end"),
            models.Index(fields=["patient", "-placed_at"], name="result_hold_of_patient"),
        ]

    def __str__(self) -> str:
        until = timezone.localtime(self.ends_at)
        return f"{self.result.test_type} of {self.patient.full_name}, held until {until:%-d %b %Y}"

    @property
    def ground(self) -> Ground:
        return GROUNDS[self.basis]

    @property
    def is_open(self) -> bool:
        return self.ended_at is None

    @classmethod
    def place(cls, result: "LabResult", *, by: User, basis: str, reason: str, ends_at: datetime) -> "ResultHold":
        """Raises ValidationError by field. Who may, and when: `LabResult.hold`."""
        now = timezone.now()
        if basis not in Basis.values:
            raise ValidationError({"basis": "Choose the ground of the law on which you hold it."})
        longest = timedelta(days=settings.RESULT_HOLD_MAX_DAYS)
        if not now < ends_at <= now + longest:
            raise ValidationError({"ends_at": f"Choose a time from now to {longest.days} days ahead."})
        hold = cls(
            result=result,
            original_id=result.first_id,
            patient_id=result.patient_id,
            placed_by=by,
            placed_at=now,
            basis=basis,
            reason=reason,
            ends_at=ends_at,
        )
        hold.save(force_insert=True)
        return hold

    def lift(self, *, by: User, reason: str) -> None:
        self._end(self.End.LIFTED, at=timezone.now(), by=by, reason=reason)

    def lapse(self, *, at: datetime) -> None:
        self._end(self.End.LAPSED, at=at)

    def _end(self, end: "ResultHold.End", *, at: datetime, by: User | None = None, reason: str = "") -> None:
        """Under the lock of its result, or two would end it."""
        self.end, self.ended_at, self.ended_by, self.lift_reason = end, at, by, reason
        self.save(update_fields=["end", "ended_at", "ended_by", "lift_reason"])


def treats(doctor: User, patient_id: uuid.UUID) -> bool:
    """Whether something of theirs ties the doctor to the patient, however much an administrator may see."""
    return (
        doctor.is_active
        and doctor.doctor_or_none is not None
        and doctor.pk != patient_id
        and Patient.objects.filter(patients_seen_by_doctor(doctor.pk), pk=patient_id).exists()
    )


def release_due(now: datetime | None = None) -> int:
    """End every hold whose time has come, and tell its patient; returns how many. Any number of workers may call it.

    Each is a transaction of its own, under the lock of its result: what two workers find, one of them ends.
    """
    moment, ended = now or timezone.now(), 0
    for pk, original in ResultHold.objects.due(moment).values_list("pk", "original_id"):
        ended += _lapse(pk, original, moment)
    return ended


@transaction.atomic
def _lapse(pk: uuid.UUID, original: uuid.UUID, moment: datetime) -> bool:
    lock_versions(original)
    hold = ResultHold.objects.due(moment).filter(pk=pk).first()
    if hold:
        hold.lapse(at=moment)
    return hold is not None
