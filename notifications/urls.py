from django.urls import path

from notifications import views

app_name = "notifications"
urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("partials/list/", views.inbox_list, name="inbox_list"),
    path("partials/bell/", views.bell, name="bell"),
    path("alarms/", views.alarms, name="alarms"),
    path("seen/", views.mark_all_read, name="mark_all_read"),
    path("<uuid:pk>/toast/", views.toast, name="toast"),
    path("<uuid:pk>/open/", views.open_notification, name="open"),
    path("alerts/<uuid:pk>/acknowledge/", views.acknowledge_alert, name="acknowledge"),
]
