from django.urls import path

from notifications import alert_views, views

app_name = "notifications"
urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("partials/list/", views.inbox_list, name="inbox_list"),
    path("partials/bell/", views.bell, name="bell"),
    path("alarms/", views.alarms, name="alarms"),
    path("seen/", views.mark_all_read, name="mark_all_read"),
    path("<uuid:pk>/toast/", views.toast, name="toast"),
    path("<uuid:pk>/seen/", views.mark_read, name="mark_read"),
    path("<uuid:pk>/open/", views.open_notification, name="open"),
    path("alerts/", alert_views.open_alerts, name="alerts"),
    path("partials/alerts/", alert_views.open_alerts_partial, name="alerts_partial"),
    path("alerts/<uuid:pk>/", alert_views.detail, name="alert"),
    path("partials/alerts/<uuid:pk>/", alert_views.detail_partial, name="alert_partial"),
    path("alerts/<uuid:pk>/call/", alert_views.call, name="call"),
    path("cover/", alert_views.cover, name="cover"),
    path("cover/<int:pk>/end/", alert_views.end_cover, name="end_cover"),
    path("alerts/<uuid:pk>/acknowledge/", views.acknowledge_alert, name="acknowledge"),
]
