"""All open alerts with their clocks, one alert with what was done about it, and who covers whom."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Doctor
from accounts.web import person, refusals_into
from notifications.alerts import has_reached, may_record_call, record_call
from notifications.forms import CallForm, CoverForm
from notifications.ladder import next_words, rungs
from notifications.models import Alert, Cover

MOST = 100


@require_safe
def open_alerts(request: HttpRequest) -> HttpResponse:
    return render(request, "notifications/alerts.html", _open_context(request))


@require_safe
def open_alerts_partial(request: HttpRequest) -> HttpResponse:
    return render(request, "notifications/_alerts.html", _open_context(request))


def _open_context(request: HttpRequest) -> dict[str, Any]:
    user = person(request)
    if not (user.doctor_or_none or user.is_administrator):
        raise Http404
    seen = (
        Alert.objects.visible_to(user)
        .open()
        .select_related("patient__user", "doctor__user", "acknowledged_by")
        .prefetch_related("parts", "steps")
    )
    alerts, steps = list(seen[:MOST]), rungs()
    for alert in alerts:
        alert.next_words = next_words(alert, steps)  # type: ignore[attr-defined]  # for the template alone
    return {"alerts": alerts}


def _found(request: HttpRequest, pk: UUID) -> Alert:
    seen = Alert.objects.visible_to(person(request)).select_related(
        "patient__user", "doctor__user", "acknowledged_by", "closed_by"
    )
    return get_object_or_404(seen, pk=pk)


def _story(alert: Alert) -> list[dict[str, Any]]:
    """What was done, in its order: an alert that asks again has steps after an acknowledgement."""
    steps = [{"at": step.at, "step": step} for step in alert.steps.all()]
    taken = [{"at": one.at, "acknowledgement": one} for one in alert.acknowledgements.select_related("by")]
    calls = [{"at": call.at, "call": call} for call in alert.calls.select_related("by")]
    end = [{"at": alert.closed_at, "closing": alert}] if alert.closed_at else []
    return sorted(steps + taken + calls + end, key=lambda event: event["at"])


def _detail(request: HttpRequest, alert: Alert, form: CallForm, status: int = 200) -> HttpResponse:
    context = {
        "alert": alert,
        "form": form,
        "story": _story(alert),
        "parts": alert.parts.all(),
        "next_words": next_words(alert, rungs()),
        "may_acknowledge": has_reached(alert, person(request)),
        "may_call": may_record_call(alert, person(request)),
    }
    return render(request, "notifications/alert.html", context, status=status)


@require_safe
def detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _detail(request, _found(request, pk), CallForm())


@require_POST
def call(request: HttpRequest, pk: UUID) -> HttpResponse:
    alert, form = _found(request, pk), CallForm(request.POST)
    if not form.is_valid():
        return _detail(request, alert, form, status=400)
    with refusals_into(form):
        record_call(alert, by=person(request), **form.cleaned_data)
    if form.errors:
        return _detail(request, alert, form, status=403)
    alert.refresh_from_db()
    if alert.closed_at:
        messages.success(request, f"Recorded. {alert.patient.full_name}: {alert.summary} is closed.")
        return redirect("notifications:alerts")
    messages.info(request, "Recorded. The alert stays open until somebody it has reached acknowledges it.")
    return redirect("notifications:alert", pk=alert.pk)


def _own_doctor(request: HttpRequest) -> Doctor:
    doctor = person(request).doctor_or_none
    if doctor is None:
        raise Http404
    return doctor


@require_http_methods(["GET", "POST"])
def cover(request: HttpRequest) -> HttpResponse:
    doctor = _own_doctor(request)
    form = CoverForm(doctor, request.POST or None)
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        messages.success(request, f"{saved.covering.full_display_name} covers you.")
        return redirect("notifications:cover")
    ahead = Cover.objects.filter(ends__gt=timezone.now()).select_related("covering__user", "doctor__user")
    context = {"form": form, "own": ahead.filter(doctor=doctor), "others": ahead.filter(covering=doctor)}
    return render(request, "notifications/cover.html", context, status=400 if form.errors else 200)


@require_POST
def end_cover(request: HttpRequest, pk: int) -> HttpResponse:
    """From now on; what lies before stays on record. One that has not begun is taken back."""
    own = get_object_or_404(Cover, pk=pk, doctor=_own_doctor(request))
    now = timezone.now()
    if own.begins >= now:
        own.delete()
    elif own.ends > now:
        own.ends = now
        own.save(update_fields=["ends"])
    return redirect("notifications:cover")
