from django.contrib import admin
from django.urls import include, path

from healthhub import health, views

admin.site.site_header = "HealthHub administration"
admin.site.site_title = "HealthHub"
admin.site.index_title = "Records"

handler500 = "healthhub.outage.server_error"

urlpatterns = [
    path("", views.home, name="home"),
    path("partials/home/<slug:part>/", views.home_partial, name="home_partial"),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("account/", include("accounts.urls")),
    path("account/", include("appointments.account_urls")),
    path("calendar/", include("appointments.feed_urls")),
    path("patients/", include("healthhub.patient_urls")),
    path("appointments/", include("appointments.urls")),
    path("prescriptions/", include("prescriptions.urls")),
    path("lab-results/", include("labs.urls")),
    path("notifications/", include("notifications.urls")),
    path("api/v1/", include("healthhub.api_urls")),
    path("admin/", admin.site.urls),
]
