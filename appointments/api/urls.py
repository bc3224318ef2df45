from django.urls import re_path

from appointments.api import holds, reminders, slots, views, wait_list
from appointments.statuses import Status

VERBS = {
    "confirm": Status.CONFIRMED,
    "start": Status.IN_PROGRESS,
    "complete": Status.COMPLETED,
    "cancel": Status.CANCELLED,
    "no-show": Status.NO_SHOW,
}
ONE = r"^appointments/(?P<pk>[^/]+)"

urlpatterns = [
    re_path(r"^doctors/(?P<pk>[^/]+)/slots/?$", slots.Slots.as_view()),
    re_path(r"^doctors/(?P<pk>[^/]+)/holds/?$", holds.Holds.as_view()),
    re_path(r"^holds/(?P<pk>[^/]+)/?$", holds.OneHold.as_view()),
    re_path(r"^wait-list/?$", wait_list.WaitList.as_view()),
    re_path(r"^wait-list/(?P<pk>[^/]+)/?$", wait_list.OneEntry.as_view()),
    re_path(r"^wait-list/(?P<pk>[^/]+)/leave/?$", wait_list.Leave.as_view()),
    re_path(r"^slot-offers/?$", wait_list.Offers.as_view()),
    re_path(r"^slot-offers/(?P<pk>[^/]+)/?$", wait_list.OneOffer.as_view()),
    re_path(r"^slot-offers/(?P<pk>[^/]+)/claim/?$", wait_list.Claim.as_view()),
    re_path(r"^slot-offers/(?P<pk>[^/]+)/decline/?$", wait_list.Decline.as_view()),
    re_path(r"^appointments/?$", views.Appointments.as_view()),
    re_path(rf"{ONE}/?$", views.OneAppointment.as_view()),
    re_path(rf"{ONE}/transition/?$", views.Transition.as_view()),
    re_path(rf"{ONE}/reschedule/?$", views.Reschedule.as_view()),
    re_path(rf"{ONE}/check-in/?$", views.CheckIn.as_view()),
    re_path(rf"{ONE}/correct-no-show/?$", views.CorrectNoShow.as_view()),
    re_path(rf"{ONE}/reminders/?$", reminders.RemindersOfOne.as_view()),
    re_path(r"^me/reminder-preferences/?$", reminders.Preferences.as_view()),
    *[re_path(rf"{ONE}/{verb}/?$", views.Step.as_view(to=status)) for verb, status in VERBS.items()],
]
