"""The inbox, the bar of critical alerts, and the small partials that live pages fetch."""

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from notifications.alerts import acknowledge, open_for
from notifications.forms import AcknowledgeForm
from notifications.inbox import mark_all_seen, mark_seen, unread_count
from notifications.models import Alert, Notification
from notifications.words import words_for

PAGE = 25
FILTERS = {
    "": "All",
    "ack": "To acknowledge",
    "unread": "Unread",
    "appointments": "Appointments",
    "prescriptions": "Prescriptions",
    "results": "Results",
    "system": "System",
}
TYPES = {
    "appointments": [
        "appointment_requested",
        "appointment_status_changed",
        "appointment_reminder",
        "appointment_request_waiting",
        "visits_without_doctor",
        "slot_offered",
    ],
    "prescriptions": ["new_prescription", "prescription_status_changed", "prescription_alert"],
    "results": ["critical_lab_result", "lab_result_available"],
    "system": ["system_alert"],
}


def person(request: HttpRequest) -> User:
    """Every view here needs sign-in, so there is one."""
    return cast(User, request.user)


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    return render(request, "notifications/inbox.html", _inbox_context(request))


@require_safe
def inbox_list(request: HttpRequest) -> HttpResponse:
    return render(request, "notifications/_inbox.html", _inbox_context(request))


@require_safe
def bell(request: HttpRequest) -> HttpResponse:
    user = person(request)
    context = {"unread_count": unread_count(user), "open_alerts": open_for(user)}
    return render(request, "notifications/_bell.html", context)


@require_safe
def alarms(request: HttpRequest) -> HttpResponse:
    return render(request, "notifications/_alarms.html", {"open_alerts": open_for(person(request))})


@require_safe
def toast(request: HttpRequest, pk: UUID) -> HttpResponse:
    notification = _visible_or_404(request, pk)
    context = {"notification": notification, "words": words_for(notification.body)}
    return render(request, "notifications/_toast.html", context)


@require_POST
def open_notification(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Mark read and go to the thing itself."""
    notification = _visible_or_404(request, pk)
    mark_seen(person(request), [notification])
    return redirect(notification.body.get("link") or "notifications:inbox")


@require_POST
def mark_read(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Read, without going there. An open alert is 404 here: it is answered, not marked as read."""
    user = person(request)
    mark_seen(user, [get_object_or_404(Notification.objects.visible_to(user).may_be_waved_away(), pk=pk)])
    if request.headers.get("X-Requested-With") == "fetch":
        return HttpResponse(status=204)
    return _back(request, reverse("notifications:inbox"))


@require_POST
def mark_all_read(request: HttpRequest) -> HttpResponse:
    mark_all_seen(person(request))
    return redirect("notifications:inbox")


@require_POST
def acknowledge_alert(request: HttpRequest, pk: UUID) -> HttpResponse:
    alert = get_object_or_404(Alert.objects.reached(person(request)), pk=pk)
    form = AcknowledgeForm(request.POST)
    if form.is_valid():
        alert = acknowledge(alert, by=person(request), note=form.cleaned_data["note"])
        if alert.acknowledged_by == request.user:
            messages.success(request, f"Acknowledged: {alert.summary}.")
        elif alert.acknowledged_by:
            messages.info(request, f"{alert.acknowledged_by.full_name} had already acknowledged this.")
        else:
            messages.info(request, f"It has ended meanwhile ({alert.closing_action}) and needs no acknowledgement.")
    else:
        messages.error(request, " ".join(map(str, form.errors.get("note", []))))
    return _back(request, alert.link)


def _back(request: HttpRequest, otherwise: str) -> HttpResponseRedirect:
    """To the page the person came from, so that the bar goes and their work stays in sight."""
    came_from = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(came_from, {request.get_host()}, request.is_secure())
    return HttpResponseRedirect(came_from if safe else otherwise)


def _visible_or_404(request: HttpRequest, pk: UUID) -> Notification:
    return get_object_or_404(Notification.objects.visible_to(person(request)), pk=pk)


def _inbox_context(request: HttpRequest) -> dict[str, Any]:
    user, chosen = person(request), request.GET.get("filter", "")
    rows = Notification.objects.visible_to(user).with_seen_by(user).select_related("alert__acknowledged_by")
    if chosen == "unread":
        rows = rows.unread_by(user)
    elif chosen == "ack":
        rows = rows.to_acknowledge()
    elif chosen in TYPES:
        rows = rows.filter(type__in=TYPES[chosen])
    else:
        chosen = ""
    page = Paginator(rows.newest_first(), PAGE).get_page(request.GET.get("page"))
    for row in page.object_list:
        row.words = words_for(row.body)  # type: ignore[attr-defined]
    return {
        "page_obj": page,
        "chosen": chosen,
        "filters": FILTERS,
        "unread_count": unread_count(user),
        "here": f"{reverse('notifications:inbox')}?{request.GET.urlencode()}",
        "refresh_url": f"{reverse('notifications:inbox_list')}?{request.GET.urlencode()}",
    }
