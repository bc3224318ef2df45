from django.urls import path

from prescriptions import views

app_name = "prescriptions"
urlpatterns = [
    path("", views.prescription_list, name="list"),
    path("partials/list/", views.list_partial, name="list_partial"),
    path("new/", views.new, name="new"),
    path("<uuid:pk>/", views.detail, name="detail"),
]
