from typing import cast

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.people import patient_named
from accounts.models import User
from prescriptions.api.check_serializers import CheckSerializer
from prescriptions.checking import check, refuse_unless_checker


class CheckInteractions(APIView):
    """Writes nothing: a check of what is on somebody's mind."""

    def post(self, request: Request) -> Response:
        user = cast(User, request.user)
        refuse_unless_checker(user)
        body = CheckSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        patient_id = body.validated_data["patient_id"]
        patient = patient_named(patient_id, by=user) if patient_id else None
        return Response(check(body.validated_data["medications"], patient).as_json())
