"""A doctor's day and week, for the doctor, for whoever covers them, and for administrators."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_safe

from accounts.fields import parse_uuid
from accounts.models import Doctor
from accounts.web import person
from appointments.calendar import clinic_zone
from appointments.calendar_entries import Entry, calendars_open_to, entries_of, hours_of
from appointments.calendar_grid import rows_of

YEARS = range(2000, 2200)
LENGTHS = {"day": 1, "week": 7}
WEEKEND = (5, 6)


@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """Leads to the calendar that was chosen, else to one's own day."""
    doctors = calendars_open_to(person(request))
    pk = parse_uuid(request.GET.get("doctor")) or person(request).pk
    doctor = doctors.filter(pk=pk).first() or doctors.first()
    if doctor is None:
        return render(request, "403.html", {"reason": "Calendars are for doctors and administrators."}, status=403)
    view = request.GET.get("view") if request.GET.get("view") in LENGTHS else "day"
    return redirect("appointments:calendar_of", doctor.pk, view, _day(request.GET.get("day")) or timezone.localdate())


@require_safe
def calendar(request: HttpRequest, pk: UUID, view: str, day: str) -> HttpResponse:
    context = _context(request, pk, view, day)
    context |= {"doctors": calendars_open_to(person(request)), **hours_of(context["doctor"])}
    return render(request, "appointments/calendar/page.html", context)


@require_safe
def calendar_partial(request: HttpRequest, pk: UUID, view: str, day: str) -> HttpResponse:
    return render(request, "appointments/calendar/_days.html", _context(request, pk, view, day))


def _day(text: str | None) -> date | None:
    try:
        day = parse_date(text or "")
    except ValueError:
        return None
    return day if day and day.year in YEARS else None


def _context(request: HttpRequest, pk: UUID, view: str, text: str) -> dict[str, Any]:
    doctor = get_object_or_404(calendars_open_to(person(request)), pk=pk)
    day = _day(text)
    if day is None or view not in LENGTHS:
        raise Http404
    days = [day] if view == "day" else [day - timedelta(days=day.weekday() - number) for number in range(7)]
    entries = entries_of(doctor, days, seen_by=person(request))
    shown = [one for one in days if view == "day" or one.weekday() not in WEEKEND or entries[one]]
    return {
        "doctor": doctor,
        "view": view,
        "day": day,
        "first": days[0],
        "last": days[-1],
        "today": timezone.localdate(),
        "days": shown,
        "rows": rows_of(shown, entries, clinic_zone()),
        "lists": [(one, _with_free_as_spans(entries[one])) for one in shown],
        "partial_url": reverse("appointments:calendar_partial", args=[doctor.pk, view, day]),
        **_ways(doctor, view, day),
    }


def _ways(doctor: Doctor, view: str, day: date) -> dict[str, str]:
    """Addresses of the same view earlier, later and today, and of the other view."""
    step = timedelta(days=LENGTHS[view])

    def at(when: date, how: str = view) -> str:
        return reverse("appointments:calendar_of", args=[doctor.pk, how, when])

    return {
        "earlier": at(day - step),
        "later": at(day + step),
        "now": at(timezone.localdate()),
        "as_day": at(day, "day"),
        "as_week": at(day, "week"),
    }


def _with_free_as_spans(entries: Sequence[Entry]) -> list[Entry]:
    """For the list: free times that touch are one line."""
    found: list[Entry] = []
    for is_free, run in groupby(entries, key=lambda entry: entry.kind == "free"):
        for entry in run:
            if is_free and found and found[-1].kind == "free" and found[-1].ends == entry.begins:
                found[-1] = Entry("free", found[-1].begins, entry.ends)
            else:
                found.append(entry)
    return found
