from typing import Any, cast

from django.db.models import QuerySet
from rest_framework.generics import GenericAPIView, ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.idempotency import IdempotentCreateMixin
from accounts.api.lookup import ByUuid
from accounts.api.people import patient_named
from accounts.models import User
from prescriptions.api.serializers import IssueSerializer, PrescriptionSerializer, StepSerializer
from prescriptions.models import Prescription
from prescriptions.overriding import keeping_stops
from prescriptions.statuses import Status


class OfPrescriptions(GenericAPIView[Prescription]):
    serializer_class = PrescriptionSerializer

    def get_queryset(self) -> QuerySet[Prescription]:
        return Prescription.objects.visible_to(cast(User, self.request.user)).with_life().with_check()


class Prescriptions(OfPrescriptions, IdempotentCreateMixin, ListAPIView[Prescription]):
    """`?active=true` leaves out what has ended; a POST issues one."""

    def get_queryset(self) -> QuerySet[Prescription]:
        found = super().get_queryset()
        if self.request.query_params.get("active") == "true":
            found = found & Prescription.objects.active()
        return found

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        with keeping_stops():  # around the transaction of a create with a key, too
            return super().post(request, *args, **kwargs)

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        user = cast(User, request.user)
        Prescription.prescriber(user)
        body = IssueSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        asked = dict(body.validated_data)
        patient = patient_named(asked.pop("patient_id"), by=user)
        prescription = Prescription.issue(by=user, patient=patient, **asked)
        return Response(self.get_serializer(prescription).data, status=201)


class OnePrescription(OfPrescriptions, ByUuid[Prescription], RetrieveAPIView[Prescription]):
    pass


class Step(OfPrescriptions, ByUuid[Prescription]):
    """POST prescriptions/<id>/<verb>: the answer is the prescription with its history."""

    to: Status = Status.ON_HOLD

    def post(self, request: Request, **kwargs: Any) -> Response:
        body = StepSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        self.get_object().advance(self.to, by=cast(User, request.user), **body.validated_data)
        return Response(self.get_serializer(self.get_object()).data)
