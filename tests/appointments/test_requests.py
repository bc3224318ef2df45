"""Who may ask for what, and what cannot be asked."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.refusals import NotAllowed
from appointments.models import Appointment
from tests.appointments.making import in_days, in_status, requested

pytestmark = pytest.mark.django_db


def test_a_patient_asks_and_nothing_is_scheduled_yet(cast):
    appointment = requested(cast)
    assert (appointment.status, appointment.scheduled_time) == ("requested", None)


def test_a_doctor_books_a_follow_up_for_a_patient_of_theirs(cast):
    requested(cast)
    follow_up = Appointment.request(
        by=cast.smith.user, patient=cast.alice, doctor=cast.smith, requested_time=in_days(5), reason="Again"
    )
    assert follow_up.history.get().by == cast.smith.user


@pytest.mark.parametrize("who", ["brown", "bob", "charlie"])
def test_nobody_asks_for_somebody_else(cast, who):
    with pytest.raises(NotAllowed):
        Appointment.request(
            by=getattr(cast, who).user,
            patient=cast.alice,
            doctor=cast.smith,
            requested_time=in_days(5),
            reason="x",
        )
    assert not Appointment.objects.exists()


@pytest.mark.parametrize(
    "field, value",
    [
        ("requested_time", in_days(-0.01)),
        ("requested_time", in_days(800)),
        ("requested_time", datetime(1, 1, 1, tzinfo=UTC)),
        ("requested_time", datetime(9999, 12, 31, tzinfo=UTC)),
        ("reason", ""),
        ("reason", "   \n"),
        ("reason", "x" * 2001),
        ("reason", "a\x00b"),
    ],
)
def test_what_cannot_be_asked_names_its_field(cast, field, value):
    with pytest.raises(ValidationError) as error:
        requested(cast, **{field: value})
    assert field in error.value.message_dict
    assert not Appointment.objects.exists()


def test_a_reason_of_two_thousand_characters_is_fine(cast):
    assert len(requested(cast, reason="x" * 2000).reason) == 2000


def test_a_doctor_who_left_cannot_be_asked(cast):
    cast.smith.user.is_active = False
    cast.smith.user.save()
    with pytest.raises(ValidationError, match="no longer works here"):
        requested(cast)


@pytest.mark.parametrize(
    "change",
    [
        {"status": "asleep"},
        {"reason": ""},
        {"reason": "x" * 2001},
        {"notes": "x" * 2001},
        {"status": "confirmed"},
        {"scheduled_time": in_days(1)},
    ],
)
def test_the_database_knows_the_rules_too(cast, change):
    appointment = requested(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.filter(pk=appointment.pk).update(**change)


def test_todays_list_is_the_clinics_day_and_not_what_was_only_asked_for(cast, settings):
    settings.TIME_ZONE = "Pacific/Auckland"
    appointment = in_status(cast, "confirmed")
    assert not Appointment.objects.today_of(cast.smith).exists()
    from django.utils import timezone

    noon = timezone.localtime().replace(hour=12)
    Appointment.objects.filter(pk=appointment.pk).update(scheduled_time=noon)
    assert Appointment.objects.today_of(cast.smith).get() == appointment
