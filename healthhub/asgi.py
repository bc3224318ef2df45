import os

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "healthhub.settings")
pages = get_asgi_application()  # before anything that imports models

from notifications.routing import websocket_urlpatterns  # noqa: E402  # needs the apps to be loaded

application = ProtocolTypeRouter({"http": pages, "websocket": URLRouter(websocket_urlpatterns)})
