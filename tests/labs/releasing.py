"""Results that their patient sees at once, later, or not yet."""

from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from django.utils import timezone

from labs.waits import choose_release
from tests.labs.making import recorded

WHY = "Has said twice that he would harm himself over a bad result"
SECRET = {"Potassium": {"value": "5.13", "unit": "mmol/L"}}


@contextmanager
def clock(days):
    """Everything inside happens then."""
    moment = timezone.now() + timedelta(days=days)
    with patch.object(timezone, "now", lambda: moment):
        yield moment


def hold(result, by=None, *, days=3, **asked):
    asked = {"basis": "life_or_safety", "reason": WHY, "ends_at": timezone.now() + timedelta(days=days), **asked}
    return result.hold(by=by or result.doctor.user, **asked)


def chose(patient, *categories):
    choose_release(patient, categories, by=patient.user)


def waiting(cast, **asked):
    """A result that Bob wants to see after the doctor's comment."""
    chose(cast.bob, "chemistry")
    return recorded(cast, **{"result_data": SECRET, **asked})
