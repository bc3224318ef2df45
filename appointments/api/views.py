from typing import Any, cast

from rest_framework.generics import GenericAPIView, ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.idempotency import IdempotentCreateMixin
from accounts.api.lookup import ByUuid
from accounts.api.people import doctor_named
from accounts.models import User
from appointments.api.people import doctor_of, patient_of
from appointments.api.serializers import (
    AppointmentSerializer,
    FilterSerializer,
    RequestSerializer,
    RescheduleSerializer,
    StepSerializer,
    TransitionSerializer,
)
from appointments.models import Appointment
from appointments.querysets import AppointmentQuerySet
from appointments.statuses import Status


class OfAppointments(GenericAPIView[Appointment]):
    serializer_class = AppointmentSerializer

    def get_queryset(self) -> AppointmentQuerySet:
        seen = Appointment.objects.visible_to(cast(User, self.request.user))
        return seen.with_people().prefetch_related("history__by")

    def now(self, appointment: Appointment) -> Response:
        """As it is after a step, also for the cover, who has answered it and no longer sees it."""
        found = Appointment.objects.with_people().prefetch_related("history__by").get(pk=appointment.pk)
        return Response(AppointmentSerializer(found).data)


class Appointments(OfAppointments, IdempotentCreateMixin, ListAPIView[Appointment]):
    """`?status=`, `?from=` and `?to=` (before) narrow the list; a POST asks for an appointment.

    `?without_doctor=true`: those for which the person is to find another doctor.
    """

    def get_queryset(self) -> AppointmentQuerySet:
        asked = FilterSerializer(data={name: text for name, text in self.request.query_params.items() if text})
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        found = super().get_queryset()
        if self.request.query_params.get("without_doctor") == "true":
            found = found.without_doctor_for(cast(User, self.request.user))
        found = found.between(given.get("from"), given.get("to"))
        return found.filter(status=given["status"]) if "status" in given else found

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        user = cast(User, request.user)
        body = RequestSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        asked = body.validated_data
        appointment = Appointment.request(
            by=user,
            patient=patient_of(user, asked.get("patient_id")),
            doctor=doctor_of(user, asked.get("doctor_id")),
            requested_time=asked["requested_time"],
            reason=asked["reason"],
            kind=asked.get("kind"),
        )
        return Response(AppointmentSerializer(appointment).data, status=201)


class OneAppointment(OfAppointments, ByUuid[Appointment], RetrieveAPIView[Appointment]):
    pass


class Step(OfAppointments, ByUuid[Appointment]):
    """POST /appointments/<id>/<verb>."""

    to: Status = Status.CONFIRMED

    def post(self, request: Request, **kwargs: Any) -> Response:
        body = StepSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        return self.take(self.to, body.validated_data)

    def take(self, to: Status, given: dict[str, Any]) -> Response:
        appointment, user = self.get_object(), cast(User, self.request.user)
        appointment.advance(to, by=user, **given)
        return self.now(appointment)


class Transition(Step):
    def post(self, request: Request, **kwargs: Any) -> Response:
        body = TransitionSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        return self.take(body.validated_data.pop("new_status"), body.validated_data)


class Reschedule(OfAppointments, ByUuid[Appointment]):
    def post(self, request: Request, **kwargs: Any) -> Response:
        body = RescheduleSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        appointment, given = self.get_object(), body.validated_data
        doctor = doctor_named(given.pop("doctor_id")) if "doctor_id" in given else None
        seen_doctor = given.pop("seen_doctor_id", None)
        appointment.reschedule(by=cast(User, request.user), doctor=doctor, seen_doctor=seen_doctor, **given)
        return self.now(appointment)


class CheckIn(OfAppointments, ByUuid[Appointment]):
    def post(self, request: Request, **kwargs: Any) -> Response:
        self.get_object().check_in(by=cast(User, request.user))
        return Response(AppointmentSerializer(self.get_object()).data)


class CorrectNoShow(OfAppointments, ByUuid[Appointment]):
    def post(self, request: Request, **kwargs: Any) -> Response:
        self.get_object().correct_no_show(by=cast(User, request.user))
        return Response(AppointmentSerializer(self.get_object()).data)
