from django.urls import re_path

from prescriptions.api import allergy_views, check_views, views
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
    *[
        re_path(rf"^prescriptions/(?P<pk>[^/]+)/{verb}/?$", views.Step.as_view(to=status))
        for verb, status in STEPS.items()
    ],
    re_path(r"^patients/(?P<pk>[^/]+)/allergies/?$", allergy_views.AllergiesOfPatient.as_view()),
    re_path(r"^allergies/(?P<pk>[^/]+)/?$", allergy_views.OneAllergy.as_view()),
    re_path(r"^allergies/(?P<pk>[^/]+)/end/?$", allergy_views.EndAllergy.as_view(verb="end")),
    re_path(r"^allergies/(?P<pk>[^/]+)/entered-in-error/?$", allergy_views.EndAllergy.as_view(verb="entered-in-error")),
]
