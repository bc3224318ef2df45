from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.web import needs_a_role, page_of, person, refusals_into
from appointments.forms import CancelForm, CompleteForm, ConfirmForm, RequestForm, SeenForm
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
    return {
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


def _found(request: HttpRequest, pk: UUID) -> Appointment:
    return get_object_or_404(Appointment.objects.visible_to(person(request)).with_people(), pk=pk)


@require_safe
def detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _detail(request, _found(request, pk))


@require_safe
def detail_partial(request: HttpRequest, pk: UUID) -> HttpResponse:
    appointment = _found(request, pk)
    seen = read_status(request.GET.get("seen"))
    meanwhile = appointment.last_change() if seen and seen != appointment.status else None
    return render(request, "appointments/_detail.html", {**_detail_context(appointment), "meanwhile": meanwhile})


def _detail_context(appointment: Appointment) -> dict[str, Any]:
    return {"appointment": appointment, "history": appointment.history.select_related("by")}


def _detail(request: HttpRequest, appointment: Appointment, tried: SeenForm | None = None) -> HttpResponse:
    """The page with a form for each step this person may take; `tried` is the one that was refused."""
    steps = appointment.steps_for(person(request))
    context = {
        **_detail_context(appointment),
        "steps": [_step_form(appointment, step, tried) for step in steps],
    }
    stale = tried if tried and not any(entry["form"] is tried for entry in context["steps"]) else None
    return render(request, "appointments/detail.html", {**context, "refused": stale}, status=409 if tried else 200)


STEPS: dict[Status, tuple[str, type[SeenForm], str]] = {
    Status.CONFIRMED: ("confirm", ConfirmForm, "Confirm the appointment"),
    Status.IN_PROGRESS: ("start", SeenForm, "Start the visit"),
    Status.COMPLETED: ("complete", CompleteForm, "Complete the visit"),
    Status.CANCELLED: ("cancel", CancelForm, "Cancel the appointment"),
    Status.NO_SHOW: ("no_show", SeenForm, "Record that nobody came"),
}


def _step_form(appointment: Appointment, step: Status, tried: SeenForm | None) -> dict[str, Any]:
    verb, form_class, words = STEPS[step]
    now = {"seen": appointment.status, "scheduled_time": timezone.localtime(appointment.requested_time)}
    again = tried is not None and tried.prefix == verb
    form = tried.refreshed(appointment.status) if tried and again else form_class(initial=now, prefix=verb)
    return {
        "verb": verb,
        "form": form,
        "words": words,
        "url": reverse(f"appointments:{verb}", args=[appointment.pk]),
    }


@require_POST
def take_step(request: HttpRequest, pk: UUID, to: Status) -> HttpResponse:
    appointment = _found(request, pk)
    verb, form_class, _ = STEPS[to]
    form = form_class(request.POST, prefix=verb)
    if form.is_valid():
        with refusals_into(form):
            appointment.advance(to, by=person(request), **form.cleaned_data)
    if not form.is_valid():
        return _detail(request, _found(request, pk), form)
    messages.success(request, f"{appointment.get_status_display()}: {appointment.patient.full_name}.")
    still_theirs = Appointment.objects.visible_to(person(request)).filter(pk=pk).exists()  # no more, for the cover
    return redirect(appointment if still_theirs else "home")


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
