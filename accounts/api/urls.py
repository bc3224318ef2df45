from django.urls import re_path

from accounts.api import views

urlpatterns = [
    re_path(r"^auth/login/?$", views.SignIn.as_view()),
    re_path(r"^auth/refresh/?$", views.Refresh.as_view()),
    re_path(r"^auth/logout/?$", views.SignOut.as_view()),
    re_path(r"^patients/?$", views.Patients.as_view()),
    re_path(r"^patients/(?P<pk>[^/]+)/?$", views.OnePatient.as_view()),
    re_path(r"^doctors/?$", views.Doctors.as_view()),
    re_path(r"^doctors/(?P<pk>[^/]+)/?$", views.OneDoctor.as_view()),
]
