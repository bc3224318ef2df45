from typing import Any, cast

from django.db.models import QuerySet
from django.http import Http404
from rest_framework.generics import GenericAPIView, ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.idempotency import IdempotentCreateMixin
from accounts.api.lookup import ByUuid
from accounts.fields import parse_uuid
from accounts.models import Patient, User
from prescriptions.api.check_serializers import (
    AllergySerializer,
    EndAllergySerializer,
    RecordAllergySerializer,
    RecordedAllergySerializer,
)
from prescriptions.models import Allergy


class AllergiesOfPatient(IdempotentCreateMixin, ListAPIView[Allergy]):
    """Those on the list; `?all=true` also what has ended or was an error. A POST records one."""

    serializer_class = AllergySerializer

    def patient(self) -> Patient:
        pk = parse_uuid(self.kwargs["pk"])
        seen = Patient.objects.visible_to(cast(User, self.request.user)).select_related("user")
        found = seen.filter(pk=pk).first() if pk else None
        if found is None:
            raise Http404
        return found

    def get_queryset(self) -> QuerySet[Allergy]:
        found = Allergy.objects.filter(patient=self.patient()).with_all()
        return found if self.request.query_params.get("all") == "true" else found.current()

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        patient = self.patient()
        body = RecordAllergySerializer(data=request.data)
        body.is_valid(raise_exception=True)
        allergy = Allergy.record(by=cast(User, request.user), patient=patient, **body.validated_data)
        return Response(RecordedAllergySerializer(allergy).data, status=201)


class OfAllergies(GenericAPIView[Allergy]):
    serializer_class = AllergySerializer

    def get_queryset(self) -> QuerySet[Allergy]:
        return Allergy.objects.visible_to(cast(User, self.request.user)).with_all()


class OneAllergy(OfAllergies, ByUuid[Allergy], RetrieveAPIView[Allergy]):
    pass


class EndAllergy(OfAllergies, ByUuid[Allergy]):
    """POST allergies/<id>/<verb>: the answer is the allergy with its end."""

    verb = "end"

    def post(self, request: Request, **kwargs: Any) -> Response:
        allergy, user = self.get_object(), cast(User, request.user)
        body = EndAllergySerializer(data=request.data)
        body.is_valid(raise_exception=True)
        act = allergy.end_now if self.verb == "end" else allergy.enter_in_error
        act(by=user, reason=body.validated_data["reason"])
        return Response(AllergySerializer(self.get_object()).data)
