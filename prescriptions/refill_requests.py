"""A patient asks for more of a medicine, a doctor answers. models.py makes it known to Django."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.fields import no_control_characters
from accounts.models import Doctor, Patient, User
from accounts.refusals import IllegalStep, NotAllowed
from prescriptions.reasons import MAX_REASON, checked_reason
from prescriptions.statuses import Refill, Status
from prescriptions.supplies import Supply

ANSWERS = (Refill.GRANTED, Refill.REFUSED, Refill.RENEWED, Refill.WITHDRAWN)


class RefillRequestQuerySet(QuerySet[Any]):
    """`update()` and `bulk_create()` tell nobody: use the verbs."""

    def visible_to(self, user: User) -> Self:
        return self.filter(prescription__patient__in=Patient.objects.visible_to(user))

    def with_all(self) -> Self:
        people = ("prescription__patient__user", "prescription__doctor__user", "asked_by", "answered_by")
        return self.select_related(*people)

    def open(self) -> Self:
        return self.filter(answered_at=None)

    def waiting_for(self, doctor: Doctor) -> Self:
        """Of the doctor's own prescriptions and of those they were asked for as cover, the longest waiting first."""
        theirs = Q(prescription__doctor=doctor) | Q(covers=doctor)
        if doctor.user.is_administrator:
            theirs |= Q(pk__in=self.model.objects.stranded())
        return self.open().filter(theirs).distinct().order_by("asked_at", "id")

    def stranded(self) -> Self:
        """Open, and nobody who was asked can answer, the longest waiting first. They wait for the administrators."""
        return self.open().marking_stranded().filter(is_stranded=True).order_by("asked_at", "id")

    def marking_stranded(self) -> Self:
        """Each with `is_stranded`: whoever was asked has left, may not prescribe any more, or is the patient."""
        through = self.model.covers.through
        covers = through.objects.filter(refillrequest=OuterRef(OuterRef("pk"))).values("doctor")
        asked = Q(pk=OuterRef("prescription__doctor")) | Q(pk__in=covers)
        able = Doctor.objects.prescribing().filter(asked).exclude(pk=OuterRef("prescription__patient"))
        return self.annotate(is_stranded=~Exists(able))

    def seen_as_cover(self, doctor_id: UUID) -> Self:
        """Those that came to the doctor as cover, as long as they wait, and for good where the doctor answered."""
        return self.filter(Q(answered_at=None) | Q(answered_by=doctor_id), covers=doctor_id)


class RefillRequest(models.Model):
    """Its story is told by lines of the prescription's history, one for asking and one for the answer."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    prescription = models.ForeignKey(
        "prescriptions.Prescription", on_delete=models.PROTECT, related_name="refill_requests"
    )
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    note = models.CharField(max_length=MAX_REASON, blank=True, validators=[no_control_characters])
    covers = models.ManyToManyField(
        Doctor, blank=True, related_name="+", help_text="Who covered the prescriber when it was asked, and may answer."
    )
    passed_on_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When the administrators were told that nobody can answer."
    )
    answer = models.CharField(max_length=10, blank=True, choices=[(one.value, one.label) for one in ANSWERS])
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=MAX_REASON, blank=True, validators=[no_control_characters])

    objects = RefillRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["prescription"], condition=Q(answered_at=None), name="refill_request_open_once"
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None, answered_by=None)
                | Q(answer__in=ANSWERS, answered_at__isnull=False, answered_by__isnull=False),
                name="refill_request_answered_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["asked_at"], condition=Q(answered_at=None), name="refill_request_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.prescription}, {self.get_answer_display() or 'open'}"

    def get_absolute_url(self) -> str:
        return reverse("prescriptions:detail", args=[self.prescription_id])

    @property
    def is_open(self) -> bool:
        return self.answered_at is None

    @property
    def would_last_until(self) -> datetime | None:
        """The end of what a grant would give now; None where nothing can be granted."""
        supply: Supply | None = self.prescription.next_supply if self.is_open else None
        return supply.until if supply else None

    def grant(self, *, by: User, reason: str = "") -> Supply:
        """One refill is taken off, however many grant it at once. Returns what that gives.

        Raises NotAllowed for who may not, IllegalStep for what is answered, ended, on hold or without a refill left.
        """
        reason = checked_reason(reason, needed=False)
        with self._while_open():
            self.prescription.refuse_unless_changer(by)
            self.close(Refill.GRANTED, by=by, reason=reason)
            given: Supply = self.prescription.take_refill(by=by, reason=reason)
            return given

    def refuse(self, *, by: User, reason: str) -> None:
        """Raises NotAllowed for who may not, IllegalStep for what is answered, ValidationError without a reason."""
        reason = checked_reason(reason, needed=True)
        with self._while_open():
            self.prescription.refuse_unless_changer(by)
            self._end(Refill.REFUSED, by=by, reason=reason)

    def withdraw(self, *, by: User, reason: str = "") -> None:
        """The patient needs it no longer, and can ask again.

        Raises NotAllowed for who is neither the patient nor an administrator, IllegalStep for what is answered.
        """
        reason = checked_reason(reason, needed=False)
        with self._while_open():
            if not self.prescription.may_speak_for_patient(by):
                raise NotAllowed("The patient withdraws the request, or an administrator for them.")
            self._end(Refill.WITHDRAWN, by=by, reason=reason)

    @contextmanager
    def _while_open(self) -> Iterator[None]:
        """The prescription's row, before the request's: all who end it wait for each other there."""
        with self.prescription.locked():
            self.refresh_from_db(fields=["answer", "answered_at", "answered_by"])
            if self.answered_by:
                what = "withdrawn" if self.answer == Refill.WITHDRAWN else "answered"
                raise IllegalStep(f"{self.answered_by.full_name} has {what} it already.", code="already_answered")
            yield

    def _end(self, answer: Refill, *, by: User, reason: str) -> None:
        """Without a step of the prescription."""
        self.close(answer, by=by, reason=reason)
        self.prescription.become(Status(self.prescription.status), by=by, reason=reason, refill=answer)

    def close(self, answer: Refill, *, by: User, reason: str = "") -> None:
        """Inside `locked()` of its prescription."""
        self.answer, self.answered_by, self.reason = answer, by, reason
        self.answered_at = timezone.now()
        self.save(update_fields=["answer", "answered_by", "answered_at", "reason"])
