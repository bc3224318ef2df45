from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse

from accounts.admin_base import KeptAdmin
from notifications.announce import announce
from notifications.forms import AnnouncementForm
from notifications.models import Alert, AlertStep, CallLogEntry, Cover, LadderStep, Notification, OnCall


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
    """The ladder is the clinic's to set; every alert that is open climbs it as it stands."""

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


class StepInline(admin.TabularInline[AlertStep, Alert]):
    model = AlertStep
    fields = ["at", "audience", "told"]
    readonly_fields = ("at", "audience", "told")
    can_delete = False
    extra = 0


class CallInline(admin.TabularInline[CallLogEntry, Alert]):
    model = CallLogEntry
    fields = ["at", "outcome", "by", "note"]
    readonly_fields = ("at", "outcome", "by", "note")
    can_delete = False
    extra = 0


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
    inlines = [StepInline, CallInline]
    search_fields = ["summary", "patient__user__last_name", "patient__user__email", "=subject_id"]
