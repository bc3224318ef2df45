"""Whoever is the patient gets no value from an alert about themselves: their role is no way around the release."""

from datetime import date, timedelta

import pytest

from accounts.models import Patient
from notifications import ladder
from notifications.channels import admin_channel, doctor_channel
from notifications.models import Alert, Cover, OnCall
from tests.labs.making import POTASSIUM, recorded
from tests.labs.releasing import hold
from tests.notifications.test_ladder import in_force, told

pytestmark = pytest.mark.django_db(transaction=True)
VALUE = "7.1"
PAGES = ["/notifications/alerts/", "/notifications/", "/"]


def as_patient(user):
    return Patient.objects.create(user=user, date_of_birth=date(1980, 1, 1))


@pytest.fixture
def of_doctor(cast, outbox):
    """A critical result of Dr. Brown, which Dr. Smith ordered and holds; Dr. Brown covers her and is on call."""
    in_force(Cover, doctor=cast.smith, covering=cast.brown)
    in_force(OnCall, doctor=cast.brown)
    hold(recorded(cast, patient=as_patient(cast.brown.user), by=cast.laboratory, result_data=POTASSIUM))
    return Alert.objects.get()


def test_it_passes_by_a_doctor_who_is_the_patient(cast, of_doctor):
    ladder.escalate_due(of_doctor.opened_at + timedelta(minutes=40))
    assert told(of_doctor) == [doctor_channel(cast.smith.pk)]
    assert VALUE in of_doctor.summary


def test_it_passes_by_an_administrator_who_is_the_patient(cast, outbox):
    recorded(cast, patient=as_patient(cast.admin), by=cast.laboratory, result_data=POTASSIUM)
    alert = Alert.objects.get()
    ladder.escalate_due(alert.opened_at + timedelta(minutes=40))
    assert admin_channel(cast.admin.pk) not in told(alert)


@pytest.mark.parametrize("path", PAGES)
def test_no_page_shows_it_to_who_covers_its_doctor(cast, of_doctor, signed_in, path):
    assert VALUE not in signed_in(cast.brown).get(path).content.decode()


def test_its_page_and_the_api_are_not_theirs_either(cast, of_doctor, signed_in, api):
    assert signed_in(cast.brown).get(f"/notifications/alerts/{of_doctor.pk}/").status_code == 404
    assert api(cast.brown.user).get("/api/v1/alerts").json()["results"] == []


def test_an_administrator_finds_their_own_nowhere(cast, outbox, signed_in):
    hold(recorded(cast, patient=as_patient(cast.admin), by=cast.laboratory, result_data=POTASSIUM))
    alert, client = Alert.objects.get(), signed_in(cast.admin)
    for path in [*PAGES, "/admin/notifications/alert/", f"/admin/notifications/alert/{alert.pk}/change/"]:
        assert VALUE not in client.get(path, follow=True).content.decode(), path


def test_who_ordered_it_for_themselves_answers_for_it(cast, outbox, signed_in):
    recorded(cast, patient=as_patient(cast.smith.user), doctor=cast.smith, result_data=POTASSIUM)
    assert told(Alert.objects.get()) == [doctor_channel(cast.smith.pk)]
    assert VALUE in signed_in(cast.smith).get("/notifications/alerts/").content.decode()
