"""GET /doctors/<id>/slots: when a doctor can be visited."""

from datetime import UTC, date
from typing import Any, cast

from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.fields import parse_uuid
from accounts.models import Doctor, User
from appointments.availability import VisitKind
from appointments.calendar import MOST_DAYS, free_slots

FIRST_YEAR, LAST_YEAR = 2000, 2199


class SlotSerializer(serializers.Serializer[Any]):
    """A slot of one kind, as {start, end, kind}. Times UTC."""

    start = serializers.DateTimeField(default_timezone=UTC)
    end = serializers.DateTimeField(default_timezone=UTC)


class AskedSerializer(serializers.Serializer[Any]):
    """`from` and `to`, both inclusive, days by the clinic's calendar; `kind` by its code."""

    to = serializers.DateField()
    kind = serializers.SlugField(required=False)

    def get_fields(self) -> dict[str, Any]:
        return {"from": serializers.DateField(), **super().get_fields()}  # a word that Python keeps to itself

    def validate(self, asked: dict[str, Any]) -> dict[str, Any]:
        first, last = asked["from"], asked["to"]
        if not all(FIRST_YEAR <= day.year <= LAST_YEAR for day in (first, last)):
            raise serializers.ValidationError({"from": ["Choose days of this century."]})
        if last < first:
            raise serializers.ValidationError({"to": ["It ends before it begins."]})
        if (last - first).days >= MOST_DAYS:
            raise serializers.ValidationError({"to": [f"Ask for {MOST_DAYS} days at most."]})
        return asked


class Slots(APIView):
    """Free ones only, in order, all of them at once."""

    def get(self, request: Request, pk: str) -> Response:
        doctor = offering_doctor(pk)
        asked = AskedSerializer(data={name: text for name, text in request.query_params.items() if text})
        asked.is_valid(raise_exception=True)
        first: date = asked.validated_data["from"]
        kind = offered_kind(asked.validated_data.get("kind"))
        free = free_slots(doctor, first, asked.validated_data["to"], kind, by=cast(User, request.user))
        found = SlotSerializer(free, many=True).data
        return Response({"results": [{**slot, "kind": kind.code} for slot in found]})


def offering_doctor(text: str) -> Doctor:
    pk = parse_uuid(text)
    doctor = Doctor.objects.active().select_related("user").filter(pk=pk).first() if pk else None
    if doctor is None:
        raise NotFound("There is no such doctor.")
    return doctor


def offered_kind(code: str | None) -> VisitKind:
    if code is None:
        return VisitKind.default()
    kind = VisitKind.objects.filter(code=code, is_active=True).first()
    if kind is None:
        raise serializers.ValidationError({"kind": ["There is no such kind of visit."]})
    return kind
