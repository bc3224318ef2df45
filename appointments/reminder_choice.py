"""A person chooses when and how they are reminded: of every visit that lies ahead, from now on."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from accounts.refusals import NotAllowed
from appointments.models import Appointment
from appointments.reminder_preferences import LEADS, ReminderPreferences, Role, Way, own_preferences, roles_of
from appointments.reminding import plan
from appointments.statuses import Status

NO_WAY = "Tick at least one way. To get no reminders, tick no time."


@transaction.atomic
def choose(
    person: User, role: Role, *, lead_minutes: Iterable[int], ways: Iterable[str], invitations: bool | None = None
) -> ReminderPreferences:
    """For the visits that the person has as `role`. A lead time that has passed for a visit comes with the next one.

    `invitations`, the e-mails for a calendar, stay as they were where they are left out.

    Raises NotAllowed for a role that is not theirs, ValidationError by field.
    """
    leads, chosen = sorted(set(lead_minutes), reverse=True), set(ways)
    if role not in roles_of(person):
        raise NotAllowed("You have no appointments in that role.")
    if unknown := [str(minutes) for minutes in leads if minutes not in LEADS]:
        possible = ", ".join(map(str, LEADS))
        raise ValidationError({"lead_minutes": f"Choose from {possible}; not {', '.join(unknown)}."})
    if not chosen or chosen - set(Way.values):
        raise ValidationError({"ways": NO_WAY})
    coming = _locked_visits_to_come(person, role)
    kept, _ = ReminderPreferences.objects.update_or_create(
        person=person,
        role=role,
        defaults={
            "lead_minutes": leads,
            "by_notification": Way.NOTIFICATION in chosen,
            "by_email": Way.EMAIL in chosen,
            "invitations": own_preferences(person)[role].invitations if invitations is None else invitations,
        },
    )
    plan(*coming)
    return kept


def _locked_visits_to_come(person: User, role: Role) -> list[Appointment]:
    """Before the choice is written: a visit that is confirmed meanwhile waits, and is planned by the new choice."""
    own = Q(patient=person.pk) if role == Role.PATIENT else Q(doctor=person.pk)
    confirmed = Appointment.objects.filter(own, status=Status.CONFIRMED, scheduled_time__gt=timezone.now())
    return list(confirmed.select_for_update(of=("self",)).order_by("pk"))
