"""The wait list: who wants an earlier time with a doctor. models.py makes it known to Django.

What became free is kept in `freed_times.py`, who is offered what is decided in `offering.py`, and an offer's own life
is in `slot_offers.py`.
"""

import uuid
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from accounts.fields import no_control_characters
from accounts.models import Doctor, Patient, User
from accounts.refusals import IllegalStep, NotAllowed, Refused
from appointments.availability import VisitKind
from appointments.booked_time import lock_people
from appointments.checks import FURTHEST_AHEAD, MAX_TEXT, checked_text, refuse_unless_may_ask
from appointments.slots import Span
from appointments.statuses import MOVABLE
from appointments.wait_list_querysets import WaitingEntryQuerySet

if TYPE_CHECKING:
    from appointments.models import Appointment
    from appointments.slot_offers import SlotOffer

NOT_YOURS = "Only the patient, the doctor or an administrator can do that."
ALREADY_THERE = "This doctor's wait list has a place for it already. Leave that first to wait for something else."


class Ending(models.TextChoices):
    SERVED = "served", "took an earlier time"
    LEFT = "left", "left the list"
    OVER = "over", "nothing to wait for any more"


class WaitingEntry(models.Model):
    """A patient who wants a visit of a kind with a doctor, or theirs earlier, on any day or on some."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="waiting_entries")
    doctor = models.ForeignKey(Doctor, on_delete=models.PROTECT, related_name="waiting_entries")
    kind = models.ForeignKey(VisitKind, on_delete=models.PROTECT, related_name="+", verbose_name="kind of visit")
    appointment = models.ForeignKey(
        "appointments.Appointment",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="waiting_entries",
        help_text="What is to be earlier; empty: they have none yet.",
    )
    reason = models.TextField(
        max_length=MAX_TEXT, blank=True, validators=[MaxLengthValidator(MAX_TEXT), no_control_characters]
    )
    from_day = models.DateField("not before", null=True, blank=True)
    until_day = models.DateField("not after", null=True, blank=True)
    joined_at = models.DateTimeField()
    joined_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ending = models.CharField(max_length=6, blank=True, choices=Ending)

    objects = WaitingEntryQuerySet.as_manager()

    class Meta:
        ordering = ["joined_at", "id"]
        verbose_name_plural = "wait list"
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "doctor", "kind"], condition=Q(ended_at=None), name="on_the_wait_list_once"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ending="") | Q(ended_at__isnull=False, ending__in=Ending.values),
                name="waiting_ends_somehow",
            ),
            models.CheckConstraint(
                condition=Q(from_day=None) | Q(until_day=None) | Q(until_day__gte=F("from_day")),
                name="waiting_days_in_their_order",
            ),
            models.CheckConstraint(
                condition=Q(appointment__isnull=False) | ~Q(reason=""), name="waiting_has_a_visit_or_a_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["doctor", "joined_at"], condition=Q(ended_at=None), name="wait_list_of_doctor"),
        ]

    def __str__(self) -> str:
        return f"{self.patient.full_name} waits for {self.doctor.display_name}"

    @classmethod
    @transaction.atomic
    def join(
        cls,
        *,
        by: User,
        patient: Patient,
        doctor: Doctor,
        kind: VisitKind,
        appointment: "Appointment | None" = None,
        reason: str = "",
        from_day: date | None = None,
        until_day: date | None = None,
    ) -> "WaitingEntry":
        """Who may ask for an appointment may wait for one. With `appointment`, for an earlier time of that.

        Raises NotAllowed, IllegalStep (already_waiting, or a visit that cannot be moved), ValidationError by field.
        """
        refuse_unless_may_ask(by, patient, doctor)
        _check_days(from_day, until_day)
        if appointment:
            _refuse_unless_it_can_be_earlier(appointment)
        if not appointment and not checked_text("reason", reason):
            raise ValidationError({"reason": "Say in a few words what it is about."})
        lock_people(patient)
        if cls.objects.open().filter(patient=patient, doctor=doctor, kind=kind).exists():
            raise IllegalStep(ALREADY_THERE, "already_waiting")
        return cls.objects.create(
            patient=patient,
            doctor=doctor,
            kind=kind,
            appointment=appointment,
            reason=checked_text("reason", reason),
            from_day=from_day,
            until_day=until_day,
            joined_at=timezone.now(),
            joined_by=by,
        )

    @classmethod
    def why_not(cls, appointment: "Appointment", user: User) -> str:
        """Why they cannot wait for an earlier time of it, in words; nothing where they can."""
        try:
            refuse_unless_may_ask(user, appointment.patient, appointment.doctor)
            _refuse_unless_it_can_be_earlier(appointment)
        except ValidationError as error:
            return " ".join(error.messages)
        except Refused as refused:
            return refused.detail
        return ""

    def leave(self, *, by: User) -> None:
        """They wait no longer; what they were just being offered goes to the next. Raises NotAllowed, IllegalStep."""
        self.refuse_unless_theirs(by)
        with transaction.atomic():
            if not self.end(Ending.LEFT):
                raise IllegalStep("That is over already: it is no longer on the wait list.")

    def end(self, how: Ending) -> bool:
        """False where it had ended before. In a transaction; what was being offered is withdrawn."""
        locked = WaitingEntry.objects.select_for_update(of=("self",)).get(pk=self.pk)
        if locked.ended_at:
            return False
        self.ended_at, self.ending = timezone.now(), how
        self.save(update_fields=["ended_at", "ending"])
        for offer in self.open_offers():
            offer.withdraw()
        return True

    def open_offers(self) -> "QuerySet[SlotOffer]":
        """One at most."""
        from appointments.slot_offers import Answer, SlotOffer

        return SlotOffer.objects.filter(entry=self, answer=Answer.NONE)

    def is_theirs(self, user: User) -> bool:
        """Whether they may answer for it: the patient, and for them the doctor or an administrator."""
        return user.is_administrator or user.pk in (self.patient_id, self.doctor_id)

    def refuse_unless_theirs(self, by: User) -> None:
        if not self.is_theirs(by):
            raise NotAllowed(NOT_YOURS)

    def wants(self, slot: Span) -> bool:
        """On a day that suits them, and earlier than what they have."""
        day = timezone.localdate(slot.start)
        if (self.from_day and day < self.from_day) or (self.until_day and day > self.until_day):
            return False
        return self.appointment is None or slot.start < self.appointment.time


def follow(appointment: "Appointment") -> None:
    """After each of its steps, in the same transaction: nobody waits for what is over, nor is offered what is later."""
    for entry in WaitingEntry.objects.open().filter(appointment=appointment.pk):
        if appointment.status not in MOVABLE:
            entry.end(Ending.OVER)
            continue
        for offer in entry.open_offers().filter(begins__gt=appointment.time):
            offer.withdraw()


def end_what_is_over(now: datetime | None = None) -> int:
    """Entries whose visit or last day has come: how many. Called by the clock."""
    found = list(WaitingEntry.objects.past_their_time(now or timezone.now()))
    return sum(_end_one(entry) for entry in found)


@transaction.atomic
def _end_one(entry: WaitingEntry) -> bool:
    return entry.end(Ending.OVER)


def _refuse_unless_it_can_be_earlier(appointment: "Appointment") -> None:
    if appointment.status not in MOVABLE:
        raise IllegalStep(f"This appointment is {appointment.get_status_display().lower()}, so it stays as it is.")
    if appointment.time <= timezone.now():
        raise IllegalStep("The time of this appointment has passed, so nothing can be earlier.")


def _check_days(from_day: date | None, until_day: date | None) -> None:
    today = timezone.localdate()
    for field, day in (("from_day", from_day), ("until_day", until_day)):
        if day and not today - timedelta(days=1) < day <= today + FURTHEST_AHEAD:
            raise ValidationError({field: "Choose a day from today on, within the next two years."})
    if from_day and until_day and until_day < from_day:
        raise ValidationError({"until_day": "It ends before it begins."})
