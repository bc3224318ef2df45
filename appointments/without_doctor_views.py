"""The list of visits whose doctor no longer works here, for those who are to find another."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.web import page_of, person
from appointments.models import Appointment


@require_safe
def without_doctor(request: HttpRequest) -> HttpResponse:
    return render(request, "appointments/without_doctor.html", _context(request))


@require_safe
def without_doctor_partial(request: HttpRequest) -> HttpResponse:
    return render(request, "appointments/_without_doctor.html", _context(request))


def _context(request: HttpRequest) -> dict[str, Any]:
    user = person(request)
    if not (user.is_administrator or user.doctor_or_none):
        raise Http404
    return {"page_obj": page_of(request, Appointment.objects.without_doctor_for(user).with_people())}
