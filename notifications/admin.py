from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse

from accounts.admin_base import KeptAdmin
from notifications.announce import announce
from notifications.forms import AnnouncementForm
from notifications.models import Alert, Notification


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
    search_fields = ["summary", "patient__user__last_name", "patient__user__email", "=subject_id"]
