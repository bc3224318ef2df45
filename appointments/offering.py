"""Who is offered what became free: the first on the wait list who wants it, one slot at a time each.

Any number of workers may do this. A freed time is locked by who hands it on; the doctor and the patient are locked
before an offer is made, and then one looks again.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import TypeVar
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from appointments.availability import VisitKind
from appointments.booked_time import BookedTime, lock_people
from appointments.calendar import clinic_zone, free_slots
from appointments.freed_times import FreedTime
from appointments.slot_offers import Answer, SlotOffer, let_run_out
from appointments.slots import DAY, Span
from appointments.wait_list import WaitingEntry, end_what_is_over

Key = TypeVar("Key")
Value = TypeVar("Value")
TOO_SOON = timedelta(minutes=30)
"""Nobody is offered what begins before that: they could not come."""


@dataclass(frozen=True)
class Match:
    entry: WaitingEntry
    slot: Span


def hand_on(now: datetime | None = None) -> None:
    """Close what has run out, and offer whatever is free to the next."""
    now = now or timezone.now()
    end_what_is_over(now)
    let_run_out(now)
    for pk in list(FreedTime.objects.values_list("pk", flat=True)):
        while _offer_some_of(pk, now):
            pass


@transaction.atomic
def _offer_some_of(pk: int, now: datetime) -> bool:
    """Whether there may be more of it to offer. One that another worker has is theirs."""
    rows = FreedTime.objects.select_for_update(of=("self",), skip_locked=True)
    freed = rows.select_related("doctor__user").filter(pk=pk).first()
    if freed is None:
        return False
    look = Look(freed, now)
    match = look.first_match
    if match is None:
        if not look.somebody_is_busy_with_another:
            freed.delete()
        return False
    lock_people(freed.doctor, match.entry.patient)
    entry = WaitingEntry.objects.open().select_for_update(of=("self",)).filter(pk=match.entry.pk).first()
    if entry and Look(freed, now).first_match == match:
        SlotOffer.make(match.entry, match.slot, now)
    return True


class Look:
    """At a freed time and the wait list of its doctor, in a constant number of questions for each kind of visit."""

    def __init__(self, freed: FreedTime, now: datetime) -> None:
        self._freed, self._now = freed, now
        self.somebody_is_busy_with_another = False
        """Whether an entry would want it that is being offered something else."""
        self._slots: dict[UUID | int, list[Span]] = {}

    @cached_property
    def first_match(self) -> Match | None:
        for entry in self._entries:
            slot = next((slot for slot in self._slots_of(entry.kind) if self._suits(entry, slot)), None)
            if slot and entry.pk in self._being_asked:
                self.somebody_is_busy_with_another = True
            elif slot:
                return Match(entry, slot)
        return None

    def _suits(self, entry: WaitingEntry, slot: Span) -> bool:
        new = slot.start not in self._offered[entry.pk]
        return new and entry.wants(slot) and not any(slot.overlaps(visit) for visit in self._visits[entry.patient_id])

    @cached_property
    def _entries(self) -> list[WaitingEntry]:
        waiting = WaitingEntry.objects.open().filter(doctor=self._freed.doctor_id, patient__user__is_active=True)
        return list(waiting.in_order().with_people())

    @cached_property
    def _past_offers(self) -> list[tuple[UUID, datetime, str]]:
        offers = SlotOffer.objects.filter(entry__in=[entry.pk for entry in self._entries])
        return list(offers.values_list("entry_id", "begins", "answer"))

    @cached_property
    def _offered(self) -> dict[UUID, set[datetime]]:
        return _grouped((entry_id, begins) for entry_id, begins, _ in self._past_offers)

    @cached_property
    def _being_asked(self) -> set[UUID]:
        return {entry_id for entry_id, _, answer in self._past_offers if answer == Answer.NONE}

    @cached_property
    def _visits(self) -> dict[UUID, set[Span]]:
        """When the patients are elsewhere."""
        people = {entry.patient_id for entry in self._entries}
        begins, ends = self._freed.begins - DAY, self._freed.ends + DAY
        rows = BookedTime.objects.standing().filter(patient__in=people, begins__lt=ends, ends__gt=begins)
        return _grouped((pk, Span(start, end)) for pk, start, end in rows.values_list("patient_id", "begins", "ends"))

    def _slots_of(self, kind: VisitKind) -> list[Span]:
        """Free ones that the freed time is part of, in their order."""
        if kind.pk not in self._slots:
            zone, freed = clinic_zone(), self._freed
            first, last = (moment.astimezone(zone).date() for moment in (freed.begins - DAY, freed.ends))
            buffer, soonest = timedelta(minutes=kind.buffer_minutes), self._now + TOO_SOON
            self._slots[kind.pk] = [
                slot
                for slot in free_slots(freed.doctor, first, last, kind)
                if slot.start >= soonest and slot.start < freed.ends and slot.end + buffer > freed.begins
            ]
        return self._slots[kind.pk]


def _grouped(pairs: Iterable[tuple[Key, Value]]) -> dict[Key, set[Value]]:
    found: dict[Key, set[Value]] = defaultdict(set)
    for key, value in pairs:
        found[key].add(value)
    return found
