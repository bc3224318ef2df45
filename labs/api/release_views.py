"""What a doctor holds back, what a patient does not see yet, and what they chose."""

from typing import Any, cast

from django.db.models import QuerySet
from django.http import Http404
from rest_framework.exceptions import ValidationError
from rest_framework.generics import GenericAPIView, ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.lookup import ByUuid
from accounts.fields import parse_uuid
from accounts.models import Patient, User
from labs.api.release_serializers import (
    HoldSerializer,
    LiftSerializer,
    PreferencesSerializer,
    ResultHoldSerializer,
    WithheldSerializer,
)
from labs.api.serializers import ReadResultSerializer
from labs.api.views import TRUTH, OfLabResults
from labs.hold_bases import Basis
from labs.models import LabResult, ReleaseChoice, ResultHold
from labs.release_categories import KINDS
from labs.release_words import told_each
from labs.seen import keep_view
from labs.waits import choose_release


class Hold(OfLabResults, ByUuid[LabResult]):
    def post(self, request: Request, **kwargs: Any) -> Response:
        result = self.get_object()
        body = HoldSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        hold = result.hold(by=cast(User, request.user), **body.validated_data)
        return Response(ResultHoldSerializer(hold).data, status=201)


class LiftHold(OfLabResults, ByUuid[LabResult]):
    def post(self, request: Request, **kwargs: Any) -> Response:
        result = self.get_object()
        body = LiftSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        hold = result.lift_hold(by=cast(User, request.user), reason=body.validated_data["reason"])
        return Response(ResultHoldSerializer(hold).data)


class Holds(ListAPIView[ResultHold]):
    """For auditors, and for the doctors of those patients: `?open=true`, `?basis=`, `?doctor=` narrow it."""

    serializer_class = ResultHoldSerializer

    def get_queryset(self) -> QuerySet[ResultHold]:
        found = ResultHold.objects.visible_to(cast(User, self.request.user)).with_people()
        asked = self.request.query_params
        if is_open := asked.get("open"):
            found = found.filter(ended_at__isnull=self._one_of(TRUTH, "open", is_open))
        if basis := asked.get("basis"):
            found = found.filter(basis=self._one_of({name: name for name in Basis.values}, "basis", basis))
        if doctor := asked.get("doctor"):
            found = found.filter(placed_by=self._id("doctor", doctor))
        return found

    def _one_of(self, known: dict[str, Any], name: str, text: str) -> Any:
        if text not in known:
            raise ValidationError({name: [f"Choose one of {', '.join(known)}."]})
        return known[text]

    def _id(self, name: str, text: str) -> Any:
        pk = parse_uuid(text)
        if pk is None:
            raise ValidationError({name: ["Give the id of a doctor."]})
        return pk


class WithheldResults(GenericAPIView[LabResult]):
    """A patient's own that they do not see yet."""

    def get(self, request: Request) -> Response:
        rows = LabResult.objects.withheld_from(cast(User, request.user)).current().with_people()
        told: Any = told_each(self.paginate_queryset(rows) or [])
        return self.get_paginated_response(WithheldSerializer(told, many=True).data)


class ShowNow(OfLabResults, ByUuid[LabResult]):
    """The patient will not wait: the answer is the result."""

    def post(self, request: Request, **kwargs: Any) -> Response:
        pk, user = parse_uuid(self.kwargs["pk"]), cast(User, request.user)
        withheld = LabResult.objects.withheld_from(user).with_people().filter(pk=pk).first() if pk else None
        (withheld or self.get_object()).show_now(by=user)
        result = self.get_object()
        keep_view(result, by=user)
        return Response(ReadResultSerializer(result).data)


class ResultPreferences(APIView):
    """Read by who may see the patient, changed by the patient alone."""

    def patient(self) -> Patient:
        pk = parse_uuid(self.kwargs["pk"])
        found = Patient.objects.visible_to(cast(User, self.request.user)).filter(pk=pk).first() if pk else None
        if found is None:
            raise Http404
        return found

    def get(self, request: Request, pk: str) -> Response:
        return Response(_preferences(self.patient()))

    def put(self, request: Request, pk: str) -> Response:
        patient = self.patient()
        body = PreferencesSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        choose_release(patient, body.validated_data["after_comment"], by=cast(User, request.user))
        return Response(_preferences(patient))


def _preferences(patient: Patient) -> dict[str, Any]:
    waiting = set(ReleaseChoice.objects.waiting(patient.pk).values_list("category", flat=True))
    return {
        "after_comment": [kind.category for kind in KINDS if kind.category in waiting],
        "categories": [{"category": kind.category, "name": kind.name, "examples": kind.examples} for kind in KINDS],
    }
