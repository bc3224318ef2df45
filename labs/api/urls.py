from django.urls import re_path

from labs.api import views

urlpatterns = [
    re_path(r"^lab-results/?$", views.LabResults.as_view()),
    re_path(r"^lab-results/(?P<pk>[^/]+)/?$", views.OneLabResult.as_view()),
    re_path(r"^lab-results/(?P<pk>[^/]+)/review/?$", views.Review.as_view()),
]
