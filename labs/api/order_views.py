from typing import Any, cast

from django.db.models import QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.generics import GenericAPIView, ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.idempotency import IdempotentCreateMixin
from accounts.api.lookup import ByUuid
from accounts.api.people import patient_named
from accounts.models import User
from labs.api.order_serializers import CancelOrderSerializer, CollectSerializer, LabOrderSerializer, PlaceSerializer
from labs.models import LabOrder
from labs.statuses import OrderStatus


class OfLabOrders(GenericAPIView[LabOrder]):
    serializer_class = LabOrderSerializer

    def get_queryset(self) -> QuerySet[LabOrder]:
        return LabOrder.objects.visible_to(cast(User, self.request.user)).with_people().with_steps()


class LabOrders(OfLabOrders, IdempotentCreateMixin, ListAPIView[LabOrder]):
    """`?status=` narrows the list; a POST orders a test."""

    def get_queryset(self) -> QuerySet[LabOrder]:
        status = self.request.query_params.get("status", "")
        if status and status not in OrderStatus.values:
            raise ValidationError({"status": [f"Choose one of {', '.join(OrderStatus.values)}."]})
        found = super().get_queryset()
        return found.filter(status=status) if status else found

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        user = cast(User, request.user)
        LabOrder.refuse_unless_orderer(user)
        body = PlaceSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        asked = dict(body.validated_data)
        order = LabOrder.place(by=user, patient=patient_named(asked.pop("patient_id"), by=user), **asked)
        return Response(LabOrderSerializer(order).data, status=201)


class OneLabOrder(OfLabOrders, ByUuid[LabOrder], RetrieveAPIView[LabOrder]):
    pass


class Collect(OfLabOrders, ByUuid[LabOrder]):
    def post(self, request: Request, **kwargs: Any) -> Response:
        order = self.get_object()
        body = CollectSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        order.collect(by=cast(User, request.user), note=body.validated_data["note"])
        return Response(LabOrderSerializer(self.get_object()).data)


class CancelOrder(OfLabOrders, ByUuid[LabOrder]):
    def post(self, request: Request, **kwargs: Any) -> Response:
        order = self.get_object()
        body = CancelOrderSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        order.cancel(by=cast(User, request.user), reason=body.validated_data["reason"])
        return Response(LabOrderSerializer(self.get_object()).data)
