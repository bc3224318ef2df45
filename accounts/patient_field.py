"""The one way in which a form asks for a patient: a search, with the one who is chosen in plain sight."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms.utils import ErrorDict
from django.urls import reverse_lazy
from django.utils.safestring import mark_safe

from accounts.models import Patient, User
from accounts.patient_choice import LONGEST_WORDS, Answer, Said, number_and_name, tidy, whom

FIND = "find"
HINT = mark_safe(
    'A name, a birth date (<span class="nowrap">3 May 1961</span>) or an ID (<span class="nowrap">40-0001</span>).'
)


def said_in(data: Mapping[str, Any], name: str = "patient") -> Said:
    """What a form that was sent says about its patient."""
    words, shown_for = (tidy(data.get(f"{name}-{part}")) for part in ("words", "shown-for"))
    return Said(str(data.get(name) or ""), words, shown_for)


class PatientPicker(forms.Widget):
    """Needs its `user` set: whoever they may not see is neither shown nor found."""

    template_name = "ui/patient_picker.html"
    user: User

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Said:
        return said_in(data, name)

    def use_required_attribute(self, initial: Any) -> bool:
        return False  # the field of words may be empty where somebody is chosen

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        said = value if isinstance(value, Said) else Said(str(getattr(value, "pk", value) or ""))
        answer = whom(self.user, said)
        words = said.words or (number_and_name(answer.patient) if answer.patient else "")
        is_error = "aria-invalid" in (attrs or {})
        return {
            **super().get_context(name, value, attrs),
            "words": words,
            "chosen": answer.patient,
            "choices": [answer.patient] if answer.patient else answer.offered,
            "note": answer.problem if said.words and not is_error else "",
            "url": reverse_lazy("accounts:patients_found"),
            "longest": LONGEST_WORDS,
        }


class PatientField(forms.Field):
    widget = PatientPicker

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label="Patient", help_text=HINT, **kwargs)

    def clean(self, value: Said) -> Patient:
        answer: Answer = whom(self.widget.user, value)
        if answer.patient is None or answer.problem:
            raise forms.ValidationError(answer.problem)
        return answer.patient


class AboutPatient(forms.BaseForm):
    """A form with a `patient`. The buttons `only_showing` show it again with all that was typed, and send nothing."""

    only_showing = frozenset({FIND})

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["patient"].widget.user = user

    @property
    def is_only_shown(self) -> bool:
        return self.is_bound and bool(self.only_showing & self.data.keys())

    def is_valid(self) -> bool:
        return super().is_valid() and not self.is_only_shown

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_only_shown:
            self._errors = ErrorDict(renderer=self.renderer)
