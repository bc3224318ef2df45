"""What is to be said before a visit: one row for each person, lead time and way. models.py makes it known to Django.

reminding.py plans the rows and says what is due.
"""

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.refusals import IllegalStep, NotAllowed
from appointments.reminder_preferences import LEADS, Role, Way

if TYPE_CHECKING:
    from appointments.models import Appointment


class State(models.TextChoices):
    PENDING = "pending", "Planned"
    SENT = "sent", "Sent"
    FAILED = "failed", "Failed"
    MISSED = "missed", "Not sent in time"
    GONE = "gone", "No longer needed"


WAITING = (State.PENDING, State.FAILED)


class ReminderQuerySet(QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """A person's own, a doctor's patients' about visits with them, an administrator's all."""
        return self if user.is_administrator else self.filter(Q(person=user.pk) | Q(appointment__doctor=user.pk))

    def waiting(self) -> Self:
        return self.filter(state__in=WAITING)

    def due(self, now: datetime) -> Self:
        """Those to be tried now, the longest waiting first."""
        return self.waiting().filter(next_try__lte=now).order_by("next_try", "id")

    def of_now(self, appointment: "Appointment") -> Self:
        """Those for the time that the visit has, the first to come on top; what was planned for other times is not."""
        standing = self.filter(appointment=appointment, visit_time=appointment.scheduled_time)
        return standing.exclude(state=State.GONE).select_related("person").order_by("due", "person", "way")


class Reminder(models.Model):
    """That a person is told of a visit so long before it. For another time of the visit it is another row."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    appointment = models.ForeignKey("appointments.Appointment", on_delete=models.CASCADE, related_name="reminders")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=7, choices=Role)
    lead_minutes = models.PositiveIntegerField("lead time", choices=LEADS.items())
    way = models.CharField(max_length=12, choices=Way)
    visit_time = models.DateTimeField()
    due = models.DateTimeField()
    state = models.CharField(max_length=7, choices=State, default=State.PENDING)
    next_try = models.DateTimeField(help_text="When it is sent, or tried again.")
    tries = models.PositiveIntegerField(default=0, help_text="How often it failed.")
    why = models.CharField(max_length=200, blank=True, help_text="Of the last failure, or of its end.")
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        ordering = ["-due", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["appointment", "person", "lead_minutes", "way", "visit_time"], name="reminder_once"
            ),
            models.CheckConstraint(condition=Q(state__in=State.values), name="reminder_state_in_set"),
            models.CheckConstraint(condition=Q(way__in=Way.values), name="reminder_way_in_set"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="reminder_role_in_set"),
            models.CheckConstraint(condition=Q(due__lt=F("visit_time")), name="reminder_comes_before_the_visit"),
            models.CheckConstraint(
                condition=Q(state=State.SENT, sent_at__isnull=False) | (~Q(state=State.SENT) & Q(sent_at=None)),
                name="reminder_sent_at_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.FAILED) | (Q(tries__gte=1) & ~Q(why="")), name="reminder_failed_for_a_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["way", "next_try"], condition=Q(state__in=WAITING), name="reminder_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.person.full_name}, {self.get_lead_minutes_display()}, {self.get_way_display()}"

    @property
    def key(self) -> tuple[Any, Any, int, str, datetime]:
        """What makes it one and the same reminder."""
        return self.appointment_id, self.person_id, self.lead_minutes, self.way, self.visit_time

    @transaction.atomic
    def try_again(self, *, by: User) -> None:
        """A failed one is tried at once instead of at its next time. Raises NotAllowed, IllegalStep."""
        if not by.is_administrator:
            raise NotAllowed("Only an administrator can do that.")
        row = Reminder.objects.select_for_update(of=("self",)).get(pk=self.pk)
        if row.state != State.FAILED:
            raise IllegalStep(f"This reminder is {row.get_state_display().lower()}; only a failed one is tried again.")
        row.next_try = self.next_try = timezone.now()
        row.save(update_fields=["next_try"])
