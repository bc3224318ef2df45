"""Another time for an appointment, in one step: chosen from what is free or, by whom that is open to, at will.

Where its doctor no longer works here, another doctor is chosen first.
"""

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

from accounts.fields import parse_uuid
from accounts.models import Doctor, User
from accounts.refusals import Refused
from accounts.web import person, refusals_into
from appointments.booking_forms import Choice, read_start
from appointments.booking_pages import clinic_day, days_to_choose
from appointments.forms import MoveForm, what_is_seen
from appointments.models import Appointment
from appointments.visit_views import found, offering_overbooking
from notifications.dispatch import covering


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, pk: UUID) -> HttpResponse:
    appointment, user = found(request, pk), person(request)
    form = _form(request, appointment, _doctor(request, appointment), user)
    if request.method == "POST" and form.is_valid():
        with refusals_into(form), offering_overbooking(form, user):
            appointment.reschedule(by=user, **form.cleaned_data)
        if form.is_valid():
            messages.success(request, _outcome(appointment))
            still_theirs = Appointment.objects.visible_to(user).filter(pk=pk).exists()  # not always for the cover
            return redirect(appointment if still_theirs else "appointments:without_doctor")
    if request.method != "POST":
        try:
            appointment.refuse_move(user)
        except Refused as refused:
            messages.info(request, refused.detail)
            return redirect(appointment)
    return _page(request, found(request, pk), form)


def _outcome(appointment: Appointment) -> str:
    when = date_format(timezone.localtime(appointment.time), "D j F, H:i")
    return f"Moved to {when} with {appointment.doctor.full_display_name}: {appointment.patient.full_name}."


def _doctor(request: HttpRequest, appointment: Appointment) -> Doctor | None:
    """With whom it is to be: another only where its own no longer works here, and none until one is chosen."""
    if not appointment.needs_another_doctor:
        return appointment.doctor
    asked = (request.POST if request.method == "POST" else request.GET).get("doctor")
    pk = parse_uuid(asked) if asked else _at_hand(appointment, person(request))
    return Doctor.objects.active().select_related("user").filter(pk=pk).first()


def _at_hand(appointment: Appointment, user: User) -> UUID | None:
    """Whoever covers, first of all the reader."""
    covers = covering([appointment.doctor_id]).get(appointment.doctor_id, [])
    return user.pk if user.pk in covers else next(iter(covers), None)


def _form(request: HttpRequest, appointment: Appointment, doctor: Doctor | None, user: User) -> MoveForm:
    """What a slot was chosen for is asked no time; a patient has the slots alone, unless it is a mere wish still."""
    sent = request.POST if request.method == "POST" else None
    start = read_start((sent or request.GET).get("start"))
    another = doctor.pk if doctor and doctor.pk != appointment.doctor_id else None
    initial = {**what_is_seen(appointment), "start": start.isoformat() if start else "", "doctor": another}
    form = MoveForm(sent, initial=initial)
    if start or doctor is None or not appointment.may_have_any_time(user, doctor):
        del form.fields["time"]
    return form


def _page(request: HttpRequest, appointment: Appointment, form: MoveForm) -> HttpResponse:
    if form.is_bound:
        form.seeing(appointment)
    doctor, chosen = _doctor(request, appointment), read_start(form["start"].value())
    context: dict[str, Any] = {"appointment": appointment, "form": form, "doctor": doctor}
    if doctor:
        day = clinic_day(chosen) if chosen and not request.GET.get("from") else _first_day(request, appointment)
        context |= {**_days(appointment, doctor, day, by=person(request)), "chosen": chosen}
    if appointment.needs_another_doctor:
        context["doctors"] = Doctor.objects.active().select_related("user")
    return render(request, "appointments/move.html", context, status=409 if form.errors else 200)


@require_safe
def move_partial(request: HttpRequest, pk: UUID) -> HttpResponse:
    appointment = found(request, pk)
    doctor = _doctor(request, appointment)
    if doctor is None:
        return HttpResponse(status=400)
    context = _days(appointment, doctor, _first_day(request, appointment), by=person(request))
    return render(request, "appointments/booking/_slots.html", context)


def _days(appointment: Appointment, doctor: Doctor, first: date, *, by: User) -> dict[str, Any]:
    choice = Choice(appointment.patient, doctor, appointment.kind)
    path = reverse("appointments:move", args=[appointment.pk])
    return days_to_choose(choice, first, by=by, path=path, moving=appointment)


def _first_day(request: HttpRequest, appointment: Appointment) -> date:
    """The day asked for, else the one on which it is now."""
    try:
        asked = parse_date(request.GET.get("from", ""))
    except ValueError:
        asked = None
    return asked or clinic_day(appointment.time)
