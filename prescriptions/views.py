from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.refusals import NotAllowed
from accounts.web import page_of, person, refusals_into
from prescriptions.forms import IssueForm
from prescriptions.models import Prescription


def _list_context(request: HttpRequest) -> dict[str, Any]:
    chosen, words = request.GET.get("show", ""), request.GET.get("q", "")[:100]
    rows = Prescription.objects.visible_to(person(request)).with_people().with_life().search(words)
    if chosen == "active":
        rows = rows.active()
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


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    user = person(request)
    try:
        Prescription.prescriber(user)
    except NotAllowed as refused:
        return render(request, "403.html", {"reason": refused.detail}, status=403)
    form = IssueForm(user, request.POST or None, initial={"patient": request.GET.get("patient")})
    if request.method == "POST" and form.is_valid():
        with refusals_into(form):
            prescription = Prescription.issue(by=user, **form.cleaned_data)
        if form.is_valid():
            messages.success(request, f"Prescribed. {prescription.patient.full_name} is told now.")
            return redirect(prescription)
    return render(request, "prescriptions/new.html", {"form": form}, status=400 if form.errors else 200)
