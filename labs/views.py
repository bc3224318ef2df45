from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.fields import parse_uuid
from accounts.models import User
from accounts.refusals import NotAllowed
from accounts.web import page_of, person, refusals_into
from labs.comparison import changes_of
from labs.forms import ResultForm, ReviewForm, ValueFormSet, ValueRows
from labs.models import LabFollowUp, LabOrder, LabResult
from labs.previous import compared
from labs.release import reads_as_patient
from labs.release_words import Told, told_each, told_of
from labs.seen import keep_view, when_seen
from labs.since_last import since_last
from labs.statuses import ResultStatus

SOME = 50


@require_safe
def result_list(request: HttpRequest) -> HttpResponse:
    return render(request, "labs/list.html", _list_context(request))


@require_safe
def list_partial(request: HttpRequest) -> HttpResponse:
    return render(request, "labs/_list.html", _list_context(request))


def _list_context(request: HttpRequest) -> dict[str, Any]:
    user, chosen, words = person(request), request.GET.get("show", ""), request.GET.get("q", "")[:100]
    rows = LabResult.objects.visible_to(user).current().with_people().search(words)
    if chosen == "review" and user.doctor_or_none:
        rows = rows.to_review_by(user.doctor_or_none)
    elif chosen == "critical":
        rows = rows.filter(critical=True)
    doctor = user.doctor_or_none
    return {
        "page_obj": page_of(request, rows),
        "withheld": told_each(LabResult.objects.withheld_from(user).current().with_people()),
        "follow_ups": LabFollowUp.objects.due_for(doctor).with_people()[:SOME] if doctor else [],
        "normal_count": LabResult.objects.normal_to_sign_by(doctor).count() if doctor else 0,
        "may_order": doctor is not None,
        "chosen": chosen,
        "words": words,
        "may_record": user.is_administrator or user.doctor_or_none is not None,
        "refresh_url": f"{reverse('labs:list_partial')}?{request.GET.urlencode()}",
    }


def _withheld(request: HttpRequest, pk: UUID) -> Told | None:
    """What its patient is told of a result that they do not see yet."""
    result = LabResult.objects.withheld_from(person(request)).with_people().filter(pk=pk).first()
    return told_of(result) if result else None


def _found(request: HttpRequest, pk: UUID) -> LabResult:
    return get_object_or_404(LabResult.objects.visible_to(person(request)).with_people(), pk=pk)


def _detail_context(request: HttpRequest, pk: UUID) -> dict[str, Any]:
    result, user = _found(request, pk), person(request)
    rows = compared(result, by=user)
    limits = [row for row in rows if row.line.reference]
    return {
        "result": result,
        "rows": rows,
        "with_limits": limits,
        "has_examples": any(not row.line.reference.approved for row in limits if row.line.reference),
        "since_last": since_last(rows),
        "changes": changes_of(result),
        "may_review": result.may_be_reviewed_by(user),
        "may_amend": result.may_be_amended_by(user),
        **_release_context(result, user),
    }


def _release_context(result: LabResult, user: User) -> dict[str, Any]:
    """For those who treat the patient: what the patient sees, and what they may do about it. On the newest version."""
    if result.newer_or_none or reads_as_patient(user.pk, patient=result.patient_id, doctor=result.doctor_id):
        return {}
    policy = result.release_policy
    standing, opened = policy.at(timezone.now()), when_seen(result, by=result.patient_id)
    return {
        "release": standing,
        "held": result.open_hold if standing.is_held else None,
        "opened": opened,
        "also_waits": policy.waits_since is not None,
        "may_hold": not (standing.is_held or opened) and result.may_be_held_by(user),
        "may_lift": standing.is_held and result.hold_may_be_lifted_by(user),
    }


@require_safe
def detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """`?print` is the same for paper."""
    if told := _withheld(request, pk):
        return render(request, "labs/withheld.html", {"told": told})
    context = _detail_context(request, pk)
    context["form"] = ReviewForm(critical=context["result"].critical)
    keep_view(context["result"], by=person(request))
    return render(request, "labs/detail_print.html" if "print" in request.GET else "labs/detail.html", context)


@require_safe
def detail_partial(request: HttpRequest, pk: UUID) -> HttpResponse:
    if told := _withheld(request, pk):
        return render(request, "labs/_withheld_detail.html", {"told": told})
    return render(request, "labs/_detail.html", _detail_context(request, pk))


@require_POST
def review(request: HttpRequest, pk: UUID) -> HttpResponse:
    result = _found(request, pk)
    form = ReviewForm(request.POST, critical=result.critical)
    if form.is_valid():
        with refusals_into(form):
            result.review_with(by=person(request), **form.cleaned_data)
    if not form.is_valid():
        return render(request, "labs/detail.html", {**_detail_context(request, pk), "form": form}, status=409)
    messages.success(request, f"Reviewed. {result.patient.full_name} is told now.")
    return redirect(result)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    user = person(request)
    try:
        LabResult.refuse_unless_recorder(user)
    except NotAllowed as refused:
        return render(request, "403.html", {"reason": refused.detail}, status=403)
    form = ResultForm(user, request.POST or None, initial=_asked_for(request))
    rows = cast(ValueFormSet, ValueRows(request.POST or None))
    if request.method == "POST" and all([form.is_valid(), rows.is_valid()]):
        asked = {**form.cleaned_data, "result_data": rows.values()}
        with refusals_into(form):
            asked["status"] = ResultStatus.PRELIMINARY if asked.pop("preliminary") else ResultStatus.FINAL
            result = LabResult.record(by=user, **asked)
        if form.is_valid():
            messages.success(request, f"Recorded. {result.doctor.full_display_name} has it now.")
            return redirect(result)
    wrong = bool(form.errors) or _has_errors(rows)
    return render(request, "labs/new.html", {"form": form, "rows": rows}, status=400 if wrong else 200)


def _asked_for(request: HttpRequest) -> dict[str, Any]:
    """What the link here already knows: the patient, or the order with all that it says."""
    order_id = parse_uuid(request.GET.get("order"))
    order = LabOrder.objects.visible_to(person(request)).filter(pk=order_id).first() if order_id else None
    if order is None:
        return {"patient": request.GET.get("patient")}
    return {"patient": order.patient_id, "doctor": order.doctor_id, "test_type": order.test_type, "order": order.pk}


def _has_errors(rows: "forms.BaseFormSet[Any]") -> bool:
    return rows.is_bound and not rows.is_valid()
