from typing import cast

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.generics import GenericAPIView, ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.fields import WireTimeField
from accounts.api.lookup import ByUuid
from accounts.models import User
from prescriptions.models import PrescriptionFollowUp


class FollowUpSerializer(serializers.ModelSerializer[PrescriptionFollowUp]):
    prescription_id = serializers.UUIDField()
    patient_id = serializers.UUIDField()
    doctor_id = serializers.UUIDField()
    note = serializers.CharField(source="alert.note")
    done_at = WireTimeField(allow_null=True)

    class Meta:
        model = PrescriptionFollowUp
        fields = ["id", "prescription_id", "patient_id", "doctor_id", "due", "note", "done_at"]


class OfFollowUps(GenericAPIView[PrescriptionFollowUp]):
    serializer_class = FollowUpSerializer

    def get_queryset(self) -> QuerySet[PrescriptionFollowUp]:
        return PrescriptionFollowUp.objects.visible_to(cast(User, self.request.user)).with_people()


class FollowUps(OfFollowUps, ListAPIView[PrescriptionFollowUp]):
    """Those that are still to be done, the nearest day first."""

    def get_queryset(self) -> QuerySet[PrescriptionFollowUp]:
        return PrescriptionFollowUp.objects.visible_to(cast(User, self.request.user)).with_people().open()


class FollowUpDone(OfFollowUps, ByUuid[PrescriptionFollowUp]):
    def post(self, request: Request, **kwargs: str) -> Response:
        follow_up = self.get_object()
        follow_up.done(by=cast(User, request.user))
        return Response(FollowUpSerializer(follow_up).data)
