from typing import Any, cast

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.lookup import ByUuid
from accounts.api.people import patient_named
from accounts.models import User
from prescriptions.api.check_serializers import CheckSerializer
from prescriptions.check_readers import may_read_check, refuse_unless_checker
from prescriptions.checking import check
from prescriptions.models import Prescription
from prescriptions.staleness import standing_of


class CheckInteractions(APIView):
    """Writes nothing: a check of what is on somebody's mind."""

    def post(self, request: Request) -> Response:
        user = cast(User, request.user)
        refuse_unless_checker(user)
        body = CheckSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        patient_id = body.validated_data["patient_id"]
        refuse_unless_checker(user, patient_id)
        patient = patient_named(patient_id, by=user) if patient_id else None
        return Response(check(body.validated_data["medications"], patient).as_json())


class CheckOfPrescription(ByUuid[Prescription]):
    """GET prescriptions/<id>/check: as it was recorded at issue, whether it is stale, and what a check finds now."""

    def get_queryset(self) -> QuerySet[Prescription]:
        return Prescription.objects.visible_to(cast(User, self.request.user)).with_people().with_check()

    def get(self, request: Request, **kwargs: Any) -> Response:
        user = cast(User, request.user)
        refuse_unless_checker(user)
        prescription = self.get_object()
        if not may_read_check(user, prescription):
            refuse_unless_checker(user, prescription.patient_id)
        return Response(standing_of(prescription).as_json())
