"""What the pages of a booking show: days with their free slots, and whether the chosen one is still there."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from appointments.booking_forms import Choice
from appointments.calendar import MOST_DAYS, alternatives, clinic_zone, free_slots
from appointments.checks import FURTHEST_AHEAD
from appointments.holds import held_by
from appointments.models import Appointment
from appointments.slots import Span

DAYS = timedelta(days=7)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Day:
    """`slots` of the clinic's day, in their order."""

    day: date
    slots: list[Span]


def clinic_day(moment: datetime) -> date:
    return moment.astimezone(clinic_zone()).date()


def days_to_choose(
    choice: Choice, first: date | None, *, by: User, path: str = "", moving: Appointment | None = None
) -> dict[str, Any]:
    """A week from `first`, or from today, with what is free in it, and where else to look: below `path`.

    Of an appointment that is moving, what an offer keeps for its patient is among it, and its time with another doctor.
    """
    today = timezone.localdate()
    latest = today + FURTHEST_AHEAD - DAYS
    first = min(max(first or today, today), latest)
    week = _slots_by_day(choice, first, first + DAYS - DAY, by=by, moving=moving)
    held = held_by(by).filter(doctor=choice.doctor, kind=choice.kind, patient=choice.patient).first()
    return {
        "choice": choice,
        "moving": moving,
        "path": path or reverse("appointments:when"),
        "query": choice.query(**{"from": first.isoformat()}),
        "who_query": choice.query(),
        "first": first,
        "last": first + DAYS - DAY,
        "days": [Day(first + DAY * number, week[first + DAY * number]) for number in range(DAYS.days)],
        "any_free": any(week.values()),
        "held_start": held.begins if held else None,
        "earlier": choice.query(**{"from": max(today, first - DAYS).isoformat()}) if first > today else "",
        "later": choice.query(**{"from": (first + DAYS).isoformat()}) if first < latest else "",
        "next_free": None if any(week.values()) else _next_free(choice, first + DAYS, by=by),
    }


def _slots_by_day(
    choice: Choice, first: date, last: date, *, by: User, moving: Appointment | None
) -> dict[date, list[Span]]:
    found: dict[date, list[Span]] = defaultdict(list)
    slots = free_slots(
        choice.doctor,
        first,
        last,
        choice.kind,
        patient=choice.patient,
        by=by,
        offered_to=moving.patient if moving else None,
        instead_of=moving if moving and moving.doctor_id != choice.doctor.pk else None,
    )
    for slot in slots:
        found[clinic_day(slot.start)].append(slot)
    return found


def _next_free(choice: Choice, first: date, *, by: User) -> dict[str, Any] | None:
    """Where an empty week leads: the next day on which anything is free, within two months."""
    last = first + timedelta(days=MOST_DAYS)
    slots = free_slots(choice.doctor, first, last, choice.kind, patient=choice.patient, by=by)
    if not slots:
        return None
    day = clinic_day(slots[0].start)
    return {"start": slots[0].start, "query": choice.query(**{"from": day.isoformat()})}


def what_is_held(choice: Choice, start: datetime, *, by: User) -> dict[str, Any]:
    """`state` of the chosen slot: held by this person, free (and held by nobody), or taken; then with alternatives."""
    day = clinic_day(start)
    mine = held_by(by).filter(begins=start, doctor=choice.doctor, patient=choice.patient, kind=choice.kind).first()
    is_free = mine is not None or any(
        slot.start == start for slot in free_slots(choice.doctor, day, day, choice.kind, patient=choice.patient, by=by)
    )
    state = "held" if mine else "free" if is_free else "taken"
    return {
        "choice": choice,
        "query": choice.query(start=start.isoformat()),
        "start": start,
        "end": start + timedelta(minutes=choice.kind.minutes),
        "state": state,
        "held": mine,
        "others": alternatives(choice.doctor, choice.patient, choice.kind, start) if state == "taken" else [],
    }
