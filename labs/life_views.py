"""Pages on which a result is made final, corrected or cancelled, many are signed at once, a follow-up is done."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.fields import parse_uuid
from accounts.refusals import Refused
from accounts.web import page_of, person, refusals_into
from labs.life import may_be_amended_by
from labs.life_forms import CancelForm, CorrectForm, FinaliseForm, rows_of
from labs.models import LabFollowUp, LabResult
from labs.sign_off import MOST_AT_ONCE

Words = dict[str, str]
FINALISE: Words = {"title": "Make it final", "button": "Make the result final", "done": "final"}
CORRECT: Words = {"title": "Correct a result", "button": "Correct the result", "done": "corrected"}
CANCEL: Words = {"title": "Cancel a result", "button": "Cancel the result", "done": "cancelled"}


@require_http_methods(["GET", "POST"])
def finalise(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _amend(request, pk, FinaliseForm, FINALISE, lambda result: result.finalise, with_values=True)


@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _amend(request, pk, CorrectForm, CORRECT, lambda result: result.correct, with_values=True)


@require_http_methods(["GET", "POST"])
def cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _amend(request, pk, CancelForm, CANCEL, lambda result: result.cancel, with_values=False)


def _amend(
    request: HttpRequest,
    pk: UUID,
    form_class: type[forms.Form],
    words: Words,
    verb: Callable[[LabResult], Callable[..., LabResult]],
    *,
    with_values: bool,
) -> HttpResponse:
    result = get_object_or_404(LabResult.objects.visible_to(person(request)).with_people(), pk=pk)
    too_late = request.method == "POST" and result.newer_or_none is not None
    if not (may_be_amended_by(result, person(request)) if too_late else result.may_be_amended_by(person(request))):
        return _not_now(request, result)
    form = form_class(request.POST or None, initial={"critical": result.critical})
    rows = rows_of(result, request.POST or None) if with_values else None
    if request.method == "POST" and all([form.is_valid(), rows is None or rows.is_valid()]):
        asked = {**form.cleaned_data, **({"result_data": rows.values()} if rows is not None else {})}
        with refusals_into(form):
            newer = verb(result)(by=person(request), **asked)
        if form.is_valid():
            messages.success(request, f"The result is {words['done']} now. Everyone who saw the earlier one is told.")
            return redirect(newer)
    wrong = bool(form.errors) or (rows is not None and rows.is_bound and not rows.is_valid())
    context = {"result": result, "form": form, "rows": rows, "words": words}
    return render(request, "labs/amend.html", context, status=400 if wrong else 200)


def _not_now(request: HttpRequest, result: LabResult) -> HttpResponse:
    """A superseded result leads to its newer one; to who may not change it, the page says so."""
    if result.newer_or_none:
        messages.error(request, "A newer version has taken this result's place. Look at it before you go on.")
        return redirect(result.newer_or_none)
    reason = "This result cannot be changed, or not by you: ask the laboratory or the ordering doctor."
    return render(request, "403.html", {"reason": reason}, status=403)


@require_http_methods(["GET", "POST"])
def sign_off(request: HttpRequest) -> HttpResponse:
    """A doctor's normal results with a box before each; who signs none is told so."""
    doctor = person(request).doctor_or_none
    if doctor is None:
        return render(
            request, "403.html", {"reason": "Results are signed by the doctors who ordered them."}, status=403
        )
    if request.method == "POST":
        _sign(request)
        return redirect("labs:sign_off")
    page = page_of(request, LabResult.objects.normal_to_sign_by(doctor).with_people())
    patients = {result.patient_id for result in page}
    return render(request, "labs/sign_off.html", {"page_obj": page, "patient_count": len(patients)})


def _sign(request: HttpRequest) -> None:
    wanted = [pk for text in request.POST.getlist("result")[:MOST_AT_ONCE] if (pk := parse_uuid(text))]
    user = person(request)
    found = LabResult.objects.visible_to(user).with_people().in_bulk(wanted)
    report = LabResult.sign_off(found.values(), by=user)
    for result, detail in report.refused:
        messages.error(request, f"{result}: {detail}")
    if report.signed:
        count = len(report.signed)
        whose = ", ".join(str(result) for result in report.signed)
        messages.success(request, f"{count} result{'s' if count > 1 else ''} signed: {whose}.")
    if not (report.signed or report.refused):
        messages.error(request, "No result was chosen. Tick those that you have looked at.")


@require_POST
def follow_up_done(request: HttpRequest, pk: UUID) -> HttpResponse:
    follow_up: Any = get_object_or_404(LabFollowUp.objects.visible_to(person(request)).with_people(), pk=pk)
    try:
        follow_up.done(by=person(request))
        messages.success(request, f"Done: {follow_up.patient.full_name} is off your worklist.")
    except Refused as refused:
        messages.error(request, refused.detail)
    return redirect(follow_up.review.result)
