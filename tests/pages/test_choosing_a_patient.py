"""Every form that asks for a patient, without scripts: by words, by one of those found, never by a guess."""

import pytest

from accounts.patient_choice import number_and_name
from appointments.models import Appointment, WaitingEntry
from labs.models import LabOrder, LabResult
from prescriptions.models import Prescription
from tests.appointments.making import at, requested, words_of
from tests.appointments.opening import consultation, office_hours
from tests.cast import NOBODYS_ID
from tests.choosing import chosen_on, offered_on, words_on

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rules")]
VALUES = {
    "form-TOTAL_FORMS": "1",
    "form-INITIAL_FORMS": "0",
    "form-0-name": "Sodium",
    "form-0-value": "140",
}
MEDICATION = {"medication": "paracetamol", "dosage": "1 g", "frequency": "daily", "duration_days": 5}
FORMS = {
    "/appointments/new/wish/": {"requested_time": at(3), "reason": "Knee", "kind": "consultation"},
    "/appointments/wait-list/join/": {"reason": "Knee", "kind": "consultation"},
    "/prescriptions/new/": {**MEDICATION, "refills_remaining": 0},
    "/lab-results/orders/new/": {"test_type": "TSH", "priority": "routine", "reason": "Tired"},
    "/lab-results/new/": {"test_type": "BMP", **VALUES},
}
"""What else each form is sent with."""
WHO = "/appointments/new/"


@pytest.fixture
def client(cast, signed_in):
    requested(cast)
    requested(cast, patient=cast.bob)
    consultation()
    office_hours(cast.smith)
    return signed_in(cast.smith)


def filled(cast, path, **more):
    doctor = {"doctor": str(cast.smith.pk)} if path == "/lab-results/new/" else {}
    return {**FORMS[path], **doctor, **more}


def made(patient):
    """How much was written for the patient by the forms; one request is there already."""
    rows = [Appointment, WaitingEntry, Prescription, LabOrder, LabResult]
    return sum(model.objects.filter(patient=patient).count() for model in rows)


@pytest.mark.parametrize("path", FORMS)
def test_whoever_the_words_alone_name_is_shown_first_and_taken_when_the_form_is_sent_again(cast, client, path):
    before = made(cast.alice)
    sent = filled(cast, path, **{"patient-words": "alice johnson"})
    shown = client.post(path, sent)
    page = words_of(shown)
    assert (shown.status_code, made(cast.alice)) == (400, before)
    assert "Look whether this is the right person before you send the form." in page
    assert offered_on(shown) == {str(cast.alice.pk): f"Alice Johnson born 14 Aug 1988 ID {cast.alice.display_id}"}
    assert (chosen_on(shown), words_on(shown)) == (str(cast.alice.pk), "alice johnson")
    for name in {"medication", "dosage", "reason", "test_type", "form-0-name"} & sent.keys():
        assert sent[name] in page
    seen = {"patient": str(cast.alice.pk), "patient-shown-for": "alice johnson"}
    assert client.post(path, {**sent, **seen}).status_code == 302
    assert made(cast.alice) == before + 1


@pytest.mark.parametrize("path", FORMS)
def test_find_shows_who_is_found_keeps_what_is_typed_and_sends_nothing(cast, client, path):
    before = made(cast.alice)
    sent = filled(cast, path, **{"patient-words": "son", "find": "1"})
    answer = client.post(path, sent)
    page = words_of(answer)
    assert answer.status_code == 200
    assert set(offered_on(answer)) == {str(cast.alice.pk), str(cast.bob.pk)}
    assert offered_on(answer)[str(cast.alice.pk)] == f"Alice Johnson born 14 Aug 1988 ID {cast.alice.display_id}"
    assert (chosen_on(answer), words_on(answer)) == (None, "son")
    assert "2 patients are found" in page
    assert 'class="error"' not in page
    for name in {"medication", "dosage", "reason", "test_type", "form-0-name"} & sent.keys():
        assert sent[name] in page
    assert made(cast.alice) == before


@pytest.mark.parametrize("path", FORMS)
def test_find_is_no_mistake_in_a_form_that_is_empty_yet(cast, client, path):
    blank = {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "patient-words": "alice johnson", "find": "1"}
    answer = client.post(path, blank)
    assert answer.status_code == 200
    assert 'class="error"' not in words_of(answer)
    assert chosen_on(answer) == str(cast.alice.pk)


@pytest.mark.parametrize("path", FORMS)
def test_one_of_those_found_is_chosen_and_named_beside_the_form(cast, client, path):
    said = {"patient-words": "son", "patient-shown-for": "son", "patient": str(cast.alice.pk)}
    before = made(cast.alice)
    again = client.post(path, {**filled(cast, path), **said, "find": "1"})
    assert chosen_on(again) == str(cast.alice.pk)
    assert client.post(path, {**filled(cast, path), **said}).status_code == 302
    assert made(cast.alice) == before + 1


@pytest.mark.parametrize("path", FORMS)
def test_several_are_asked_for_again_with_all_that_was_typed(cast, client, path):
    before = made(cast.alice) + made(cast.bob)
    sent = filled(cast, path, **{"patient-words": "son"})
    answer = client.post(path, sent)
    page = words_of(answer)
    assert (answer.status_code, len(offered_on(answer)), chosen_on(answer)) == (400, 2, None)
    assert "2 patients are found for “son”. Choose one of them." in page
    assert 'id="id_patient-error"' in page
    assert words_on(answer) == "son"
    for name in {"medication", "dosage", "reason", "test_type", "form-0-name"} & sent.keys():
        assert sent[name] in page
    assert made(cast.alice) + made(cast.bob) == before


@pytest.mark.parametrize("path", FORMS)
def test_the_stranger_is_neither_found_nor_taken(cast, client, path):
    before = made(cast.charlie)
    for said in ({"patient": str(cast.charlie.pk)}, {"patient-words": cast.charlie.display_id}):
        answer = client.post(path, filled(cast, path, **said))
        assert (answer.status_code, offered_on(answer), "Charlie" in words_of(answer)) == (400, {}, False)
    assert made(cast.charlie) == before


@pytest.mark.parametrize("path", [WHO, *FORMS])
def test_a_link_from_the_patients_page_chooses_them(cast, client, path):
    answer = client.get(path, {"patient": str(cast.alice.pk)})
    assert offered_on(answer)[str(cast.alice.pk)].startswith("Alice Johnson born 14 Aug 1988")
    assert (chosen_on(answer), words_on(answer)) == (str(cast.alice.pk), number_and_name(cast.alice))
    for nobody in (cast.charlie.pk, NOBODYS_ID, "x", "\x00"):
        answer = client.get(path, {"patient": str(nobody)})
        assert (answer.status_code, chosen_on(answer), "Charlie" in words_of(answer)) == (200, None, False)


def test_booking_leads_on_with_ids_and_never_with_what_was_typed(cast, client):
    kind = {"kind": "consultation", "from": "2030-01-07"}
    seen = {"patient": str(cast.alice.pk), "patient-words": "Alice Johnson", "patient-shown-for": "Alice Johnson"}
    answer = client.post(WHO, {**kind, **seen})
    assert answer.url.startswith("/appointments/new/when/?")
    assert f"patient={cast.alice.pk}" in answer.url
    assert "from=2030-01-07" in answer.url
    assert "Johnson" not in answer.url
    again = client.post(WHO, {**kind, "patient-words": "son"})
    assert (again.status_code, len(offered_on(again))) == (400, 2)
    assert 'name="from" value="2030-01-07"' in words_of(again)
    found = client.post(WHO, {**kind, "patient-words": "son", "find": "1"})
    assert (found.status_code, len(offered_on(found))) == (200, 2)


def test_the_check_beside_the_form_is_about_whom_the_words_name_and_nobody_else(cast, client):
    check = "/prescriptions/partials/check/"
    asked = {"medication": "paracetamol"}
    named = words_of(client.post(check, {**asked, "patient-words": "alice johnson"}))
    assert "Alice Johnson" in named
    for said in ({"patient-words": "alice"}, {"patient": str(cast.alice.pk), "patient-words": "Bob Wilson"}):
        assert "no patient is chosen" in words_of(client.post(check, {**asked, **said}))
