"""An alert beside the form is a row before anything is asked for, and one question however often it is asked."""

import pytest

from prescriptions.models import RecordedCheck, ShownAlert
from tests.appointments.making import requested, words_of
from tests.at_once import at_once
from tests.prescriptions.answering import ANTICOAGULANT, MAOI, NSAID, SSRI, answers, prescribe, rows, stopped

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rules")]
CHECK = "/prescriptions/partials/check/"


@pytest.fixture
def smith(cast):
    requested(cast)
    return cast.smith


def look(client, patient, medication):
    return client.post(CHECK, {"patient": str(patient.pk), "medication": medication})


def test_it_is_kept_once_however_often_the_page_asks(cast, smith, signed_in):
    prescribe(smith, cast.alice, MAOI)
    for _ in range(3):
        assert look(signed_in(smith), cast.alice, SSRI).status_code == 200
    kept = RecordedCheck.objects.get(prescription=None)
    assert (kept.by, kept.patient, kept.medication) == (smith.user, cast.alice, SSRI)
    assert rows() == [(SSRI, "contraindicated", "shown")]


def test_what_is_asked_for_afterwards_follows_it(cast, smith, signed_in):
    prescribe(smith, cast.alice, ANTICOAGULANT)
    look(signed_in(smith), cast.alice, NSAID)
    prescribe(smith, cast.alice, NSAID, answers(cast.alice, NSAID))
    (end,) = ShownAlert.objects.filter(followed_by=None)
    assert (end.outcome, end.follows.outcome) == ("overridden", "shown")


def test_after_a_stop_the_same_alert_beside_the_form_is_no_new_question(cast, smith, signed_in):
    prescribe(smith, cast.alice, MAOI)
    signed_in(smith).post(
        "/prescriptions/new/",
        {"patient": str(cast.alice.pk), "medication": SSRI, "dosage": "20 mg", "frequency": "daily",
         "duration_days": 7, "refills_remaining": 0},
    )  # fmt: skip
    look(signed_in(smith), cast.alice, SSRI)
    assert rows() == [(SSRI, "contraindicated", "stopped")]


def test_a_stop_stays_the_end_of_its_question_when_something_else_is_shown_with_it(cast, smith, signed_in):
    prescribe(smith, cast.alice, ANTICOAGULANT)
    stopped(smith, cast.alice, NSAID)
    look(signed_in(smith), cast.alice, f"{NSAID} and aspirin")
    ends = ShownAlert.objects.filter(followed_by=None, about__contains="ibuprofen")
    assert "stopped" in {row.outcome for row in ends if "warfarin" in row.about}
    assert ShownAlert.objects.filter(outcome="shown").exists()


def test_an_address_keeps_nothing(cast, smith, signed_in):
    prescribe(smith, cast.alice, MAOI)
    page = signed_in(smith).get("/prescriptions/new/", {"patient": str(cast.alice.pk), "medication": SSRI})
    assert "Contraindicated" in words_of(page)
    assert not ShownAlert.objects.exists()


@pytest.mark.parametrize("medication", ["paracetamol", "warf", "", "Grandmother's drops", "x" * 300, "fluox\x00etine"])
def test_where_nothing_speaks_against_what_is_typed_nothing_is_kept(cast, smith, signed_in, medication):
    prescribe(smith, cast.alice, MAOI)
    assert look(signed_in(smith), cast.alice, medication).status_code == 200
    assert not ShownAlert.objects.exists()


def test_control_characters_in_what_is_typed_break_nothing(cast, smith, signed_in):
    prescribe(smith, cast.alice, MAOI)
    assert look(signed_in(smith), cast.alice, "\x00fluoxetine\x07 20 mg").status_code == 200
    assert [severity for _, severity, _ in rows()] == ["contraindicated"]


def test_without_a_patient_there_is_nobody_of_whom_to_keep_it(cast, smith, signed_in):
    signed_in(smith).post(CHECK, {"medication": "Tylenol and paracetamol and warfarin and ibuprofen"})
    assert not RecordedCheck.objects.exists()


def test_of_a_patient_whom_one_does_not_treat_nothing_is_kept(cast, smith, signed_in):
    prescribe(smith, cast.alice, MAOI)
    look(signed_in(cast.brown), cast.alice, SSRI)
    assert not ShownAlert.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_tabs_that_ask_at_once_are_one_question(cast, smith, signed_in):
    prescribe(smith, cast.alice, MAOI)
    client = signed_in(smith)
    assert {answer.status_code for answer in at_once(*[lambda: look(client, cast.alice, SSRI)] * 4)} == {200}
    assert rows() == [(SSRI, "contraindicated", "shown")]
