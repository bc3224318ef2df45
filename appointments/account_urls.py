from django.urls import path

from appointments import account_views

app_name = "visits"
urlpatterns = [
    path("reminders/", account_views.reminders, name="reminders"),
]
