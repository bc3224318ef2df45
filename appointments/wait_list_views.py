"""The pages of the wait list: wanting an earlier time, waiting for a first one, and who waits in which order."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.refusals import Refused
from accounts.web import needs_a_role, page_of, person, refusals_into
from appointments.booking_pages import clinic_day
from appointments.calendar import MOST_DAYS, free_slots
from appointments.models import Appointment, WaitingEntry
from appointments.slots import DAY, Span
from appointments.visit_views import found
from appointments.wait_list_forms import DaysForm, FirstVisitForm
from appointments.wait_list_querysets import WaitingEntryQuerySet

SOME = 6
JOINED = "On the wait list. What becomes free is offered at once, in the order of the list."


@require_http_methods(["GET", "HEAD", "POST"])
def earlier(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What is free now and earlier, and the wait list for what becomes free."""
    appointment = found(request, pk)
    form = DaysForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with refusals_into(form):
            WaitingEntry.join(
                by=person(request),
                patient=appointment.patient,
                doctor=appointment.doctor,
                kind=appointment.kind,
                appointment=appointment,
                **form.cleaned_data,
            )
        if form.is_valid():
            messages.success(request, JOINED)
            return redirect("appointments:earlier", pk)
    context = {**_earlier_context(request, appointment), "form": form}
    return render(request, "appointments/earlier.html", context, status=409 if form.errors else 200)


@require_safe
def earlier_partial(request: HttpRequest, pk: UUID) -> HttpResponse:
    return render(request, "appointments/_earlier.html", _earlier_context(request, found(request, pk)))


def _earlier_context(request: HttpRequest, appointment: Appointment) -> dict[str, Any]:
    refusal = WaitingEntry.why_not(appointment, person(request))
    entry = WaitingEntry.objects.open().filter(appointment=appointment).with_place().with_asked().first()
    return {
        "appointment": appointment,
        "entry": entry,
        "why_not": refusal,
        "free_now": [] if refusal else _earlier_slots(appointment),
    }


def _earlier_slots(appointment: Appointment) -> list[Span]:
    """Free now, and before the time that it has: the first few."""
    first = timezone.localdate()
    last = min(clinic_day(appointment.time), first + MOST_DAYS * DAY)
    slots = free_slots(appointment.doctor, first, last, appointment.kind, patient=appointment.patient)
    return [slot for slot in slots if slot.start < appointment.time][:SOME]


@require_safe
@needs_a_role
def wait_list(request: HttpRequest) -> HttpResponse:
    return render(request, "appointments/wait_list.html", _list_context(request))


@require_safe
@needs_a_role
def wait_list_partial(request: HttpRequest) -> HttpResponse:
    return render(request, "appointments/_wait_list.html", _list_context(request))


def _list_context(request: HttpRequest) -> dict[str, Any]:
    return {"page_obj": page_of(request, _whose(request).open().with_place().with_asked().with_people())}


def _whose(request: HttpRequest) -> WaitingEntryQuerySet:
    """A doctor's own list, a patient's own places, one doctor's after another's for an administrator."""
    user = person(request)
    seen = WaitingEntry.objects.visible_to(user).in_order()
    if user.is_administrator:
        return seen.order_by("doctor", "joined_at", "pk")
    return seen.filter(doctor=user.pk) if user.doctor_or_none else seen.filter(patient=user.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@needs_a_role
def join(request: HttpRequest) -> HttpResponse:
    """For a visit that they have not got yet."""
    told = {name: request.GET[name] for name in ("patient", "doctor", "kind") if name in request.GET}
    form = FirstVisitForm(person(request), request.POST if request.method == "POST" else None, initial=told)
    if request.method == "POST" and form.is_valid():
        with refusals_into(form):
            WaitingEntry.join(by=person(request), **form.what_for())
        if form.is_valid():
            messages.success(request, JOINED)
            return redirect("appointments:wait_list")
    return render(request, "appointments/join.html", {"form": form}, status=400 if form.errors else 200)


@require_POST
def leave(request: HttpRequest, pk: UUID) -> HttpResponse:
    entry = get_object_or_404(WaitingEntry.objects.visible_to(person(request)).with_people(), pk=pk)
    try:
        entry.leave(by=person(request))
        messages.success(request, f"{entry.patient.full_name} is no longer on the wait list.")
    except Refused as refused:
        messages.error(request, refused.detail)
    return redirect(entry.appointment or "appointments:wait_list")
