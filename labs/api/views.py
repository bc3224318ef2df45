from typing import Any, cast
from uuid import UUID

from rest_framework.exceptions import ValidationError
from rest_framework.generics import GenericAPIView, ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.idempotency import IdempotentCreateMixin
from accounts.api.lookup import ByUuid
from accounts.api.people import doctor_named, patient_named
from accounts.fields import parse_uuid
from accounts.models import Patient, User
from labs.api.serializers import AsRecordedSerializer, ReadResultSerializer, RecordSerializer, ReviewSerializer
from labs.messages import Message, Received
from labs.models import LabOrder, LabResult
from labs.querysets import LabResultQuerySet
from labs.releasing import Withheld
from labs.seen import keep_view

TRUTH = {"true": True, "false": False}


class OfLabResults(GenericAPIView[LabResult]):
    serializer_class = ReadResultSerializer

    def get_queryset(self) -> LabResultQuerySet:
        return LabResult.objects.visible_to(cast(User, self.request.user)).with_people().with_release()


class LabResults(OfLabResults, IdempotentCreateMixin, ListAPIView[LabResult]):
    """`?critical=` and `?reviewed=`, true or false, narrow the list of newest versions; a POST records a result."""

    def get_queryset(self) -> LabResultQuerySet:
        found = super().get_queryset().current()
        if (critical := self._chosen("critical")) is not None:
            found = found.filter(critical=critical)
        if (reviewed := self._chosen("reviewed")) is not None:
            found = found.filter(review__isnull=not reviewed)
        return found

    def _chosen(self, name: str) -> bool | None:
        text = self.request.query_params.get(name, "")
        if text and text not in TRUTH:
            raise ValidationError({name: ["Choose true or false."]})
        return TRUTH.get(text)

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        user = cast(User, request.user)
        LabResult.refuse_unless_recorder(user)
        body = RecordSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        message = Message(**{**body.validated_data, "doctor_id": _ordering_doctor_id(user, body.validated_data)})
        received = message.came_before(by=user) or self._record(message, user)
        replay = {"Idempotent-Replay": "true"} if received.before else {}
        return Response(AsRecordedSerializer(received.result).data, status=201, headers=replay)

    def _record(self, message: Message, user: User) -> Received:
        patient = _patient(user, message.patient_id)
        doctor = doctor_named(message.doctor_id)
        return message.record(by=user, patient=patient, doctor=doctor, order=_order(patient, message.order_id))


def _patient(user: User, patient_id: Any) -> Patient:
    """A laboratory sees nobody and records for everybody."""
    if not user.is_laboratory:
        return patient_named(patient_id, by=user)
    patient = Patient.objects.select_related("user").filter(pk=patient_id).first()
    if patient is None:
        raise ValidationError({"patient_id": ["There is no such patient."]})
    return patient


def _order(patient: Patient, order_id: Any) -> LabOrder | None:
    if order_id is None:
        return None
    order = LabOrder.objects.filter(pk=order_id, patient=patient).first()
    if order is None:
        raise ValidationError({"order_id": ["There is no such order of this patient."]})
    return order


def _ordering_doctor_id(user: User, said: dict[str, Any]) -> UUID:
    doctor_id = said.get("doctor_id") or (user.pk if user.doctor_or_none else None)
    if doctor_id is None:
        raise ValidationError({"doctor_id": ["Say which doctor ordered the result: they will be told."]})
    return doctor_id


class OneLabResult(OfLabResults, ByUuid[LabResult], RetrieveAPIView[LabResult]):
    """What its patient does not see yet is 403, with the reason: they know that it is there."""

    def get_object(self) -> LabResult:
        pk, user = parse_uuid(self.kwargs["pk"]), cast(User, self.request.user)
        withheld = LabResult.objects.withheld_from(user).with_people().filter(pk=pk).first() if pk else None
        if withheld:
            raise Withheld(withheld)
        return super().get_object()

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        result = self.get_object()
        keep_view(result, by=cast(User, request.user))
        return Response(ReadResultSerializer(result).data)


class Review(OfLabResults, ByUuid[LabResult]):
    def post(self, request: Request, **kwargs: Any) -> Response:
        result = self.get_object()
        body = ReviewSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        result.review_with(by=cast(User, request.user), **body.validated_data)
        return Response(ReadResultSerializer(self.get_object()).data)
