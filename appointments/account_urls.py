from django.urls import path

from appointments import account_views, feed_views

app_name = "visits"
urlpatterns = [
    path("reminders/", account_views.reminders, name="reminders"),
    path("calendar/", feed_views.own_feed, name="calendar"),
    path("calendar/new/", feed_views.make, name="make_feed"),
    path("calendar/details/", feed_views.show_details, name="feed_details"),
    path("calendar/end/", feed_views.end, name="end_feed"),
]
