from collections.abc import Callable
from typing import Any, cast

from django.db.models import QuerySet
from rest_framework.generics import GenericAPIView, ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.idempotency import IdempotentCreateMixin
from accounts.api.lookup import ByUuid
from accounts.models import User
from prescriptions.api.refill_serializers import AskRefillSerializer, RefillRequestSerializer, RenewSerializer
from prescriptions.api.serializers import StepSerializer
from prescriptions.api.views import OfPrescriptions
from prescriptions.models import Prescription, RefillRequest
from prescriptions.overriding import keeping_stops


class AskRefill(IdempotentCreateMixin, OfPrescriptions, ByUuid[Prescription]):
    """POST prescriptions/<id>/refill-requests."""

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        prescription = self.get_object()
        body = AskRefillSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        asked = prescription.ask_refill(by=cast(User, request.user), **body.validated_data)
        return Response(RefillRequestSerializer(asked).data, status=201)


class Renew(IdempotentCreateMixin, OfPrescriptions, ByUuid[Prescription]):
    """POST prescriptions/<id>/renew: the answer is the new prescription."""

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        with keeping_stops():
            return super().post(request, *args, **kwargs)

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        prescription = self.get_object()
        body = RenewSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        renewal = prescription.renew(by=cast(User, request.user), **body.validated_data)
        return Response(self.get_serializer(renewal).data, status=201)


class OfRefillRequests(GenericAPIView[RefillRequest]):
    serializer_class = RefillRequestSerializer

    def get_queryset(self) -> QuerySet[RefillRequest]:
        return RefillRequest.objects.visible_to(cast(User, self.request.user)).with_all()


class RefillRequests(OfRefillRequests, ListAPIView[RefillRequest]):
    """`?open=true` leaves out what is answered; the newest first."""

    def get_queryset(self) -> QuerySet[RefillRequest]:
        found = super().get_queryset()
        return found.filter(answered_at=None) if self.request.query_params.get("open") == "true" else found


class OneRefillRequest(OfRefillRequests, ByUuid[RefillRequest], RetrieveAPIView[RefillRequest]):
    pass


class AnswerRefillRequest(OfRefillRequests, ByUuid[RefillRequest]):
    """POST refill-requests/<id>/<verb>: the answer is the request as it is now."""

    verb = "grant"

    def post(self, request: Request, **kwargs: Any) -> Response:
        asked = self.get_object()
        body = StepSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        verbs: dict[str, Callable[..., object]] = {
            "grant": asked.grant, "refuse": asked.refuse, "withdraw": asked.withdraw
        }  # fmt: skip
        verbs[self.verb](by=cast(User, request.user), **body.validated_data)
        return Response(self.get_serializer(self.get_object()).data)
