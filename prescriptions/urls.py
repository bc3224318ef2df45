from django.urls import path

from prescriptions import prescribing_views, views

app_name = "prescriptions"
urlpatterns = [
    path("", views.prescription_list, name="list"),
    path("partials/list/", views.list_partial, name="list_partial"),
    path("partials/check/", prescribing_views.check_partial, name="check_partial"),
    path("partials/drugs/", prescribing_views.drug_names, name="drug_names"),
    path("new/", prescribing_views.new, name="new"),
    path("<uuid:pk>/", views.detail, name="detail"),
    path("<uuid:pk>/check/", views.recorded_check, name="recorded_check"),
]
