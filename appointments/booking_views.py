"""Booking in three steps: who, when, why. Each is a page of its own that says in its address what was chosen."""

from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.web import needs_a_role, person, refusals_into
from appointments import booking_pages as pages
from appointments.booking_forms import Choice, WhoForm, WhyForm, read_start
from appointments.holds import book_slot, held_by, hold_slot, let_go
from appointments.models import Appointment
from appointments.reasons import forget_reason, keep_reason, kept_reason
from appointments.statuses import Status


@require_http_methods(["GET", "HEAD", "POST"])
@needs_a_role
def who(request: HttpRequest) -> HttpResponse:
    """A POST reads whom the words mean, which no address has in it, and leads on with the ids of those chosen."""
    if request.method == "POST":
        return _who_is_meant(request)
    told = {name: request.GET[name] for name in ("patient", "doctor", "kind") if name in request.GET}
    context = {"form": WhoForm(person(request), initial=told), "first": _first_day(request)}
    return render(request, "appointments/booking/who.html", context)


def _who_is_meant(request: HttpRequest) -> HttpResponse:
    form = WhoForm(person(request), request.POST)
    if not form.is_valid():
        return _who_again(request, form)
    first = _first_day(request)
    day = {"from": first.isoformat()} if first else {}
    return redirect(f"{reverse('appointments:when')}?{form.choice().query(**day)}")


def _who_again(request: HttpRequest, form: WhoForm) -> HttpResponse:
    context = {"form": form, "first": _first_day(request)}
    return render(request, "appointments/booking/who.html", context, status=400 if form.errors else 200)


@require_safe
@needs_a_role
def when(request: HttpRequest) -> HttpResponse:
    form = WhoForm(person(request), request.GET)
    if not form.is_valid():
        return _who_again(request, form)
    return _when_page(request, form, _first_day(request))


@require_safe
@needs_a_role
def when_partial(request: HttpRequest) -> HttpResponse:
    form = WhoForm(person(request), request.GET)
    if not form.is_valid():
        return HttpResponse(status=400)
    context = pages.days_to_choose(form.choice(), _first_day(request), by=person(request))
    return render(request, "appointments/booking/_slots.html", context)


def _first_day(request: HttpRequest) -> date | None:
    asked = request.POST if request.method == "POST" else request.GET
    try:
        return parse_date(asked.get("from", ""))
    except ValueError:
        return None


def _when_page(request: HttpRequest, form: WhoForm, first: date | None, status: int = 200) -> HttpResponse:
    context = {**pages.days_to_choose(form.choice(), first, by=person(request)), "form": form}
    return render(request, "appointments/booking/when.html", context, status=status)


@require_POST
@needs_a_role
def hold(request: HttpRequest) -> HttpResponse:
    """Keeps the slot that was pressed, and whatever had been written already."""
    form, user = WhoForm(person(request), request.POST), person(request)
    if not form.is_valid():
        return _who_again(request, form)
    choice, start = form.choice(), read_start(request.POST.get("other") or request.POST.get("start"))
    keep_reason(request, choice.patient)
    if start is None:
        form.add_error(None, "Choose one of the times.")
    else:
        with refusals_into(form):
            hold_slot(by=user, patient=choice.patient, doctor=choice.doctor, kind=choice.kind, start=start)
    if not form.is_valid() or start is None:
        return _when_page(request, form, pages.clinic_day(start) if start else None, status=409)
    return redirect(f"{reverse('appointments:why')}?{choice.query(start=start.isoformat())}")


@require_POST
@needs_a_role
def another_time(request: HttpRequest) -> HttpResponse:
    """Back to the times, with what was written kept for later."""
    form = WhoForm(person(request), request.POST)
    if not form.is_valid():
        return _who_again(request, form)
    choice, start = form.choice(), read_start(request.POST.get("start"))
    keep_reason(request, choice.patient)
    day = {"from": pages.clinic_day(start).isoformat()} if start else {}
    return redirect(f"{reverse('appointments:when')}?{choice.query(**day)}")


@require_POST
@needs_a_role
def not_now(request: HttpRequest) -> HttpResponse:
    """The slot is free at once, rather than when its time has run out."""
    start = read_start(request.POST.get("start"))
    for held in held_by(person(request)).filter(begins=start) if start else ():
        let_go(held)
    return redirect("appointments:list")


@require_http_methods(["GET", "HEAD", "POST"])
@needs_a_role
def why(request: HttpRequest) -> HttpResponse:
    data = request.POST if request.method == "POST" else request.GET
    form, start = WhoForm(person(request), data), read_start(data.get("start"))
    if not form.is_valid():
        return _who_again(request, form)
    if start is None:
        form.add_error(None, "Choose one of the times.")
        return _when_page(request, form, None, status=400)
    if request.method == "POST":
        return _book(request, form.choice(), start)
    initial = {"reason": kept_reason(request, form.choice().patient.pk)}
    return _why_page(request, form.choice(), start, WhyForm(initial=initial))


def _book(request: HttpRequest, choice: Choice, start: datetime) -> HttpResponse:
    form, user = WhyForm(request.POST), person(request)
    if form.is_valid():
        with refusals_into(form):
            appointment = book_slot(
                by=user,
                patient=choice.patient,
                doctor=choice.doctor,
                kind=choice.kind,
                start=start,
                reason=form.cleaned_data["reason"],
            )
    if not form.is_valid():
        return _why_page(request, choice, start, form, status=409 if form.non_field_errors() else 400)
    forget_reason(request, choice.patient)
    messages.success(request, _booked_words(appointment))
    return redirect(appointment)


def _booked_words(appointment: Appointment) -> str:
    if appointment.status == Status.CONFIRMED:
        return f"Booked and confirmed. {appointment.patient.full_name} has been told."
    return f"The time is kept. {appointment.doctor.full_display_name} has been told, and you will be told here."


def _why_page(request: HttpRequest, choice: Choice, start: datetime, form: WhyForm, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {**pages.what_is_held(choice, start, by=person(request)), "form": form}
    return render(request, "appointments/booking/why.html", context, status=status)


@require_safe
@needs_a_role
def held_partial(request: HttpRequest) -> HttpResponse:
    form, start = WhoForm(person(request), request.GET), read_start(request.GET.get("start"))
    if start is None or not form.is_valid():
        return HttpResponse(status=400)
    context = pages.what_is_held(form.choice(), start, by=person(request))
    return render(request, "appointments/booking/_held.html", context)
