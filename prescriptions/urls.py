from django.urls import path

from prescriptions import allergy_views, life_views, medication_views, prescribing_views, renewing_views, views

app_name = "prescriptions"
urlpatterns = [
    path("", views.prescription_list, name="list"),
    path("partials/list/", views.list_partial, name="list_partial"),
    path("partials/check/", prescribing_views.check_partial, name="check_partial"),
    path("partials/drugs/", prescribing_views.drug_names, name="drug_names"),
    path("follow-ups/<uuid:pk>/done/", views.follow_up_done, name="follow_up_done"),
    path("new/", prescribing_views.new, name="new"),
    path("<uuid:pk>/check/", views.recorded_check, name="recorded_check"),
    path("of/<uuid:pk>/", medication_views.of_patient, name="of_patient"),
    path("of/<uuid:pk>/partial/", medication_views.of_patient_partial, name="of_patient_partial"),
    path("of/<uuid:pk>/allergies/", allergy_views.allergies, name="allergies"),
    path("of/<uuid:pk>/allergies/partial/", allergy_views.allergies_partial, name="allergies_partial"),
    path("allergies/<uuid:pk>/<slug:verb>/", allergy_views.end, name="allergy_end"),
    path("<uuid:pk>/", life_views.detail, name="detail"),
    path("<uuid:pk>/partial/", life_views.detail_partial, name="detail_partial"),
    path("<uuid:pk>/actions/", life_views.actions_partial, name="actions_partial"),
    path("<uuid:pk>/renew/", renewing_views.renew, name="renew"),
    path("<uuid:pk>/<slug:verb>/", life_views.take, name="take"),
]
