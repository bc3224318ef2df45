"""The verbs of an appointment as forms on its page: what each asks, what its button says, what it does."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from accounts.models import User
from appointments.forms import CancelForm, CompleteForm, ConfirmForm, SeenForm
from appointments.models import Appointment


@dataclass(frozen=True)
class Step:
    form: type[SeenForm]
    words: str
    act: Callable[..., None]
    patients_words: str = ""
    apart: bool = False
    """Behind a press more, so that nobody does it by mistake."""

    def said_to(self, user: User, appointment: Appointment) -> str:
        return self.patients_words if self.patients_words and user.pk == appointment.patient_id else self.words


def _check_in(appointment: Appointment, *, by: User, **_: Any) -> None:
    appointment.check_in(by=by)


STEPS: dict[str, Step] = {
    "check_in": Step(SeenForm, "The patient is here", _check_in, patients_words="I am here"),
    "confirm": Step(ConfirmForm, "Confirm the appointment", Appointment.confirm),
    "start": Step(SeenForm, "Start the visit", Appointment.start),
    "complete": Step(CompleteForm, "Complete the visit", Appointment.complete),
    "correct_no_show": Step(SeenForm, "The patient was there after all", Appointment.correct_no_show),
    "cancel": Step(CancelForm, "Cancel the appointment", Appointment.cancel, apart=True),
    "no_show": Step(SeenForm, "Record that nobody came", Appointment.mark_no_show, apart=True),
}
