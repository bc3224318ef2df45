"""A result made final, corrected or cancelled; many signed at once; follow-ups."""

from typing import Any, cast

from django.db.models import QuerySet
from rest_framework.generics import GenericAPIView, ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.lookup import ByUuid
from accounts.models import User
from labs.api.serializers import AmendSerializer, FollowUpSerializer, LabResultSerializer, SignOffSerializer
from labs.models import LabFollowUp, LabResult
from labs.querysets import LabResultQuerySet


class Amend(ByUuid[LabResult]):
    """POST /lab-results/<id>/<verb>: the answer is the newer result."""

    verb = "correct"

    def get_queryset(self) -> LabResultQuerySet:
        return LabResult.objects.amendable_by(cast(User, self.request.user)).with_people()

    def post(self, request: Request, **kwargs: Any) -> Response:
        result, user = self.get_object(), cast(User, request.user)
        body = AmendSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        asked = body.validated_data
        reason, values = {"reason": asked.pop("reason")}, asked
        if self.verb == "finalise":
            newer = result.finalise(by=user, **values)
        elif self.verb == "correct":
            newer = result.correct(by=user, **reason, **values)
        else:
            newer = result.cancel(by=user, **reason)
        return Response(LabResultSerializer(newer).data, status=201)


class SignOffMany(GenericAPIView[LabResult]):
    """POST /lab-results/sign-off: each by its own rules, and an answer for each."""

    def post(self, request: Request) -> Response:
        user = cast(User, request.user)
        body = SignOffSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        wanted = list(dict.fromkeys(body.validated_data["ids"]))
        found = LabResult.objects.visible_to(user).with_people().in_bulk(wanted)
        report = LabResult.sign_off([found[pk] for pk in wanted if pk in found], by=user)
        refused = [(result.pk, detail) for result, detail in report.refused]
        refused += [(pk, "There is no such result that you may see.") for pk in wanted if pk not in found]
        return Response(
            {
                "signed": [str(result.pk) for result in report.signed],
                "refused": [{"id": str(pk), "detail": detail} for pk, detail in refused],
            }
        )


class OfFollowUps(GenericAPIView[LabFollowUp]):
    serializer_class = FollowUpSerializer

    def get_queryset(self) -> QuerySet[LabFollowUp]:
        return LabFollowUp.objects.visible_to(cast(User, self.request.user)).with_people()


class FollowUps(OfFollowUps, ListAPIView[LabFollowUp]):
    """Those that are still to be done, the nearest day first."""

    def get_queryset(self) -> QuerySet[LabFollowUp]:
        return LabFollowUp.objects.visible_to(cast(User, self.request.user)).with_people().open()


class FollowUpDone(OfFollowUps, ByUuid[LabFollowUp]):
    def post(self, request: Request, **kwargs: Any) -> Response:
        follow_up = self.get_object()
        follow_up.done(by=cast(User, request.user))
        return Response(FollowUpSerializer(follow_up).data)
