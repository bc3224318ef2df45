import json
from heapq import merge
from itertools import islice
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
from notifications.positions import BadPositions, checked_positions
from notifications.receipts import mark
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
    """The payloads as on the socket, oldest first; `next` follows while there are more. Whoever gets them has been
    handed them, as by a socket.

    `?channel=&after=`: what follows that seq. Without a channel: all of the reader's channels, merged by time, and
    `after` is then the position in each, as in `resume`. Never a time or a count: a row that commits late may be dated
    before one that was read already, and would be passed over; in its channel it comes after.
    """

    def get(self, request: Request) -> Response:
        user = cast(User, request.user)
        channel = request.query_params.get("channel", "")
        own = channels_for(user)
        if channel and channel not in own:
            raise Http404
        after = {channel: self._seq()} if channel else self._positions(own)
        found = _following(user, after)
        more, found = len(found) > PAGE, found[:PAGE]
        if request.method == "GET":
            mark("delivered_at", [(row.pk, user.pk) for row in found])
        return Response(
            {
                "results": [row.body for row in found],
                "next": self._next(channel, after, found) if more else None,
                "unread_count": unread_count(user),
            }
        )

    def _next(self, channel: str, after: dict[str, int], found: list[Notification]) -> str:
        positions = {**after, **{row.stream_id: row.seq for row in found}}
        query = {"channel": channel, "after": positions[channel]} if channel else {"after": json.dumps(positions)}
        return self.request.build_absolute_uri(f"{self.request.path}?{urlencode(query)}")

    def _seq(self) -> int:
        text = self.request.query_params.get("after", "") or "0"
        if not (text.isascii() and text.isdigit() and len(text) < 19):
            raise ValidationError({"after": ["Give a whole number from 0: the last seq you have."]})
        return int(text)

    def _positions(self, own: list[str]) -> dict[str, int]:
        text = self.request.query_params.get("after", "")
        if not text:
            return dict.fromkeys(own, 0)
        try:
            return {**dict.fromkeys(own, 0), **checked_positions(json.loads(text), own, name="after")}
        except (ValueError, RecursionError, BadPositions) as error:
            why = str(error) if isinstance(error, BadPositions) else "Name the channel whose seq this is."
            raise ValidationError({"after": [why]}) from None


def _following(user: User, after: dict[str, int]) -> list[Notification]:
    """One more than a page of what follows `after`, each channel in its order, the channels merged by time."""
    rows = Notification.objects.visible_to(user).order_by("seq")
    following = [list(rows.filter(stream=channel, seq__gt=seq)[: PAGE + 1]) for channel, seq in after.items()]
    return list(islice(merge(*following, key=lambda row: row.created_at), PAGE + 1))


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
