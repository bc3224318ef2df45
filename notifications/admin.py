from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime

from accounts.admin_base import KeptAdmin
from accounts.web import person
from notifications.announce import announce
from notifications.forms import AnnouncementForm
from notifications.models import (
    Acknowledgement,
    Alert,
    AlertPart,
    AlertStep,
    CallLogEntry,
    Cover,
    LadderStep,
    Notification,
    OnCall,
)
from notifications.receipts import Fact


@admin.register(Notification)
class NotificationAdmin(KeptAdmin[Notification]):
    change_list_template = "admin/notifications/notification/change_list.html"
    list_display = ["created_at", "type", "stream", "seq"]
    list_filter = ["type", "created_at"]
    search_fields = ["=id", "=stream__name"]
    ordering = ["-created_at"]
    show_full_result_count = False

    def get_urls(self) -> list[URLPattern]:
        announcing = path("announce/", self.admin_site.admin_view(self.announce), name="notifications_announce")
        return [announcing, *super().get_urls()]

    def announce(self, request: HttpRequest) -> HttpResponse:
        form = AnnouncementForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            announce(**form.cleaned_data)
            messages.success(request, "Everyone is told.")
            return HttpResponseRedirect(reverse("admin:notifications_notification_changelist"))
        context = {**self.admin_site.each_context(request), "title": "Tell everyone", "form": form}
        return render(request, "admin/notifications/announce.html", context)


@admin.register(LadderStep)
class LadderStepAdmin(admin.ModelAdmin[LadderStep]):
    """The ladder is the clinic's to set; every alert that is open climbs it as it stands, by its new times at once."""

    list_display = ["after_minutes", "audience"]


class DutyAdmin(admin.ModelAdmin[Any]):
    list_filter = ["begins", "ends"]
    search_fields = ["doctor__user__last_name", "doctor__user__email"]
    autocomplete_fields = ["doctor"]


@admin.register(OnCall)
class OnCallAdmin(DutyAdmin):
    list_display = ["doctor", "begins", "ends"]
    list_select_related = ["doctor__user"]


@admin.register(Cover)
class CoverAdmin(DutyAdmin):
    list_display = ["doctor", "covering", "begins", "ends"]
    list_select_related = ["doctor__user", "covering__user"]
    autocomplete_fields = ["doctor", "covering"]


class KeptInline(admin.TabularInline[Any, Alert]):
    can_delete = False
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Alert | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Alert | None = None) -> bool:
        return False


class PartInline(KeptInline):
    model = AlertPart
    fields = ["joined_at", "summary", "answered_at", "answered_by", "answer"]


class StepInline(KeptInline):
    model = AlertStep
    fields = ["at", "audience", "told"]


class ToldInline(KeptInline):
    """Who was told, and what is known of each: handed to a socket of theirs, seen by them."""

    model = Notification
    verbose_name_plural = "told, delivered and seen"
    fields = ["created_at", "stream", "delivered", "seen"]
    readonly_fields = ("delivered", "seen")
    ordering = ["created_at", "seq"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Notification]:
        return super().get_queryset(request).select_related("stream").prefetch_related("receipts__user")

    def delivered(self, notification: Notification) -> str:
        return _who_and_when(notification, "delivered_at")

    def seen(self, notification: Notification) -> str:
        return _who_and_when(notification, "seen_at")


def _who_and_when(notification: Notification, fact: Fact) -> str:
    known = [(getattr(receipt, fact), receipt.user) for receipt in notification.receipts.all()]
    lines = [f"{user.full_name}, {date_format(localtime(at), 'j M Y H:i:s')}" for at, user in known if at]
    return "; ".join(lines) or "not yet"


class AcknowledgementInline(KeptInline):
    model = Acknowledgement
    fields = ["at", "by", "note"]


class CallInline(KeptInline):
    model = CallLogEntry
    fields = ["at", "outcome", "by", "note"]


@admin.register(Alert)
class AlertAdmin(KeptAdmin[Alert]):
    list_display = [
        "opened_at",
        "kind",
        "patient",
        "summary",
        "acknowledged_by",
        "acknowledged_at",
        "closed_at",
    ]
    list_filter = ["kind", "opened_at", ("closed_at", admin.EmptyFieldListFilter)]
    list_select_related = ["patient__user", "acknowledged_by"]
    inlines = [PartInline, StepInline, ToldInline, AcknowledgementInline, CallInline]
    search_fields = ["summary", "patient__user__last_name", "patient__user__email", "=subject_id"]

    def get_queryset(self, request: HttpRequest) -> Any:
        """Not those of which the administrator is the patient."""
        rows: Any = super().get_queryset(request)
        return rows.visible_to(person(request))
