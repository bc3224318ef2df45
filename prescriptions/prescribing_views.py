"""The page on which a doctor prescribes: the form, the check beside it, and where an alert stops it."""

from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.fields import without_control_characters
from accounts.idempotency import made_once
from accounts.models import User
from accounts.patient_choice import whom
from accounts.patient_field import said_in
from accounts.refusals import NotAllowed
from accounts.web import person, refusals_into
from prescriptions.checking import check
from prescriptions.checks import Check
from prescriptions.forms import IssueForm
from prescriptions.loading import rule_book
from prescriptions.matching import LONGEST_TEXT
from prescriptions.models import Prescription, RecordedCheck
from prescriptions.overriding import Override, OverrideNeeded, keeping_stops
from prescriptions.prescribing_forms import OverrideForm, override_forms

MOST_NAMES = 8
MOST_ANSWERS = 100


def _refusal(request: HttpRequest) -> HttpResponse | None:
    try:
        Prescription.prescriber(person(request))
    except NotAllowed as refused:
        return render(request, "403.html", {"reason": refused.detail}, status=403)
    return None


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    refusal = _refusal(request)
    if refusal:
        return refusal
    if request.method == "POST":
        return _issue(request)
    told = {name: request.GET[name] for name in IssueForm.Meta.fields if name in request.GET}
    return new_page(request, told)


def _issue(request: HttpRequest) -> HttpResponse:
    user = person(request)
    form = IssueForm(user, request.POST)
    if not form.is_valid():
        return _page(request, form, request.POST)
    asked = form.cleaned_data
    answered = request.POST.getlist("alert")[:MOST_ANSWERS]
    answers: list[OverrideForm] = []
    if answered:
        found = check([asked["medication"]], asked["patient"])
        answers = [one for one in override_forms(found, request.POST, answered) if one.is_bound]
        if any(one.errors for one in answers):
            return stopped_page(request, form, found, answered, asked=asked)
    with refusals_into(form):
        try:
            pk, is_new = _issue_once(user, asked, [one.override() for one in answers])
        except OverrideNeeded as stop:
            return stopped_page(request, form, stop.check, answered, asked=asked)
    if not form.is_valid():
        return _page(request, form, request.POST)
    if is_new:
        messages.success(request, f"Prescribed. {asked['patient'].full_name} is told now.")
    else:
        messages.info(request, "This form was sent before, and this was issued then. For more, begin a new form.")
    return redirect("prescriptions:detail", pk)


def _issue_once(user: User, asked: dict[str, Any], overrides: list[Override]) -> tuple[UUID, bool]:
    """Back, and pressed again: the same form leads to what it was issued as, also where its answers to alerts differ.

    A program that sends no key of the form (`once`) has every one issued.
    """
    order = {name: value for name, value in asked.items() if name != "once"}
    said = {**asked, "patient": asked["patient"].pk}
    with keeping_stops():
        issue = partial(Prescription.issue, by=user, **order, overrides=overrides)
        if not asked["once"]:
            return issue().pk, True
        return made_once(user, reverse("prescriptions:new"), said, lambda: issue().pk)


def new_page(request: HttpRequest, filled: Mapping[str, Any]) -> HttpResponse:
    """With what is already known, to go on from there. Nothing is called wrong yet."""
    return _page(request, IssueForm(person(request), initial=dict(filled)), filled)


def _page(request: HttpRequest, form: IssueForm, filled: Mapping[str, Any]) -> HttpResponse:
    context = {"form": form, **_check_context(request, filled)}
    return render(request, "prescriptions/new.html", context, status=400 if form.errors else 200)


def stopped_page(
    request: HttpRequest, form: BaseForm, found: Check, answered: list[str], *, asked: Mapping[str, Any]
) -> HttpResponse:
    """`asked` is what was not issued: medication, dosage, frequency, patient."""
    answers = override_forms(found, request.POST, answered)
    context = {
        "form": form,
        "asked": asked,
        "patient": asked["patient"],
        "check": found.as_json(),
        "checked_at": found.checked_at,
        "answers": answers,
        "is_again": bool(answered),
        "wrong": any(one.errors for one in answers),
    }
    return render(request, "prescriptions/stopped.html", context, status=400 if context["wrong"] else 409)


@require_POST
def check_partial(request: HttpRequest) -> HttpResponse:
    """What is shown is kept. A POST for another reason, too: what a patient is given does not belong in an address."""
    refusal = _refusal(request)
    if refusal:
        return refusal
    return render(request, "prescriptions/_check_beside.html", _check_context(request, request.POST))


def _check_context(request: HttpRequest, filled: Mapping[str, Any]) -> dict[str, Any]:
    """An address keeps nothing, wherever it came from: the page asks by itself for the check of what stands in it."""
    user = person(request)
    medication = without_control_characters(str(filled.get("medication") or "")).strip()[: LONGEST_TEXT + 1]
    patient = whom(user, said_in(filled)).patient
    found = check([medication], patient) if medication else None
    if found and patient and request.method == "POST":
        RecordedCheck.keep_shown(found, medication, patient, by=user)
    return {
        "patient": patient,
        "check": found.as_json() if found else None,
        "checked_at": found.checked_at if found else None,
    }


@require_POST
def drug_names(request: HttpRequest) -> HttpResponse:
    """Names that the typed text may become; where none does, what looks like it, to be chosen and never taken."""
    refusal = _refusal(request)
    if refusal:
        return refusal
    typed = request.POST.get("q", "").strip()[:LONGEST_TEXT]
    book = rule_book()
    names = book.names.completing(typed, MOST_NAMES) if book and len(typed) > 1 else []
    guess = book and len(typed) > 2 and not names and not book.names.read(typed).is_known
    close = book.names.close_to(typed) if book and guess else []
    return render(request, "prescriptions/_drug_names.html", {"names": names, "close": close})
