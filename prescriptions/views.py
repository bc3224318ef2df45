from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.refusals import Refused
from accounts.web import page_of, person
from prescriptions.check_readers import may_read_check
from prescriptions.models import Prescription, PrescriptionFollowUp
from prescriptions.staleness import standing_of


def _list_context(request: HttpRequest) -> dict[str, Any]:
    chosen, words = request.GET.get("show", ""), request.GET.get("q", "")[:100]
    seen = Prescription.objects.visible_to(person(request)).with_people().with_life()
    rows = seen.marking_overridden(person(request)).search(words)
    if chosen == "active":
        rows = rows.active()
    elif chosen == "on_hold":
        rows = rows.on_hold()
    elif chosen == "ended":
        rows = rows.ended()
    return {
        "page_obj": page_of(request, rows),
        "chosen": chosen,
        "words": words,
        "may_prescribe": may_prescribe(request),
        "refresh_url": f"{reverse('prescriptions:list_partial')}?{request.GET.urlencode()}",
    }


def may_prescribe(request: HttpRequest) -> bool:
    doctor = person(request).doctor_or_none
    return bool(doctor and doctor.can_prescribe)


@require_safe
def prescription_list(request: HttpRequest) -> HttpResponse:
    return render(request, "prescriptions/list.html", _list_context(request))


@require_safe
def list_partial(request: HttpRequest) -> HttpResponse:
    return render(request, "prescriptions/_list.html", _list_context(request))


@require_safe
def recorded_check(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The live part of a prescription's page: the check at issue, and how it stands. For who prescribes."""
    seen = Prescription.objects.visible_to(person(request)).with_people().with_check()
    prescription = get_object_or_404(seen, pk=pk)
    if not may_read_check(person(request), prescription):
        raise Http404
    context = {"prescription": prescription, **check_context(request, prescription)}
    return render(request, "prescriptions/_recorded_check.html", context)


def check_context(request: HttpRequest, prescription: Prescription) -> dict[str, Any]:
    """Nothing, for who does not prescribe, and for who is the patient."""
    if not may_read_check(person(request), prescription):
        return {}
    follow_ups = PrescriptionFollowUp.objects.visible_to(person(request)).with_people()
    return {"standing": standing_of(prescription), "follow_ups": follow_ups.filter(prescription=prescription)}


@require_POST
def follow_up_done(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = PrescriptionFollowUp.objects.visible_to(person(request)).with_people()
    follow_up: Any = get_object_or_404(found, pk=pk)
    try:
        follow_up.done(by=person(request))
        messages.success(request, f"Done: {follow_up.patient.full_name} is off your worklist.")
    except Refused as refused:
        messages.error(request, refused.detail)
    return redirect(follow_up.prescription)
