from typing import Any, cast

from django.db.models import QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.generics import GenericAPIView, ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.idempotency import IdempotentCreateMixin
from accounts.api.lookup import ByUuid
from accounts.api.people import doctor_named, patient_named
from accounts.models import Doctor, Patient, User
from accounts.refusals import IllegalStep
from appointments.api.serializers import (
    AppointmentSerializer,
    RequestSerializer,
    StepSerializer,
    TransitionSerializer,
)
from appointments.models import Appointment
from appointments.statuses import Status, read_status


class OfAppointments(GenericAPIView[Appointment]):
    serializer_class = AppointmentSerializer

    def get_queryset(self) -> QuerySet[Appointment]:
        seen = Appointment.objects.visible_to(cast(User, self.request.user))
        return seen.with_people().prefetch_related("history__by")


class Appointments(OfAppointments, IdempotentCreateMixin, ListAPIView[Appointment]):
    """`?status=` narrows the list; a POST asks for an appointment."""

    def get_queryset(self) -> QuerySet[Appointment]:
        found = super().get_queryset()
        if text := self.request.query_params.get("status"):
            status = read_status(text)
            if status is None:
                raise ValidationError({"status": [f"Choose one of {', '.join(Status.values)}."]})
            found = found.filter(status=status)
        return found

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        user = cast(User, request.user)
        body = RequestSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        asked = body.validated_data
        appointment = Appointment.request(
            by=user,
            patient=_patient(user, asked.get("patient_id")),
            doctor=_doctor(user, asked.get("doctor_id")),
            requested_time=asked["requested_time"],
            reason=asked["reason"],
        )
        return Response(AppointmentSerializer(appointment).data, status=201)


def _patient(user: User, patient_id: Any) -> Patient:
    """The patient asked for, or the person themselves."""
    if patient_id is not None:
        return patient_named(patient_id, by=user)
    if user.is_administrator or user.patient_or_none is None:
        raise ValidationError({"patient_id": ["Say which patient the appointment is for."]})
    return user.patient_or_none


def _doctor(user: User, doctor_id: Any) -> Doctor:
    if doctor_id is None and user.doctor_or_none:
        return user.doctor_or_none
    if doctor_id is None:
        raise ValidationError({"doctor_id": ["Say which doctor the appointment is with."]})
    return doctor_named(doctor_id)


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
        if to == Status.CONFIRMED:
            appointment.confirm(by=user, scheduled_time=given.get("scheduled_time"))
        elif to == Status.IN_PROGRESS:
            appointment.start(by=user)
        elif to == Status.COMPLETED:
            appointment.complete(by=user, notes=given["notes"])
        elif to == Status.CANCELLED:
            appointment.cancel(by=user, reason=given["reason"])
        elif to == Status.NO_SHOW:
            appointment.mark_no_show(by=user)
        else:
            raise IllegalStep("Nothing becomes a request again. Ask for a new appointment.")
        return Response(AppointmentSerializer(self.get_object()).data)


class Transition(Step):
    def post(self, request: Request, **kwargs: Any) -> Response:
        body = TransitionSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        return self.take(body.validated_data["new_status"], body.validated_data)
