from django.urls import re_path

from prescriptions.api import allergy_views, check_views, follow_up_views, refill_views, views
from prescriptions.statuses import Status

STEPS = {
    "hold": Status.ON_HOLD,
    "resume": Status.ACTIVE,
    "stop": Status.STOPPED,
    "complete": Status.COMPLETED,
    "entered-in-error": Status.ENTERED_IN_ERROR,
}

urlpatterns = [
    re_path(r"^prescriptions/?$", views.Prescriptions.as_view()),
    re_path(r"^prescriptions/check-interactions/?$", check_views.CheckInteractions.as_view()),
    re_path(r"^prescriptions/(?P<pk>[^/]+)/?$", views.OnePrescription.as_view()),
    re_path(r"^prescriptions/(?P<pk>[^/]+)/check/?$", check_views.CheckOfPrescription.as_view()),
    *[
        re_path(rf"^prescriptions/(?P<pk>[^/]+)/{verb}/?$", views.Step.as_view(to=status))
        for verb, status in STEPS.items()
    ],
    re_path(r"^prescriptions/(?P<pk>[^/]+)/refill-requests/?$", refill_views.AskRefill.as_view()),
    re_path(r"^prescriptions/(?P<pk>[^/]+)/renew/?$", refill_views.Renew.as_view()),
    re_path(r"^refill-requests/?$", refill_views.RefillRequests.as_view()),
    re_path(r"^refill-requests/(?P<pk>[^/]+)/?$", refill_views.OneRefillRequest.as_view()),
    *[
        re_path(rf"^refill-requests/(?P<pk>[^/]+)/{verb}/?$", refill_views.AnswerRefillRequest.as_view(verb=verb))
        for verb in ("grant", "refuse", "withdraw")
    ],
    re_path(r"^prescription-follow-ups/?$", follow_up_views.FollowUps.as_view()),
    re_path(r"^prescription-follow-ups/(?P<pk>[^/]+)/done/?$", follow_up_views.FollowUpDone.as_view()),
    re_path(r"^patients/(?P<pk>[^/]+)/allergies/?$", allergy_views.AllergiesOfPatient.as_view()),
    re_path(r"^allergies/(?P<pk>[^/]+)/?$", allergy_views.OneAllergy.as_view()),
    re_path(r"^allergies/(?P<pk>[^/]+)/end/?$", allergy_views.EndAllergy.as_view(verb="end")),
    re_path(r"^allergies/(?P<pk>[^/]+)/entered-in-error/?$", allergy_views.EndAllergy.as_view(verb="entered-in-error")),
]
