from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from django.core.exceptions import ValidationError as ModelValidationError
from django.db import transaction
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.fields import WholeNumber, WireTimeField
from accounts.api.lookup import ByUuid
from accounts.models import User
from appointments.api.views import OfAppointments
from appointments.models import Appointment, Reminder
from appointments.reminder_choice import choose
from appointments.reminder_preferences import LEADS, ReminderPreferences, Role, Way, own_preferences


class ChoiceSerializer(serializers.Serializer[ReminderPreferences]):
    """Of one role; a PUT says all; `invitations` may be left out."""

    lead_minutes = serializers.ListField(child=WholeNumber(), max_length=len(LEADS))
    ways = serializers.ListField(child=serializers.ChoiceField(Way.choices), max_length=len(Way))
    invitations = serializers.BooleanField(required=False)


class PreferencesSerializer(serializers.Serializer[Any]):
    patient = ChoiceSerializer(required=False)
    doctor = ChoiceSerializer(required=False)


@contextmanager
def errors_of(role: str) -> Iterator[None]:
    """What the verb finds wrong stands below the role that it is about."""
    try:
        yield
    except ModelValidationError as error:
        raise ValidationError({role: error.message_dict}) from None


class Preferences(APIView):
    """A person's own, by role; a PUT replaces those of the roles that it names."""

    def get(self, request: Request) -> Response:
        return self._answer(cast(User, request.user))

    @transaction.atomic
    def put(self, request: Request) -> Response:
        user = cast(User, request.user)
        body = PreferencesSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        own = own_preferences(user)
        if others := sorted(set(body.validated_data) - set(own)):
            raise ValidationError({role: ["You have no appointments in that role."] for role in others})
        for role, chosen in body.validated_data.items():
            with errors_of(role):
                choose(user, Role(role), **chosen)
        return self._answer(user)

    def _answer(self, user: User) -> Response:
        own = own_preferences(user)
        return Response({role.value: ChoiceSerializer(chosen).data for role, chosen in own.items()})


class ReminderSerializer(serializers.ModelSerializer[Reminder]):
    person = serializers.SerializerMethodField()
    visit_time = WireTimeField()
    due = WireTimeField()
    sent_at = WireTimeField(allow_null=True)

    class Meta:
        model = Reminder
        fields = ["id", "person", "way", "lead_minutes", "visit_time", "due", "state", "tries", "why", "sent_at"]

    def get_person(self, reminder: Reminder) -> dict[str, str]:
        return {"id": str(reminder.person_id), "name": reminder.person.full_name}


class RemindersOfOne(OfAppointments, ByUuid[Appointment]):
    """Those for the time that the appointment has, as far as the reader may see them: a few, unpaged."""

    def get(self, request: Request, **kwargs: Any) -> Response:
        seen = Reminder.objects.visible_to(cast(User, request.user)).of_now(self.get_object())
        return Response({"results": ReminderSerializer(seen, many=True).data})
