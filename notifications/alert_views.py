"""All open alerts with their clocks, one alert with what was done about it, and who covers whom."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Doctor, Patient
from accounts.web import page_of, person, refusals_into
from notifications.alerts import has_reached, may_record_call, record_call
from notifications.forms import CallForm, CoverForm
from notifications.models import Alert, Cover
from notifications.next_step import say_who_is_next
from notifications.story import story_of


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
    seen = Alert.objects.visible_to(user).open().select_related("patient__user", "doctor__user", "acknowledged_by")
    page = page_of(request, seen.prefetch_related("parts", "steps"))
    say_who_is_next(list(page))
    return {"page_obj": page}


def _found(request: HttpRequest, pk: UUID) -> Alert:
    seen = Alert.objects.visible_to(person(request)).select_related(
        "patient__user", "doctor__user", "acknowledged_by", "closed_by"
    )
    return get_object_or_404(seen, pk=pk)


def _detail(request: HttpRequest, alert: Alert, form: CallForm, status: int = 200) -> HttpResponse:
    context = {
        **_what_happened(request, alert),
        "form": form,
        "may_acknowledge": has_reached(alert, person(request)),
        "may_call": may_record_call(alert, person(request)),
    }
    return render(request, "notifications/alert.html", context, status=status)


def _what_happened(request: HttpRequest, alert: Alert) -> dict[str, Any]:
    """Whoever may see an alert, because they cover its doctor, may not see its patient before it reaches them."""
    say_who_is_next([alert])
    return {
        "alert": alert,
        **story_of(alert),
        "parts": alert.parts.all(),
        "may_open": Patient.objects.visible_to(person(request)).filter(pk=alert.patient_id).exists(),
    }


@require_safe
def detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _detail(request, _found(request, pk), CallForm())


@require_safe
def detail_partial(request: HttpRequest, pk: UUID) -> HttpResponse:
    return render(request, "notifications/_alert.html", _what_happened(request, _found(request, pk)))


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
