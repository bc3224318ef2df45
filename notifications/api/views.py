from typing import Any, cast
from urllib.parse import urlencode

from django.http import Http404
from rest_framework import status
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework_simplejwt.authentication import JWTAuthentication

from accounts.api.idempotency import IdempotentCreateMixin
from accounts.fields import parse_uuid
from accounts.models import User
from accounts.refusals import NotAllowed
from notifications.alerts import acknowledge_notification, acknowledgement
from notifications.announce import announce
from notifications.api.serializers import AckSerializer, SystemAlertSerializer
from notifications.channels import channels_for
from notifications.inbox import mark_seen, unread_count
from notifications.models import Alert, Notification
from notifications.streams import heads

PAGE = 100


class PollingView(APIView):
    """Reads only, so a page's own cookie is as good as a token: where WebSockets are blocked, the client asks here."""

    http_method_names = ["get", "head", "options"]
    authentication_classes = [JWTAuthentication, SessionAuthentication]


class Heads(PollingView):
    """What `ready` says on the socket: the newest `seq` of each of the reader's channels, and what is unread."""

    def get(self, request: Request) -> Response:
        user = cast(User, request.user)
        return Response(
            {
                "user_id": str(user.pk),
                "channels": heads(channels_for(user)),
                "unread_count": unread_count(user),
                "open_alerts": Alert.objects.reached(user).unacknowledged().count(),
            }
        )


class NotificationList(PollingView):
    """`?channel=&after=`: the payloads as on the socket, oldest first; `next` follows while there are more.

    Without a channel: all of the reader's channels, merged by time, and `after` is then the id to go on from.
    """

    def get(self, request: Request) -> Response:
        user = cast(User, request.user)
        channel = request.query_params.get("channel", "")
        rows = Notification.objects.visible_to(user)
        if channel:
            if channel not in channels_for(user):
                raise Http404
            rows = rows.filter(stream=channel, seq__gt=self._after()).order_by("seq")
        else:
            rows = rows.order_by("created_at", "stream", "seq")[self._after() :]
        found = list(rows[: PAGE + 1])
        following = None
        if len(found) > PAGE:
            found = found[:PAGE]
            after = found[-1].seq if channel else self._after() + PAGE
            query = urlencode({**({"channel": channel} if channel else {}), "after": after})
            following = request.build_absolute_uri(f"{request.path}?{query}")
        return Response({"results": [row.body for row in found], "next": following, "unread_count": unread_count(user)})

    def _after(self) -> int:
        text = self.request.query_params.get("after", "") or "0"
        if not (text.isascii() and text.isdigit() and len(text) < 19):
            raise ValidationError({"after": ["Give a whole number from 0: the last seq you have."]})
        return int(text)


class OfOneNotification(APIView):
    def notification(self) -> Notification:
        pk = parse_uuid(self.kwargs["pk"])
        rows = Notification.objects.visible_to(cast(User, self.request.user)).select_related("alert")
        found = rows.filter(pk=pk).first() if pk else None
        if found is None:
            raise Http404
        return found


class Acknowledge(OfOneNotification):
    def post(self, request: Request, **kwargs: Any) -> Response:
        notification = self.notification()
        body = AckSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        alert = acknowledge_notification(notification, by=cast(User, request.user), note=body.validated_data["note"])
        return Response({"id": str(notification.pk), **acknowledgement(alert)})


class Seen(OfOneNotification):
    def post(self, request: Request, **kwargs: Any) -> Response:
        user = cast(User, request.user)
        mark_seen(user, [self.notification()])
        return Response({"unread_count": unread_count(user)})


class SystemAlerts(IdempotentCreateMixin, APIView):
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        if not cast(User, request.user).is_administrator:
            raise NotAllowed("Only an administrator may speak to everyone.")
        body = SystemAlertSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        sent = announce(**body.validated_data)
        return Response(sent.body, status=status.HTTP_201_CREATED)
