"""That the patient is there, and that they were after all. models.py mixes it in."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from django.db import models
from django.utils import timezone

from accounts.models import User
from accounts.refusals import IllegalStep, NotAllowed
from appointments.booked_time import occupy_again
from appointments.moving import Moving
from appointments.statuses import Status
from appointments.stepping import NOT_THEIRS, NOT_YOURS

if TYPE_CHECKING:
    from appointments.models import Appointment

NO_SHOW_CORRECTABLE = timedelta(days=1)


class Arriving(Moving):
    """Each verb has its `refuse_...`, which raises what the verb would: pages ask it what to offer."""

    checked_in_at = models.DateTimeField(null=True, blank=True, editable=False)
    checked_in_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", editable=False)
    get_status_display: Any

    class Meta:
        abstract = True

    def check_in(self, *, by: User) -> None:
        """The patient is there and waits. A fact beside the status; a second time changes nothing."""
        with self._locked(by=by, seen=None):
            self.refuse_arrival(by)
            if self.checked_in_at is None:
                self.checked_in_at, self.checked_in_by = timezone.now(), by
                self.save(update_fields=["checked_in_at", "checked_in_by"])

    def refuse_arrival(self, by: User) -> None:
        if self.status != Status.CONFIRMED:
            raise IllegalStep(f"This appointment is {self._in_words()}; one arrives for a confirmed one.")
        if by.pk != self.patient_id and not self._may(by, Status.IN_PROGRESS):
            raise NotAllowed(NOT_THEIRS)
        if timezone.localdate(self.time) != timezone.localdate():
            raise IllegalStep("This appointment is not today.")

    def correct_no_show(self, *, by: User, seen: Status | None = None) -> None:
        """The patient was there after all: confirmed again. Within a day of its recording."""
        with self._locked(by=by, seen=seen) as before:
            self.refuse_correction(by)
            occupy_again(cast("Appointment", self), self.time, by=by)
            self._become(Status.CONFIRMED, before, by=by, reason="It had been recorded as no show by mistake.")

    def refuse_correction(self, by: User) -> None:
        if self.status != Status.NO_SHOW:
            raise IllegalStep(f"This appointment is {self._in_words()}, not recorded as no show.")
        if not self._may(by, Status.CONFIRMED):
            raise NotAllowed(NOT_YOURS)
        if self._recorded_at() < timezone.now() - NO_SHOW_CORRECTABLE:
            raise IllegalStep("It was recorded more than a day ago, so it stands. Ask for a new appointment.")

    def _recorded_at(self) -> datetime:
        return self.last_change().at

    def _in_words(self) -> str:
        return Status(self.status).label.lower()
