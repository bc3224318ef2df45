"""POST /doctors/<id>/holds keeps a slot for whoever fills its form; POST /appointments then books it."""

from typing import Any, cast

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.fields import WireTimeField
from accounts.api.lookup import ByUuid
from accounts.models import User
from appointments.api.people import patient_of
from appointments.api.slots import offered_kind, offering_doctor
from appointments.booked_time import BookedTime
from appointments.booked_time_querysets import BookedTimeQuerySet
from appointments.holds import held_by, hold_slot, let_go


class HoldSerializer(serializers.ModelSerializer[BookedTime]):
    doctor_id = serializers.UUIDField()
    patient_id = serializers.UUIDField()
    kind = serializers.CharField(source="kind.code")
    start = WireTimeField(source="begins")
    end = WireTimeField(source="ends")
    held_until = WireTimeField()

    class Meta:
        model = BookedTime
        fields = ["id", "doctor_id", "patient_id", "kind", "start", "end", "held_until"]


class WantedSerializer(serializers.Serializer[Any]):
    """A slot as `GET slots` lists it, and for whom."""

    start = WireTimeField()
    kind = serializers.SlugField(required=False)
    patient_id = serializers.UUIDField(required=False)


class Holds(APIView):
    def post(self, request: Request, pk: str) -> Response:
        doctor, user = offering_doctor(pk), cast(User, request.user)
        body = WantedSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        wanted = body.validated_data
        patient, kind = patient_of(user, wanted.get("patient_id")), offered_kind(wanted.get("kind"))
        held = hold_slot(by=user, patient=patient, doctor=doctor, kind=kind, start=wanted["start"])
        return Response(HoldSerializer(held).data, status=201)


class OneHold(ByUuid[BookedTime]):
    """One's own, as long as it stands."""

    serializer_class = HoldSerializer

    def get_queryset(self) -> BookedTimeQuerySet:
        return held_by(cast(User, self.request.user)).select_related("kind")

    def get(self, request: Request, **kwargs: Any) -> Response:
        return Response(HoldSerializer(self.get_object()).data)

    def delete(self, request: Request, **kwargs: Any) -> Response:
        let_go(self.get_object())
        return Response(status=204)
