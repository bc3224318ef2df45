from django.urls import re_path

from notifications.api import alerts, views

urlpatterns = [
    re_path(r"^notifications/?$", views.NotificationList.as_view()),
    re_path(r"^notifications/heads/?$", views.Heads.as_view()),
    re_path(r"^notifications/(?P<pk>[^/]+)/ack/?$", views.Acknowledge.as_view()),
    re_path(r"^notifications/(?P<pk>[^/]+)/seen/?$", views.Seen.as_view()),
    re_path(r"^alerts/?$", alerts.AlertList.as_view()),
    re_path(r"^alerts/(?P<pk>[^/]+)/call/?$", alerts.RecordCall.as_view()),
    re_path(r"^system-alerts/?$", views.SystemAlerts.as_view()),
]
