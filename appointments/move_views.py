"""Another time for an appointment, in one step: chosen from what is free or, by whom that is open to, at will."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.web import person, refusals_into
from appointments.booking_forms import Choice, read_start
from appointments.booking_pages import clinic_day, days_to_choose
from appointments.forms import MoveForm
from appointments.models import Appointment
from appointments.offers import offered
from appointments.statuses import Status
from appointments.visit_views import found, offering_overbooking


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, pk: UUID) -> HttpResponse:
    appointment, user = found(request, pk), person(request)
    form = _form(request, appointment, user)
    if request.method == "POST" and form.is_valid():
        with refusals_into(form), offering_overbooking(form, user):
            appointment.reschedule(by=user, **form.cleaned_data)
        if form.is_valid():
            when = date_format(timezone.localtime(appointment.time), "D j F, H:i")
            messages.success(request, f"Moved to {when}: {appointment.patient.full_name}.")
            return redirect(appointment)
    if request.method != "POST" and "move" not in offered(appointment, user):
        messages.info(request, f"This appointment is {appointment.get_status_display().lower()}; it cannot be moved.")
        return redirect(appointment)
    return _page(request, found(request, pk), form)


def _form(request: HttpRequest, appointment: Appointment, user: User) -> MoveForm:
    """What a slot was chosen for is asked no time; a patient has the slots alone, unless it is a mere wish still."""
    sent = request.POST if request.method == "POST" else None
    start = read_start((sent or request.GET).get("start"))
    initial = {"seen": appointment.status, "start": start.isoformat() if start else ""}
    form = MoveForm(sent, initial=initial)
    any_time = user.pk != appointment.patient_id or appointment.status == Status.REQUESTED
    if start or not any_time:
        del form.fields["time"]
    return form


def _page(request: HttpRequest, appointment: Appointment, form: MoveForm) -> HttpResponse:
    if form.is_bound:
        form.refreshed(appointment.status)
    chosen = read_start(form["start"].value())
    day = clinic_day(chosen) if chosen and not request.GET.get("from") else _first_day(request, appointment)
    context = {**_days(appointment, day, by=person(request)), "form": form, "chosen": chosen}
    return render(request, "appointments/move.html", context, status=409 if form.errors else 200)


@require_safe
def move_partial(request: HttpRequest, pk: UUID) -> HttpResponse:
    appointment = found(request, pk)
    context = _days(appointment, _first_day(request, appointment), by=person(request))
    return render(request, "appointments/booking/_slots.html", context)


def _days(appointment: Appointment, first: date, *, by: User) -> dict[str, Any]:
    choice = Choice(appointment.patient, appointment.doctor, appointment.kind)
    path = reverse("appointments:move", args=[appointment.pk])
    days = days_to_choose(choice, first, by=by, path=path, offered_to=appointment.patient)
    return {**days, "appointment": appointment}


def _first_day(request: HttpRequest, appointment: Appointment) -> date:
    """The day asked for, else the one on which it is now."""
    try:
        asked = parse_date(request.GET.get("from", ""))
    except ValueError:
        asked = None
    return asked or clinic_day(appointment.time)
