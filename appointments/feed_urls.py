from django.urls import re_path

from appointments import feed_views

urlpatterns = [
    re_path(r"^(?P<token>[\w-]{20,100})\.ics$", feed_views.feed, name="calendar_feed"),
]
