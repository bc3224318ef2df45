"""A line in an appointment's history plans its reminders anew and tells calendars. Decides nothing: the verbs do."""

from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver

from appointments.invitations import invite
from appointments.models import AppointmentStatusChange
from appointments.reminding import plan


@receiver(post_save, sender=AppointmentStatusChange)
def plan_reminders(instance: AppointmentStatusChange, raw: bool = False, **kwargs: Any) -> None:
    if not raw:
        plan(instance.appointment)
        invite(instance)
