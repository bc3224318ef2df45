"""One appointment: its page, and the verbs that a person may use there."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.web import person, refusals_into
from appointments.booked_time import TimeTaken
from appointments.checks import may_overbook
from appointments.forms import SeenForm, TimedForm
from appointments.models import Appointment
from appointments.possible_verbs import offered
from appointments.statuses import read_status
from appointments.visit_steps import STEPS


def found(request: HttpRequest, pk: UUID) -> Appointment:
    return get_object_or_404(Appointment.objects.visible_to(person(request)).with_people(), pk=pk)


@require_safe
def detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _detail(request, found(request, pk))


@require_safe
def detail_partial(request: HttpRequest, pk: UUID) -> HttpResponse:
    appointment = found(request, pk)
    seen = read_status(request.GET.get("seen"))
    meanwhile = appointment.last_change() if seen and seen != appointment.status else None
    context = _detail_context(appointment, offered(appointment, person(request)))
    return render(request, "appointments/_detail.html", {**context, "meanwhile": meanwhile})


def _detail_context(appointment: Appointment, verbs: list[str]) -> dict[str, Any]:
    return {
        "appointment": appointment,
        "history": appointment.history.as_told(),
        "may_move": "move" in verbs,
        "may_cancel": "cancel" in verbs,
    }


def _detail(request: HttpRequest, appointment: Appointment, tried: SeenForm | None = None) -> HttpResponse:
    """The page with a form for each verb this person may use; `tried` is the one that was refused."""
    verbs = offered(appointment, person(request))
    context = {
        **_detail_context(appointment, verbs),
        "steps": [_step_form(appointment, verb, tried, by=person(request)) for verb in verbs if verb in STEPS],
    }
    stale = tried if tried and not any(entry["form"] is tried for entry in context["steps"]) else None
    return render(request, "appointments/detail.html", {**context, "refused": stale}, status=409 if tried else 200)


def _step_form(appointment: Appointment, verb: str, tried: SeenForm | None, *, by: User) -> dict[str, Any]:
    step = STEPS[verb]
    again = tried is not None and tried.prefix == verb
    form = tried.refreshed(appointment.status) if tried and again else step.form(initial=_now(appointment), prefix=verb)
    return {
        "verb": verb,
        "form": form,
        "words": step.said_to(by, appointment),
        "apart": step.apart,
        "url": reverse(f"appointments:{verb}", args=[appointment.pk]),
    }


def _now(appointment: Appointment) -> dict[str, Any]:
    return {"seen": appointment.status, "scheduled_time": timezone.localtime(appointment.requested_time)}


@require_POST
def take(request: HttpRequest, pk: UUID, verb: str) -> HttpResponse:
    appointment, step = found(request, pk), STEPS[verb]
    form = step.form(request.POST, prefix=verb, initial=_now(appointment))
    if form.is_valid():
        with refusals_into(form), offering_overbooking(form, person(request)):
            step.act(appointment, by=person(request), **form.cleaned_data)
    if not form.is_valid():
        return _detail(request, found(request, pk), form)
    messages.success(request, f"{_outcome(appointment, verb)}: {appointment.patient.full_name}.")
    still_theirs = Appointment.objects.visible_to(person(request)).filter(pk=pk).exists()  # not always for the cover
    return redirect(appointment if still_theirs else "home")


@contextmanager
def offering_overbooking(form: SeenForm, user: User) -> Iterator[None]:
    """Who may book two visits at one time is asked for a reason once the time turns out to be taken."""
    try:
        yield
    except TimeTaken:
        if isinstance(form, TimedForm) and may_overbook(user):
            form.offer_overbooking()
        raise


def _outcome(appointment: Appointment, verb: str) -> str:
    return "Arrived" if verb == "check_in" else appointment.get_status_display()
