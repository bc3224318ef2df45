from django.urls import path

from healthhub import patient_views as views

app_name = "patients"
urlpatterns = [
    path("", views.patient_list, name="list"),
    path("<uuid:pk>/", views.detail, name="detail"),
    path("<uuid:pk>/partial/", views.detail_partial, name="detail_partial"),
]
