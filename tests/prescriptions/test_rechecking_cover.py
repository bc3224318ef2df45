"""Where the prescriber is away, or has left, the news of a re-check comes to somebody who is there."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Patient
from notifications.channels import admin_channel, doctor_channel
from notifications.models import Cover, Notification
from prescriptions.models import Allergy
from prescriptions.rechecking import recheck
from tests.prescriptions.test_issue import issued
from tests.prescriptions.test_rechecking import allergic

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rules")]


def told():
    """The streams that a re-check wrote to."""
    return sorted(Notification.objects.filter(type="prescription_alert").values_list("stream_id", flat=True))


def covered(cast, by):
    now = timezone.now()
    Cover.objects.create(doctor=cast.smith, covering=by, begins=now, ends=now + timedelta(days=14))


def left(doctor):
    doctor.user.is_active = False
    doctor.user.save()


def page(cast):
    return reverse("prescriptions:of_patient", args=[cast.alice.pk])


def test_who_covers_the_prescriber_is_told_as_well(cast):
    issued(cast, medication="amoxicillin")
    covered(cast, cast.brown)
    allergic(cast)
    recheck(cast.alice.pk)
    assert told() == sorted([doctor_channel(cast.smith.pk), doctor_channel(cast.brown.pk)])


def test_the_cover_sees_the_patient_as_long_as_it_is_taken(cast, signed_in):
    prescription = issued(cast, medication="amoxicillin")
    covered(cast, cast.brown)
    assert signed_in(cast.brown).get(page(cast)).status_code == 404
    allergic(cast)
    recheck(cast.alice.pk)
    assert signed_in(cast.brown).get(page(cast)).status_code == 200
    assert signed_in(cast.stranger).get(page(cast)).status_code == 404
    prescription.stop(by=cast.smith.user, reason="Allergy")
    assert signed_in(cast.brown).get(page(cast)).status_code == 404


def test_the_cover_who_stopped_it_goes_on_seeing_what_became_of_it(cast, signed_in):
    prescription = issued(cast, medication="amoxicillin")
    covered(cast, cast.brown)
    allergic(cast)
    recheck(cast.alice.pk)
    prescription.stop(by=cast.brown.user, reason="Allergy")
    assert signed_in(cast.brown).get(page(cast)).status_code == 200


def test_a_cover_who_is_the_patient_is_not_told(cast):
    themself = Patient.objects.create(user=cast.brown.user, date_of_birth=date(1980, 1, 1), sex="unknown")
    issued(cast, medication="amoxicillin", patient=themself)
    covered(cast, cast.brown)
    Allergy.record(by=cast.smith.user, patient=themself, substance="penicillin")
    recheck(themself.pk)
    assert told() == [doctor_channel(cast.smith.pk)]


def test_of_a_prescriber_who_has_left_the_cover_is_told_and_nobody_else(cast):
    issued(cast, medication="amoxicillin")
    allergic(cast)
    covered(cast, cast.brown)
    left(cast.smith)
    cast.admin  # noqa: B018  # is there
    recheck(cast.alice.pk)
    assert told() == [doctor_channel(cast.brown.pk)]


def test_of_a_prescriber_who_has_left_without_cover_the_administrators_are_told(cast, signed_in):
    issued(cast, medication="amoxicillin")
    allergic(cast)
    left(cast.smith)
    admin = cast.admin
    recheck(cast.alice.pk)
    assert told() == [admin_channel(admin.pk)]
    assert signed_in(admin).get(page(cast)).status_code == 200
