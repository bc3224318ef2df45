from django.urls import path

from appointments import (
    booking_views,
    calendar_views,
    move_views,
    offer_views,
    views,
    visit_views,
    wait_list_views,
    without_doctor_views,
)
from appointments.visit_steps import STEPS

app_name = "appointments"
urlpatterns = [
    path("", views.appointment_list, name="list"),
    path("partials/list/", views.list_partial, name="list_partial"),
    path("new/", booking_views.who, name="new"),
    path("new/when/", booking_views.when, name="when"),
    path("new/when/partial/", booking_views.when_partial, name="when_partial"),
    path("new/hold/", booking_views.hold, name="hold"),
    path("new/another-time/", booking_views.another_time, name="another_time"),
    path("new/not-now/", booking_views.not_now, name="let_go"),
    path("new/why/", booking_views.why, name="why"),
    path("new/why/partial/", booking_views.held_partial, name="held_partial"),
    path("new/wish/", views.wish, name="wish"),
    path("calendar/", calendar_views.own, name="calendar"),
    path("calendar/<uuid:pk>/<slug:view>/<str:day>/", calendar_views.calendar, name="calendar_of"),
    path("calendar/<uuid:pk>/<slug:view>/<str:day>/partial/", calendar_views.calendar_partial, name="calendar_partial"),
    path("without-doctor/", without_doctor_views.without_doctor, name="without_doctor"),
    path("without-doctor/partial/", without_doctor_views.without_doctor_partial, name="without_doctor_partial"),
    path("wait-list/", wait_list_views.wait_list, name="wait_list"),
    path("wait-list/partial/", wait_list_views.wait_list_partial, name="wait_list_partial"),
    path("wait-list/join/", wait_list_views.join, name="join_wait_list"),
    path("wait-list/<uuid:pk>/leave/", wait_list_views.leave, name="leave_wait_list"),
    path("<uuid:pk>/earlier/", wait_list_views.earlier, name="earlier"),
    path("<uuid:pk>/earlier/partial/", wait_list_views.earlier_partial, name="earlier_partial"),
    path("offers/<uuid:pk>/", offer_views.detail, name="offer"),
    path("offers/<uuid:pk>/partial/", offer_views.detail_partial, name="offer_partial"),
    path("offers/<uuid:pk>/claim/", offer_views.claim, name="claim_offer"),
    path("offers/<uuid:pk>/decline/", offer_views.decline, name="decline_offer"),
    path("<uuid:pk>/", visit_views.detail, name="detail"),
    path("<uuid:pk>/partial/", visit_views.detail_partial, name="detail_partial"),
    path("<uuid:pk>/move/", move_views.move, name="move"),
    path("<uuid:pk>/move/partial/", move_views.move_partial, name="move_partial"),
    *[path(f"<uuid:pk>/{verb.replace('_', '-')}/", visit_views.take, {"verb": verb}, name=verb) for verb in STEPS],
]
