"""A renewal from its page: issued like every prescription, so that an alert may stop it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.web import person, refusals_into
from prescriptions.checking import check
from prescriptions.checks import Check
from prescriptions.life_forms import RenewForm
from prescriptions.life_views import ACTIONS, found, page
from prescriptions.models import Prescription
from prescriptions.overriding import OverrideNeeded, keeping_stops
from prescriptions.prescribing_forms import OverrideForm, override_forms
from prescriptions.prescribing_views import MOST_ANSWERS, new_page, stopped_page

VERB = "renew"


@require_POST
def renew(request: HttpRequest, pk: UUID) -> HttpResponse:
    old, form = found(request, pk), RenewForm(request.POST, prefix=VERB)
    if "back" in request.POST and old.may_be_renewed_by(person(request)):
        return new_page(request, _as_new(old, request.POST))
    answered = request.POST.getlist("alert")[:MOST_ANSWERS]
    answers: list[OverrideForm] = []
    if form.is_valid() and answered and old.may_be_renewed_by(person(request)):
        now = check([old.medication], old.patient, leaving_out=old.pk)
        answers = [one for one in override_forms(now, request.POST, answered) if one.is_bound]
        if any(one.errors for one in answers):
            return _stopped(request, old, form, now, answered)
    if form.is_valid():
        given = {**form.cleaned_data, "overrides": [one.override() for one in answers]}
        with refusals_into(form):
            try:
                with keeping_stops():
                    renewal = ACTIONS[VERB].act(old, person(request), given)
            except OverrideNeeded as stop:
                return _stopped(request, old, form, stop.check, answered)
    if not form.is_valid() or not isinstance(renewal, Prescription):
        return page(request, found(request, pk), (VERB, form))
    messages.success(request, ACTIONS[VERB].done)
    return redirect(renewal)


def _stopped(request: HttpRequest, old: Prescription, form: RenewForm, now: Check, answered: list[str]) -> HttpResponse:
    asked = {name: getattr(old, name) for name in ("medication", "dosage", "frequency", "patient")}
    return stopped_page(request, form, now, answered, asked=asked)


def _as_new(old: Prescription, said: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed, for something else: the dose of the old medication is no dose of another."""
    typed = {name: said.get(f"{VERB}-{name}", "") for name in ("duration_days", "refills_remaining", "notes")}
    return {"patient": str(old.patient_id), **typed}
