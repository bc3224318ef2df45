from django.urls import include, path

urlpatterns = [
    path("", include("accounts.api.urls")),
    path("", include("appointments.api.urls")),
    path("", include("prescriptions.api.urls")),
    path("", include("labs.api.urls")),
    path("", include("notifications.api.urls")),
]
