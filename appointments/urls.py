from django.urls import path

from appointments import booking_views, views
from appointments.statuses import Status

app_name = "appointments"
urlpatterns = [
    path("", views.appointment_list, name="list"),
    path("partials/list/", views.list_partial, name="list_partial"),
    path("new/", booking_views.who, name="new"),
    path("new/when/", booking_views.when, name="when"),
    path("new/when/partial/", booking_views.when_partial, name="when_partial"),
    path("new/hold/", booking_views.hold, name="hold"),
    path("new/another-time/", booking_views.another_time, name="another_time"),
    path("new/why/", booking_views.why, name="why"),
    path("new/why/partial/", booking_views.held_partial, name="held_partial"),
    path("new/wish/", views.wish, name="wish"),
    path("<uuid:pk>/", views.detail, name="detail"),
    path("<uuid:pk>/partial/", views.detail_partial, name="detail_partial"),
    path("<uuid:pk>/confirm/", views.take_step, {"to": Status.CONFIRMED}, name="confirm"),
    path("<uuid:pk>/start/", views.take_step, {"to": Status.IN_PROGRESS}, name="start"),
    path("<uuid:pk>/complete/", views.take_step, {"to": Status.COMPLETED}, name="complete"),
    path("<uuid:pk>/cancel/", views.take_step, {"to": Status.CANCELLED}, name="cancel"),
    path("<uuid:pk>/no-show/", views.take_step, {"to": Status.NO_SHOW}, name="no_show"),
]
