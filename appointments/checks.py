"""What a time and a text of an appointment may be, said once for every verb."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.fields import no_control_characters, sane_date
from accounts.models import Doctor, Patient, User
from accounts.refusals import NotAllowed

FURTHEST_AHEAD = timedelta(days=2 * 366)
MAX_TEXT = 2000


def check_time(field: str, time: datetime) -> None:
    """Raises ValidationError for a time that is past or further ahead than anyone plans."""
    try:
        sane_date(time)
    except ValidationError as error:
        raise ValidationError({field: error.messages}) from None
    if time <= timezone.now():
        raise ValidationError({field: "This time has passed; choose one that lies ahead."})
    if time > timezone.now() + FURTHEST_AHEAD:
        raise ValidationError({field: "Choose a time within the next two years."})


def refuse_unless_may_ask(by: User, patient: Patient, doctor: Doctor) -> None:
    """Raises NotAllowed, or ValidationError for a doctor who has left."""
    for_themselves = by.is_administrator or by.pk == patient.pk
    follow_up = by.pk == doctor.pk and Patient.objects.visible_to(by).filter(pk=patient.pk).exists()
    if not (for_themselves or follow_up):
        raise NotAllowed("You can ask for an appointment for yourself, or with yourself for a patient of yours.")
    if not doctor.user.is_active:
        raise ValidationError({"doctor": "This doctor no longer works here; choose another."})


def checked_text(field: str, text: str) -> str:
    """Raises ValidationError for a text that cannot be kept."""
    text = text.strip()
    try:
        no_control_characters(text)
    except ValidationError as error:
        raise ValidationError({field: error.messages}) from None
    if len(text) > MAX_TEXT:
        raise ValidationError({field: f"Write {MAX_TEXT} characters at most."})
    return text


def may_overbook(user: User) -> bool:
    return user.is_administrator or bool(user.doctor_or_none and user.doctor_or_none.can_overbook)


def checked_overbooking(reason: str, *, by: User) -> str:
    """Why it is to be beside another visit; nothing where it is not. Raises NotAllowed, ValidationError."""
    reason = checked_text("overbook", reason)
    if reason and not may_overbook(by):
        raise NotAllowed("Your account may not book two visits at one time. An administrator can change that.")
    return reason
