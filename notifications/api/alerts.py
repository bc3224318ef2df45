"""Open alerts for programs, and what was done about one. Acknowledging goes through a notification of it."""

from typing import Any, cast

from django.http import Http404
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.idempotency import IdempotentCreateMixin
from accounts.fields import no_control_characters, parse_uuid
from accounts.models import User
from notifications.alerts import MAX_NOTE, acknowledgement, record_call
from notifications.events import Json, wire_time
from notifications.models import Alert, CallLogEntry


class AlertSerializer(serializers.BaseSerializer[Alert]):
    """An open alert: what it is about, since when it waits, and when the next step of its ladder is taken."""

    def to_representation(self, instance: Alert) -> Json:
        return {
            **acknowledgement(instance),
            "patient_id": str(instance.patient_id),
            "doctor_id": str(instance.doctor_id),
            "summary": instance.summary,
            "link": instance.link,
            "opened_at": wire_time(instance.opened_at),
            "asked_at": wire_time(instance.asked_at),
            "next_step_at": wire_time(instance.deadline) if instance.deadline else None,
            "breached_at": wire_time(instance.breached_at) if instance.breached_at else None,
        }


class CallSerializer(serializers.Serializer[Any]):
    outcome = serializers.ChoiceField(choices=CallLogEntry.Outcome.choices)
    note = serializers.CharField(
        max_length=MAX_NOTE, required=False, default="", allow_blank=True, validators=[no_control_characters]
    )


class AlertList(generics.ListAPIView[Alert]):
    serializer_class = AlertSerializer

    def get_queryset(self) -> Any:
        user = cast(User, self.request.user)
        return Alert.objects.visible_to(user).open().select_related("acknowledged_by").order_by("opened_at", "id")


class RecordCall(IdempotentCreateMixin, APIView):
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        user, pk = cast(User, request.user), parse_uuid(kwargs["pk"])
        alert = Alert.objects.visible_to(user).filter(pk=pk).first() if pk else None
        if alert is None:
            raise Http404
        body = CallSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        entry = record_call(alert, by=user, **body.validated_data)
        answer = {
            "outcome": entry.outcome,
            "at": wire_time(entry.at),
            "by": {"id": str(user.pk), "name": user.full_name},
            "call_note": entry.note,
            **acknowledgement(Alert.objects.select_related("acknowledged_by").get(pk=alert.pk)),
        }
        return Response(answer, status=status.HTTP_201_CREATED)
