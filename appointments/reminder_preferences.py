"""What a person is sent of their visits: reminders, and e-mails for calendars. models.py makes it known to Django."""

from collections.abc import Collection
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.models import User

LEADS = {
    7 * 24 * 60: "1 week before",
    3 * 24 * 60: "3 days before",
    2 * 24 * 60: "2 days before",
    24 * 60: "24 hours before",
    12 * 60: "12 hours before",
    4 * 60: "4 hours before",
    2 * 60: "2 hours before",
    60: "1 hour before",
    30: "30 minutes before",
}
"""Minutes, counted in real time: across a change of the clocks 24 hours stay 24 hours."""


class Role(models.TextChoices):
    """As what the person is at the visit."""

    PATIENT = "patient", "Your own appointments"
    DOCTOR = "doctor", "Appointments that patients have with you"


class Way(models.TextChoices):
    NOTIFICATION = "notification", "In HealthHub"
    EMAIL = "email", "By e-mail"


USUAL: dict[str, dict[str, Any]] = {
    Role.PATIENT: {"lead_minutes": [24 * 60, 2 * 60], "invitations": True},
    Role.DOCTOR: {"lead_minutes": [], "invitations": False},
}
"""A doctor has the day before them on the first page, so nothing is sent unless they ask for it."""


class ReminderPreferences(models.Model):
    """What a person chose for their visits in one role; who has chosen nothing has `preferences_of`."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="reminder_preferences")
    role = models.CharField(max_length=7, choices=Role)
    lead_minutes = ArrayField(models.PositiveIntegerField(), default=list, blank=True)
    by_notification = models.BooleanField(default=True)
    by_email = models.BooleanField(default=True)
    invitations = models.BooleanField(default=True, help_text="E-mails that a calendar program understands.")

    class Meta:
        ordering = ["person", "role"]
        constraints = [
            models.UniqueConstraint(fields=["person", "role"], name="reminder_preferences_once"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="reminder_preferences_role_in_set"),
            models.CheckConstraint(
                condition=Q(lead_minutes__contained_by=list(LEADS)), name="reminder_preferences_leads_in_set"
            ),
            models.CheckConstraint(
                condition=Q(by_notification=True) | Q(by_email=True), name="reminder_preferences_some_way"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person.full_name}, {self.get_role_display().lower()}"

    @property
    def ways(self) -> list[Way]:
        chosen = {Way.NOTIFICATION: self.by_notification, Way.EMAIL: self.by_email}
        return [way for way, wanted in chosen.items() if wanted]


def preferences_of(people: Collection[tuple[Any, Role]]) -> dict[tuple[Any, Role], ReminderPreferences]:
    """For each (person's id, role), what they chose, or what is usual. One query."""
    kept = ReminderPreferences.objects.filter(person__in={person for person, _ in people}) if people else ()
    usual = {(person, role): ReminderPreferences(person_id=person, role=role, **USUAL[role]) for person, role in people}
    return usual | {(row.person_id, Role(row.role)): row for row in kept}


def roles_of(person: User) -> list[Role]:
    """As what the person has visits."""
    held = {Role.PATIENT: person.patient_or_none, Role.DOCTOR: person.doctor_or_none}
    return [role for role, has in held.items() if has]


def own_preferences(person: User) -> dict[Role, ReminderPreferences]:
    roles = roles_of(person)
    found = preferences_of([(person.pk, role) for role in roles])
    return {role: found[person.pk, role] for role in roles}
