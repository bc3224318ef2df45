"""The search behind every form that asks for a patient: who is found, how namesakes are told apart, what it costs."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Patient, User
from accounts.patient_choice import MOST_HITS
from appointments.models import Appointment
from tests.appointments.making import in_days, requested, words_of
from tests.appointments.opening import consultation
from tests.cast import make_patient

pytestmark = pytest.mark.django_db
FOUND = "/account/patients/found/"
MANY = 2000


def hits(answer):
    return answer.context["hits"]


def names(answer):
    return [patient.full_name for patient, _ in hits(answer)]


@pytest.mark.parametrize("words", ["ali", "JOHNSON", "johnson alice", "1988-08-14", " alice  1988-08-14 ", "{number}"])
def test_a_doctor_finds_whom_they_treat_by_name_birth_date_and_record_number(cast, signed_in, words):
    requested(cast)
    answer = signed_in(cast.smith).post(FOUND, {"q": words.format(number=cast.alice.display_id)})
    assert names(answer) == ["Alice Johnson"]


@pytest.mark.parametrize(
    "words, is_named", [("alice johnson", True), ("{number}", True), ("ali", False), ("son", False)]
)
def test_a_hit_says_whether_the_words_name_it(cast, signed_in, words, is_named):
    requested(cast)
    page = signed_in(cast.smith).post(FOUND, {"q": words.format(number=cast.alice.display_id)})
    assert ("data-named" in words_of(page)) == is_named


def test_namesakes_are_told_apart_by_birth_date_and_record_number(cast, signed_in):
    namesake = make_patient("alice.2@example.com", "Alice", "Johnson", date(1951, 3, 9))
    assert cast.alice
    page = words_of(signed_in(cast.admin).post(FOUND, {"q": "alice johnson"}))
    for patient, born in [(cast.alice, "born 14 Aug 1988"), (namesake, "born 9 Mar 1951")]:
        option = next(part for part in page.split("<li ") if str(patient.pk) in part)
        assert born in option
        assert f"ID {patient.display_id}" in option
    assert "data-named" not in page


@pytest.mark.parametrize("stranger", ["charlie", "bob", "brown", "laboratory"])
def test_a_strangers_patient_never_appears(cast, signed_in, stranger):
    requested(cast)
    for words in ("alice", "1988-08-14", cast.alice.display_id):
        answer = signed_in(getattr(cast, stranger)).post(FOUND, {"q": words})
        assert "Alice" not in words_of(answer)
        assert str(cast.alice.pk) not in words_of(answer)


def test_words_go_in_a_body_and_only_from_somebody_who_is_signed_in(cast, client, signed_in):
    assert client.post(FOUND, {"q": "alice"}).url.startswith("/account/sign-in/")
    assert signed_in(cast.admin).get(FOUND, {"q": "alice"}).status_code == 405


@pytest.mark.parametrize("words", ["", "a", "\x00", "²", "٣" * 30, "%", "x" * 5000, "9999-99-99", "zz zz zz"])
def test_what_names_nobody_finds_nobody_and_breaks_nothing(cast, signed_in, words):
    assert cast.alice
    client = signed_in(cast.admin)
    assert names(client.post(FOUND, {"q": words})) == []
    assert client.get("/patients/", {"q": words}).status_code == 200


def test_what_is_written_there_is_text_to_the_page(cast, signed_in):
    make_patient("x@example.com", "<b>Bo", '"Quote')
    page = signed_in(cast.admin).post(FOUND, {"q": "<b>"}).content.decode()
    assert "<b>" not in page
    assert "&lt;b&gt;Bo" in page


def crowd(cast):
    """2,000 patients of Dr. Smith's, as rows: one by one they would take minutes."""
    people = [User(email=f"p{at}@example.com", first_name=f"P{at}", last_name="Miller") for at in range(MANY)]
    patients = [Patient(user=one, date_of_birth=date(1970, 1, 1)) for one in User.objects.bulk_create(people)]
    said = {"doctor": cast.smith, "kind": consultation(), "requested_time": in_days(3), "reason": "Checkup"}
    visits = [Appointment(patient=one, created_at=timezone.now(), **said) for one in patients]
    Patient.objects.bulk_create(patients)
    Appointment.objects.bulk_create(visits)


def queries_of(ask):
    with CaptureQueriesContext(connection) as context:
        answer = ask()
    return len(context), answer


def test_among_2000_patients_a_search_costs_no_query_more_and_shows_twelve(cast, signed_in):
    client = signed_in(cast.smith)
    few, _ = queries_of(lambda: client.post(FOUND, {"q": "miller"}))
    crowd(cast)
    many, answer = queries_of(lambda: client.post(FOUND, {"q": "miller"}))
    assert (many, len(hits(answer))) == (few, MOST_HITS)
    assert "More than 12 are found" in words_of(answer)
    assert len(answer.content) < 6_000


BY_WHOM = [
    ("smith", "/prescriptions/new/"),
    ("smith", "/lab-results/new/"),
    ("admin", "/appointments/new/"),
]


@pytest.mark.parametrize("who, path", BY_WHOM)
def test_among_2000_patients_a_form_has_none_of_them_and_costs_no_query_more(cast, signed_in, who, path):
    client, asked = signed_in(getattr(cast, who)), {"patient-words": "miller", "find": "1"}
    few = [queries_of(ask)[0] for ask in (lambda: client.get(path), lambda: client.post(path, asked))]
    crowd(cast)
    fresh, page = queries_of(lambda: client.get(path))
    found, hit = queries_of(lambda: client.post(path, asked))
    assert [fresh, found] == few
    assert "Miller" not in words_of(page)
    assert words_of(hit).count("Miller") == MOST_HITS
