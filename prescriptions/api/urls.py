from django.urls import re_path

from prescriptions.api import views

urlpatterns = [
    re_path(r"^prescriptions/?$", views.Prescriptions.as_view()),
    re_path(r"^prescriptions/(?P<pk>[^/]+)/?$", views.OnePrescription.as_view()),
]
