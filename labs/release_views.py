"""Pages about the release of results: a doctor's hold, a patient's choice, and what each state means."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.refusals import Refused
from accounts.web import person, refusals_into
from labs.models import LabResult, ReleaseChoice
from labs.release_forms import ChoicesForm, HoldForm, LiftForm
from labs.waits import choose_release


def _found(request: HttpRequest, pk: UUID) -> LabResult:
    return get_object_or_404(LabResult.objects.visible_to(person(request)).with_people(), pk=pk)


def _not_for_you(request: HttpRequest, reason: str) -> HttpResponse:
    return render(request, "403.html", {"reason": reason}, status=403)


@require_http_methods(["GET", "POST"])
def hold(request: HttpRequest, pk: UUID) -> HttpResponse:
    result = _found(request, pk)
    if not result.may_be_held_by(person(request)):
        return _not_for_you(request, "A result is held back by a doctor who treats the patient.")
    form = HoldForm(request.POST or None)
    if form.is_valid():
        with refusals_into(form):
            held = result.hold(by=person(request), **form.cleaned_data)
        if form.is_valid():
            until = timezone.localtime(held.ends_at)
            messages.success(request, f"Held. {result.patient.full_name} sees it on {until:%a %-d %B, %H:%M}.")
            return redirect(result)
    status = 400 if form.errors else 200
    return render(request, "labs/hold.html", {"result": result, "form": form}, status=status)


@require_http_methods(["GET", "POST"])
def lift_hold(request: HttpRequest, pk: UUID) -> HttpResponse:
    result = _found(request, pk)
    if not result.hold_may_be_lifted_by(person(request)):
        return _not_for_you(request, "A hold is lifted by a doctor who treats the patient, or an administrator.")
    form = LiftForm(request.POST or None)
    if form.is_valid():
        with refusals_into(form):
            result.lift_hold(by=person(request), reason=form.cleaned_data["reason"])
        if form.is_valid():
            messages.success(request, "The hold is lifted.")
            return redirect(result)
    context = {"result": result, "form": form, "held": result.open_hold}
    return render(request, "labs/lift_hold.html", context, status=400 if form.errors else 200)


@require_POST
def show_now(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = person(request)
    withheld = LabResult.objects.withheld_from(user).with_people().filter(pk=pk).first()
    result = withheld or _found(request, pk)
    try:
        result.show_now(by=user)
    except Refused as refused:
        messages.error(request, refused.detail)
    return redirect(result)


@require_safe
def when(request: HttpRequest) -> HttpResponse:
    """What each state means, in plain words; for everyone, since doctors should know what patients are told."""
    context = {"most_days": settings.RESULT_HOLD_MAX_DAYS, "may_choose": person(request).patient_or_none is not None}
    return render(request, "labs/when.html", context)


@require_http_methods(["GET", "POST"])
def choices(request: HttpRequest) -> HttpResponse:
    user = person(request)
    patient = user.patient_or_none
    if patient is None:
        return _not_for_you(request, "When a patient sees results, only the patient chooses.")
    chosen = list(ReleaseChoice.objects.waiting(patient.pk).values_list("category", flat=True))
    form = ChoicesForm(request.POST if request.method == "POST" else None, initial={"after_comment": chosen})
    if form.is_valid():
        with refusals_into(form):
            choose_release(patient, form.cleaned_data["after_comment"], by=user)
        if form.is_valid():
            messages.success(request, "Saved. It counts for what comes from now on.")
            return redirect("labs:choices")
    return render(request, "labs/choices.html", {"form": form}, status=400 if form.errors else 200)
