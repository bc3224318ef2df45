"""The three questions of a booking: for and with whom, when, and why."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.dateparse import parse_datetime

from accounts.fields import no_control_characters, sane_date
from accounts.models import Doctor, Patient, User
from accounts.patient_field import AboutPatient, PatientField
from appointments.availability import VisitKind
from appointments.checks import MAX_TEXT


@dataclass(frozen=True)
class Choice:
    """For whom, with whom, and what kind of visit: what every step carries on."""

    patient: Patient
    doctor: Doctor
    kind: VisitKind

    def query(self, **more: Any) -> str:
        """As the part of an address after "?". No word about health is in it."""
        said = {"patient": self.patient.pk, "doctor": self.doctor.pk, "kind": self.kind.code, **more}
        return urlencode(said)


class WhoForm(AboutPatient, forms.Form):
    """The same for everyone; who may choose what is decided by `user`."""

    patient = PatientField()
    doctor = forms.ModelChoiceField(Doctor.objects.none(), empty_label="Choose a doctor")
    kind = forms.ModelChoiceField(
        VisitKind.objects.none(), label="Kind of visit", to_field_name="code", required=False, empty_label=None
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        offered: dict[str, Any] = {
            "doctor": Doctor.objects.active().select_related("user"),
            "kind": VisitKind.objects.filter(is_active=True),
        }
        for name, rows in offered.items():
            self.fields[name].queryset = rows  # type: ignore[attr-defined]
        if user.doctor_or_none:
            self.fields["doctor"].initial = user.pk
        self._leave_out_what_goes_without_saying()

    def _leave_out_what_goes_without_saying(self) -> None:
        """A doctor asks for themselves to be met, a patient to meet; who is both, or manages both, says which."""
        roles = set(self.user.roles)
        if roles == {"doctor"}:
            del self.fields["doctor"]
        elif roles == {"patient"}:
            del self.fields["patient"]

    def people(self) -> tuple[Patient, Doctor]:
        """Whom the appointment is for and with."""
        data = self.cleaned_data
        patient = data.get("patient") or self.user.patient_or_none
        return patient, data.get("doctor") or self.user.doctor_or_none  # type: ignore[return-value]

    def choice(self) -> Choice:
        patient, doctor = self.people()
        return Choice(patient, doctor, self.cleaned_data.get("kind") or VisitKind.default())


def reason_field() -> forms.CharField:
    return forms.CharField(
        label="What is it about?",
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
        validators=[no_control_characters],
        help_text="A few words are enough. Your doctor reads them before you meet.",
    )


class WhyForm(forms.Form):
    reason = reason_field()


def read_start(text: str | None) -> datetime | None:
    """The start of a slot as the pages send it; None for what is no moment that a calendar has."""
    try:
        start = parse_datetime(text or "")
        if start is None or start.tzinfo is None:
            return None
        sane_date(start)
    except (ValueError, OverflowError, forms.ValidationError):
        return None
    return start
