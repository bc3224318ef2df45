"""A freed slot that is kept for one person of the wait list until they answer or the time runs out.

Locks, in this order everywhere: the appointment, the people, the entry, the offer. models.py makes it known to Django.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.db import models, transaction
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from accounts.facts import Fact
from accounts.models import Patient, User
from accounts.refusals import IllegalStep
from appointments.booked_time import BookedTime, hold, lock_people
from appointments.calendar import is_published
from appointments.slots import Span
from appointments.wait_list import Ending, WaitingEntry
from appointments.waiting_times import WaitingTimes

if TYPE_CHECKING:
    from appointments.models import Appointment

OFFER_OVER = "This offer is over: its time ran out, or it was answered. You keep what you had."
NOT_EARLIER = "Your appointment has been moved meanwhile, and this is no longer earlier. Nothing has changed."
NOT_THERE = "The doctor is not there at that time after all. You keep what you had."
KEPT_ON = timedelta(seconds=30)
"""The hold outlives the offer a little, so that nobody comes between its end and the next on the list."""
TOOK_IT = "Took an earlier time that had become free."


class Answer(models.TextChoices):
    NONE = "", "waits for an answer"
    CLAIMED = "claimed", "taken"
    DECLINED = "declined", "declined"
    EXPIRED = "expired", "time ran out"
    WITHDRAWN = "withdrawn", "withdrawn"


class SlotOfferQuerySet(QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        return self.filter(entry__patient__in=Patient.objects.visible_to(user))

    def with_people(self) -> Self:
        return self.select_related(
            "entry__patient__user", "entry__doctor__user", "entry__kind", "entry__appointment", "appointment"
        )

    def open(self) -> Self:
        """What can still be taken."""
        return self.filter(answer=Answer.NONE, expires_at__gt=timezone.now())

    def run_out(self, now: datetime) -> Self:
        return self.filter(answer=Answer.NONE, expires_at__lte=now)


class SlotOffer(Fact):
    """Each slot is offered to an entry once, and one slot at a time. Making it tells the patient."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    entry = models.ForeignKey(WaitingEntry, on_delete=models.PROTECT, related_name="offers")
    begins = models.DateTimeField()
    ends = models.DateTimeField()
    offered_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    answer = models.CharField(max_length=9, blank=True, choices=Answer, default=Answer.NONE)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="Empty: the clock."
    )
    appointment = models.ForeignKey(
        "appointments.Appointment",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="What was moved there, or booked.",
    )

    objects = SlotOfferQuerySet.as_manager()

    class Meta:
        ordering = ["-offered_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["entry", "begins"], name="slot_offered_to_each_once"),
            models.UniqueConstraint(fields=["entry"], condition=Q(answer=""), name="slot_offered_one_at_a_time"),
            models.CheckConstraint(
                condition=Q(ends__gt=F("begins"), expires_at__gt=F("offered_at"), expires_at__lte=F("begins")),
                name="slot_offer_times_in_their_order",
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None)
                | Q(answer__in=["declined", "expired", "withdrawn"], answered_at__isnull=False, appointment=None)
                | Q(answer="claimed", answered_at__isnull=False, appointment__isnull=False),
                name="slot_offer_answered_somehow",
            ),
        ]
        indexes = [models.Index(fields=["expires_at"], condition=Q(answer=""), name="slot_offer_runs_out")]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.begins):%-d %b %Y, %H:%M} for {self.entry.patient.full_name}"

    def get_absolute_url(self) -> str:
        return reverse("appointments:offer", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.answer == Answer.NONE and self.expires_at > timezone.now()

    @property
    def in_words(self) -> str:
        """ "Tuesday 3 March, 10:00": by the clinic's clock."""
        return date_format(timezone.localtime(self.begins), "l j F, H:i")

    @classmethod
    def make(cls, entry: WaitingEntry, slot: Span, now: datetime) -> "SlotOffer":
        """In a transaction in which both people and the entry are locked. Raises TimeTaken, and changes nothing.

        A slot that begins soon is kept for half of what is left until then.
        """
        expires = now + min(WaitingTimes.current().offer_stands_for, (slot.start - now) / 2)
        offer = cls(entry=entry, begins=slot.start, ends=slot.end, offered_at=now, expires_at=expires)
        hold(entry.doctor, entry.patient, entry.kind, slot.start, until=expires + KEPT_ON, offer=offer)
        offer.save(force_insert=True)
        return offer

    # --- answers ------------------------------------------------------------------------------------
    def claim(self, *, by: User) -> "Appointment":
        """Their visit moves there in one step, keeping its identity; who had none has asked for it, as for any slot.

        Raises NotAllowed, IllegalStep (offer_over), or what the appointment's own verbs raise; then nothing changed.
        """
        with self._answering(by=by) as entry:
            if not entry.wants(Span(self.begins, self.ends)):
                raise IllegalStep(NOT_EARLIER, "offer_over")
            if not is_published(entry.doctor, self.begins, entry.kind):
                raise IllegalStep(NOT_THERE, "offer_over")
            BookedTime.objects.filter(offer=self).delete()
            appointment = self._move_or_ask(entry, by)
            self.appointment = appointment
            self.close(Answer.CLAIMED, by)
            entry.end(Ending.SERVED)
        return appointment

    def decline(self, *, by: User) -> None:
        """They keep what they have, and their place. Raises NotAllowed, IllegalStep (offer_over)."""
        with self._answering(by=by):
            self.close(Answer.DECLINED, by)

    def withdraw(self) -> None:
        """What it was for is over. In the transaction in which it came to that."""
        offer = SlotOffer.objects.select_for_update(of=("self",)).get(pk=self.pk)
        if offer.answer == Answer.NONE:
            offer.close(Answer.WITHDRAWN, None)

    def _move_or_ask(self, entry: WaitingEntry, by: User) -> "Appointment":
        from appointments.models import Appointment

        if entry.appointment:
            entry.appointment.reschedule(by=by, time=self.begins, reason=TOOK_IT)
            return entry.appointment
        return Appointment.request(
            by=by,
            patient=entry.patient,
            doctor=entry.doctor,
            kind=entry.kind,
            requested_time=self.begins,
            reason=entry.reason,
        )

    @contextmanager
    def _answering(self, *, by: User) -> Iterator[WaitingEntry]:
        """All is locked and as it is now. Raises NotAllowed, IllegalStep."""
        from appointments.models import Appointment

        self.entry.refuse_unless_theirs(by)
        with transaction.atomic():
            if self.entry.appointment_id:
                Appointment.objects.select_for_update(of=("self",)).get(pk=self.entry.appointment_id)
            lock_people(self.entry.doctor, self.entry.patient)
            entry = WaitingEntry.objects.with_people().select_for_update(of=("self",)).get(pk=self.entry_id)
            self.answer = SlotOffer.objects.select_for_update(of=("self",)).get(pk=self.pk).answer
            if self.answer != Answer.NONE or self.expires_at <= timezone.now():
                raise IllegalStep(OFFER_OVER, "offer_over")
            yield entry

    def close(self, answer: Answer, by: User | None) -> None:
        """What it kept is free. In a transaction in which it is locked."""
        self.answer, self.answered_at, self.answered_by = answer, timezone.now(), by
        self.save(update_fields=["answer", "answered_at", "answered_by", "appointment"])
        BookedTime.objects.filter(offer=self).delete()


def let_run_out(now: datetime | None = None) -> int:
    """Close every offer whose time is over: how many. Any number of workers may call it."""
    closed = 0
    while _close_one(now or timezone.now()):
        closed += 1
    return closed


@transaction.atomic
def _close_one(now: datetime) -> bool:
    """One that somebody is just answering is theirs."""
    offer = SlotOffer.objects.run_out(now).select_for_update(of=("self",), skip_locked=True).first()
    if offer is None:
        return False
    offer.close(Answer.EXPIRED, None)
    return True
