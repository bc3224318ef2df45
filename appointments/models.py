import uuid
from collections.abc import Callable
from datetime import datetime
from functools import partial

from django.core.validators import MaxLengthValidator
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual
from django.urls import reverse
from django.utils import timezone

from accounts.fields import no_control_characters, sane_date
from accounts.models import Doctor, Patient, User
from accounts.refusals import IllegalStep
from appointments.arrivals import Arriving
from appointments.availability import Absence, AvailabilityRule, VisitKind
from appointments.booked_time import BookedTime, TimeTaken, occupy
from appointments.calendar import is_published
from appointments.checks import MAX_TEXT, check_time, checked_overbooking, checked_text, refuse_unless_may_ask
from appointments.feeds import CalendarFeed
from appointments.freed_times import FreedTime
from appointments.history import AppointmentStatusChange
from appointments.invitations import Invitation
from appointments.querysets import AppointmentQuerySet
from appointments.reminder_preferences import ReminderPreferences
from appointments.reminders import Reminder
from appointments.returns import RequestReturn
from appointments.slot_offers import SlotOffer
from appointments.statuses import NEXT, Status
from appointments.wait_list import WaitingEntry
from appointments.waiting_times import WaitingTimes
from appointments.without_doctor_told import ToldOfLeaver

__all__ = [
    "MAX_TEXT", "Absence", "Appointment", "AppointmentStatusChange", "AvailabilityRule", "BookedTime", "CalendarFeed",
    "FreedTime", "Invitation", "Reminder", "ReminderPreferences", "RequestReturn", "SlotOffer", "TimeTaken",
    "ToldOfLeaver", "VisitKind", "WaitingEntry", "WaitingTimes",
]  # fmt: skip


class Appointment(Arriving):
    """A visit, from the wish for it to its end. Its verbs are the only way to change it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="appointments")
    doctor = models.ForeignKey(Doctor, on_delete=models.PROTECT, related_name="appointments")
    kind = models.ForeignKey(VisitKind, on_delete=models.PROTECT, related_name="+", verbose_name="kind of visit")
    status = models.CharField(max_length=12, choices=Status, default=Status.REQUESTED)
    requested_time = models.DateTimeField(validators=[sane_date])
    scheduled_time = models.DateTimeField(null=True, blank=True, validators=[sane_date])
    reason = models.TextField(max_length=MAX_TEXT, validators=[MaxLengthValidator(MAX_TEXT), no_control_characters])
    notes = models.TextField(max_length=MAX_TEXT, blank=True, validators=[no_control_characters])
    created_at = models.DateTimeField(editable=False)
    asked_at = models.DateTimeField(
        default=timezone.now, editable=False, help_text="Since when it waits for an answer."
    )

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="appointment_status_in_set"),
            models.CheckConstraint(condition=~Q(reason=""), name="appointment_has_a_reason"),
            models.CheckConstraint(
                condition=LessThanOrEqual(Length("reason"), MAX_TEXT), name="appointment_reason_fits"
            ),
            models.CheckConstraint(condition=LessThanOrEqual(Length("notes"), MAX_TEXT), name="appointment_notes_fit"),
            models.CheckConstraint(
                condition=Q(status=Status.REQUESTED, scheduled_time=None)
                | Q(status=Status.CANCELLED)
                | Q(
                    status__in=[Status.CONFIRMED, Status.IN_PROGRESS, Status.COMPLETED, Status.NO_SHOW],
                    scheduled_time__isnull=False,
                ),
                name="appointment_scheduled_once_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(checked_in_at=None, checked_in_by=None)
                | Q(checked_in_at__isnull=False, checked_in_by__isnull=False),
                name="appointment_checked_in_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["doctor", "status", "created_at"], name="appointment_worklist"),
            models.Index(fields=["asked_at"], condition=Q(status=Status.REQUESTED), name="appointment_unanswered"),
            models.Index(fields=["doctor", "scheduled_time"], name="appointment_day"),
            models.Index(fields=["patient", "-requested_time"], name="appointment_of_patient"),
        ]

    def __str__(self) -> str:
        return f"{self.patient.full_name} with {self.doctor.display_name}, {self.get_status_display()}"

    def get_absolute_url(self) -> str:
        return reverse("appointments:detail", args=[self.pk])

    # --- asking -------------------------------------------------------------------------------------
    @classmethod
    @transaction.atomic
    def request(
        cls,
        *,
        by: User,
        patient: Patient,
        doctor: Doctor,
        requested_time: datetime,
        reason: str,
        kind: VisitKind | None = None,
    ) -> "Appointment":
        """A patient asks for themselves, a doctor for a follow-up with a patient of theirs, an administrator for all.

        A slot that the doctor has published is theirs from now on; any other time is a wish that occupies nothing.
        Raises NotAllowed, TimeTaken, or ValidationError by field for input that cannot be.
        """
        refuse_unless_may_ask(by, patient, doctor)
        now = timezone.now()
        appointment = cls(
            patient=patient,
            doctor=doctor,
            kind=kind or VisitKind.default(),
            requested_time=requested_time,
            reason=reason.strip(),
            created_at=now,
            asked_at=now,
        )
        appointment.full_clean(validate_constraints=False)
        check_time("requested_time", requested_time)
        appointment.save(force_insert=True)
        if is_published(doctor, requested_time, appointment.kind):
            occupy(appointment, requested_time, by=by)
        appointment._record(None, by=by, reason="")
        return appointment

    # --- the steps: `seen` is the status that the person had before them, so that a stale page is told ---
    def confirm(
        self, *, by: User, scheduled_time: datetime | None = None, seen: Status | None = None, overbook: str = ""
    ) -> None:
        """Give it its time: the requested one unless another is named.

        Raises TimeTaken where somebody has it, unless `overbook` says why it is to be beside that, and `by` may.
        """
        reason = checked_overbooking(overbook, by=by)
        with self._step(Status.CONFIRMED, by=by, seen=seen, reason=reason, overbooked=bool(reason)):
            self._keep_its_doctor()
            wanted = scheduled_time or self.requested_time
            check_time("scheduled_time", wanted)
            self.scheduled_time = wanted
            occupy(self, wanted, by=by, overbooked=bool(reason))

    def start(self, *, by: User, seen: Status | None = None) -> None:
        """The visit begins, early if both are there."""
        with self._step(Status.IN_PROGRESS, by=by, seen=seen):
            pass

    def complete(self, *, by: User, notes: str = "", seen: Status | None = None) -> None:
        with self._step(Status.COMPLETED, by=by, seen=seen):
            self.notes = checked_text("notes", notes) or self.notes

    def cancel(self, *, by: User, reason: str = "", seen: Status | None = None) -> None:
        with self._step(Status.CANCELLED, by=by, seen=seen, reason=checked_text("reason", reason)):
            pass

    def mark_no_show(self, *, by: User, seen: Status | None = None) -> None:
        """The patient did not come. Only once the time has passed."""
        with self._step(Status.NO_SHOW, by=by, seen=seen):
            if self.checked_in_at:
                raise IllegalStep("The patient has checked in, so they did come.")
            if self.time > timezone.now():
                raise IllegalStep("The time of this appointment has not come yet, so nobody can have missed it.")

    def advance(
        self,
        to: Status,
        *,
        by: User,
        seen: Status | None = None,
        scheduled_time: datetime | None = None,
        notes: str = "",
        reason: str = "",
        overbook: str = "",
    ) -> None:
        """The verb that leads to `to`, with what is its own of the details; raises as that verb does."""
        verbs: dict[Status, Callable[..., None]] = {
            Status.CONFIRMED: partial(self.confirm, scheduled_time=scheduled_time, overbook=overbook),
            Status.IN_PROGRESS: self.start,
            Status.COMPLETED: partial(self.complete, notes=notes),
            Status.CANCELLED: partial(self.cancel, reason=reason),
            Status.NO_SHOW: self.mark_no_show,
        }
        if to not in verbs:
            raise IllegalStep("Nothing becomes a request again. Ask for a new appointment.")
        verbs[to](by=by, seen=seen)

    def steps_for(self, user: User) -> list[Status]:
        """The steps this person may take now, so that pages offer no other."""
        return [to for to in NEXT[Status(self.status)] if self._may(user, to) and self._goes_now(to)]

    def _goes_now(self, to: Status) -> bool:
        if to == Status.CONFIRMED:
            return self.doctor.user.is_active
        return to != Status.NO_SHOW or (self.time <= timezone.now() and self.checked_in_at is None)
