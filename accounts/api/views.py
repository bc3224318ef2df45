from typing import Any, cast

from django.contrib.auth import authenticate
from django.db import transaction
from django.db.models import QuerySet
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters
from rest_framework.generics import GenericAPIView, ListAPIView, RetrieveAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import AuthenticationFailed, TokenError
from rest_framework_simplejwt.tokens import RefreshToken

from accounts.api.errors import BadCredentials, BadToken
from accounts.api.lookup import ByUuid
from accounts.api.serializers import (
    DoctorForAdministratorSerializer,
    DoctorSerializer,
    PatientSerializer,
    RefreshSerializer,
    SignInSerializer,
)
from accounts.models import Doctor, Patient, User
from accounts.signals import sign_in_ended
from accounts.tokens import SID, answer_for, read_refresh_token, tokens_for


class OpenDoor(APIView):
    """What must work without an access token."""

    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]


@method_decorator(sensitive_post_parameters(), name="dispatch")
class SignIn(OpenDoor):
    throttle_classes = [ScopedRateThrottle]
    throttle_scope = "sign-in"

    def post(self, request: Request) -> Response:
        body = SignInSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        user = authenticate(
            request, username=body.validated_data["email"].strip(), password=body.validated_data["password"]
        )
        if not isinstance(user, User):
            raise BadCredentials
        return Response(answer_for(user, tokens_for(user)))


class Refresh(OpenDoor):
    @transaction.atomic
    def post(self, request: Request) -> Response:
        user, old = _bearer(request)
        _use_up(old)
        return Response(answer_for(user, tokens_for(user, old.get(SID, ""))))


class SignOut(OpenDoor):
    def post(self, request: Request) -> Response:
        user, token = _bearer(request)
        _use_up(token)
        sign_in_ended.send(SignOut, user=user, sid=token.get(SID, ""))
        return Response(status=204)


def _bearer(request: Request) -> tuple[User, RefreshToken]:
    """The person whose live refresh token is in the body. Raises BadToken."""
    body = RefreshSerializer(data=request.data)
    body.is_valid(raise_exception=True)
    try:
        token = read_refresh_token(body.validated_data["refresh_token"])
        return cast(User, JWTAuthentication().get_user(token)), token
    except (TokenError, AuthenticationFailed):
        raise BadToken from None


def _use_up(token: RefreshToken) -> None:
    """Raises BadToken where somebody has used it in this very moment: of two, one gets through."""
    used: Any = token.blacklist()  # the stubs know the row only; it comes with whether it is new, as of get_or_create()
    if not used[1]:
        raise BadToken


class Patients(ListAPIView[Patient]):
    """`?q=` searches name, record number and birth date."""

    serializer_class = PatientSerializer

    def get_queryset(self) -> QuerySet[Patient]:
        found = Patient.objects.visible_to(cast(User, self.request.user)).select_related("user")
        return found.search(self.request.query_params.get("q", ""))


class OnePatient(ByUuid[Patient], RetrieveAPIView[Patient]):
    serializer_class = PatientSerializer

    def get_queryset(self) -> QuerySet[Patient]:
        return Patient.objects.visible_to(cast(User, self.request.user)).select_related("user")


class DoctorView(GenericAPIView[Doctor]):
    def get_queryset(self) -> QuerySet[Doctor]:
        return Doctor.objects.visible_to(cast(User, self.request.user)).select_related("user")

    def get_serializer_class(self) -> type[DoctorSerializer]:
        administrator = cast(User, self.request.user).is_administrator
        return DoctorForAdministratorSerializer if administrator else DoctorSerializer


class Doctors(DoctorView, ListAPIView[Doctor]):
    pass


class OneDoctor(DoctorView, ByUuid[Doctor], RetrieveAPIView[Doctor]):
    pass
