from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.web import needs_a_role, page_of, person, refusals_into
from appointments.forms import RequestForm
from appointments.models import Appointment
from appointments.reasons import forget_reason, kept_reason
from appointments.statuses import Status, read_status


@require_safe
def appointment_list(request: HttpRequest) -> HttpResponse:
    return render(request, "appointments/list.html", _list_context(request))


@require_safe
def list_partial(request: HttpRequest) -> HttpResponse:
    return render(request, "appointments/_list.html", _list_context(request))


def _list_context(request: HttpRequest) -> dict[str, Any]:
    words, when = request.GET.get("patient", "")[:100], request.GET.get("when", "")
    status = read_status(request.GET.get("status"))
    found = Appointment.objects.visible_to(person(request)).with_people().search(words)
    rows = {"coming": found.coming, "past": found.past}.get(when, found.newest_first)()
    user = person(request)
    finds_another = user.is_administrator or user.doctor_or_none
    return {
        "without_doctor": Appointment.objects.without_doctor_for(user).count() if finds_another else 0,
        "page_obj": page_of(request, rows.filter(status=status) if status else rows),
        "chips": [_chip(label, chosen, words, now=(when, status)) for label, chosen in CHIPS],
        "words": words,
        "kept": {"when": when, "status": status.value if status else ""},
        "refresh_url": f"{reverse('appointments:list_partial')}?{request.GET.urlencode()}",
    }


CHIPS: list[tuple[str, tuple[str, Status | None]]] = [
    ("All", ("", None)),
    ("Coming", ("coming", None)),
    ("Past", ("past", None)),
    *[(status.label, ("", status)) for status in Status],
]


def _chip(
    label: str, chosen: tuple[str, Status | None], words: str, *, now: tuple[str, Status | None]
) -> dict[str, Any]:
    """A filter as a link that keeps the words searched for."""
    when, status = chosen
    asked = {"when": when, "status": status.value if status else "", "patient": words}
    query = urlencode({name: value for name, value in asked.items() if value})
    return {"label": label, "url": f"?{query}" if query else reverse("appointments:list"), "current": chosen == now}


@require_http_methods(["GET", "POST"])
@needs_a_role
def wish(request: HttpRequest) -> HttpResponse:
    """For a time that nobody has published."""
    user = person(request)
    told = {name: request.GET[name] for name in ("patient", "doctor", "kind") if name in request.GET}
    told["reason"] = kept_reason(request, told.get("patient", user.pk))
    form = RequestForm(user, request.POST if request.method == "POST" else None, initial=told)
    if request.method == "POST" and form.is_valid():
        choice, data = form.choice(), form.cleaned_data
        with refusals_into(form):
            appointment = Appointment.request(
                by=user,
                patient=choice.patient,
                doctor=choice.doctor,
                kind=choice.kind,
                requested_time=data["requested_time"],
                reason=data["reason"],
            )
        if form.is_valid():
            forget_reason(request, choice.patient)
            messages.success(request, f"Your request is with {choice.doctor.full_display_name}. You will be told here.")
            return redirect(appointment)
    return render(request, "appointments/wish.html", {"form": form}, status=400 if form.errors else 200)
