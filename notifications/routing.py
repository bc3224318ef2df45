from typing import Any

from django.urls import re_path

from notifications.consumers import NotificationConsumer, refuse_unknown_path

websocket_urlpatterns: list[Any] = [
    re_path(r"^ws/(?P<user_id>[^/]+)/?$", NotificationConsumer.as_asgi()),  # type: ignore[arg-type]  # a socket has no HTTP answer
    re_path(r"", refuse_unknown_path),  # type: ignore[arg-type]
]
