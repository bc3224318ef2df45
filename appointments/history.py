"""The audit trail: facts that are added and never changed."""

from typing import Any, NoReturn, Self

from django.db import models
from django.db.models import F, Q, Window
from django.db.models.functions import Lag

from accounts.facts import Fact
from accounts.models import Doctor, User
from appointments.checks import MAX_TEXT
from appointments.statuses import Status


class HistoryQuerySet(models.QuerySet["AppointmentStatusChange"]):
    def update(self, **kwargs: Any) -> NoReturn:
        raise TypeError("The history of an appointment is only ever added to.")

    def delete(self) -> NoReturn:
        raise TypeError("The history of an appointment is kept.")

    def as_told(self) -> Self:
        """With `doctor_before`: the id of the doctor of the line before, where there is one."""
        before = Window(Lag("doctor_id"), partition_by=F("appointment_id"), order_by=["at", "id"])
        return self.select_related("by", "doctor__user").annotate(doctor_before=before)


class AppointmentStatusChange(Fact):
    """Who took which step, when and why. Written once; its saving is what people are told about."""

    appointment = models.ForeignKey("appointments.Appointment", on_delete=models.PROTECT, related_name="history")
    from_status = models.CharField(max_length=12, blank=True, choices=Status)
    to_status = models.CharField(max_length=12, choices=Status)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.TextField(max_length=MAX_TEXT, blank=True)
    time = models.DateTimeField(null=True, blank=True, help_text="When it was to be, from then on.")
    doctor = models.ForeignKey(
        Doctor, on_delete=models.PROTECT, related_name="+", help_text="With whom it was to be, from then on."
    )
    overbooked = models.BooleanField(default=False, help_text="Beside another visit, for the reason given.")

    objects = HistoryQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(to_status__in=Status.values) & Q(from_status__in=["", *Status.values]),
                name="status_change_in_set",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_to_status_display()} by {self.by.full_name}"

    @property
    def is_move(self) -> bool:
        """Another time and nothing else."""
        return self.from_status == self.to_status

    def doctor_until_then(self) -> Doctor:
        """With whom it was to be before this line; the same one, unless it moved to another."""
        earlier = type(self).objects.filter(appointment=self.appointment_id, pk__lt=self.pk)
        before = earlier.select_related("doctor__user").order_by("pk").last()
        return before.doctor if before else self.doctor

    @property
    def in_words(self) -> str:
        """ "Jane Smith has set it to confirmed": for a person whose page is older than this."""
        if self.is_move:
            return f"{self.by.full_name} has moved it"
        return f"{self.by.full_name} has set it to {Status(self.to_status).label.lower()}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("The history of an appointment is only ever added to.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("The history of an appointment is kept.")
