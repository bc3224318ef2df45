from typing import Any

from django.http import Http404
from django.urls import include, path, re_path
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


class NothingHere(APIView):
    """Programs get JSON for an address that does not exist, too."""

    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise Http404

    def get(self, request: Request) -> Response:
        raise Http404


urlpatterns = [
    path("", include("accounts.api.urls")),
    path("", include("appointments.api.urls")),
    path("", include("prescriptions.api.urls")),
    path("", include("labs.api.urls")),
    path("", include("notifications.api.urls")),
    re_path("", NothingHere.as_view()),
]
