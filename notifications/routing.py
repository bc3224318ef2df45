from django.urls import re_path

from notifications.consumers import NotificationConsumer, refuse_unknown_path

websocket_urlpatterns = [
    re_path(r"^ws/(?P<user_id>[^/]+)/?$", NotificationConsumer.as_asgi()),
    re_path(r"", refuse_unknown_path),
]
