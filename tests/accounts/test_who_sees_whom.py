"""A patient themselves, a doctor those they have something with, an administrator all, a stranger nobody."""

import pytest

from accounts.models import Patient
from prescriptions.models import Prescription
from tests.appointments.making import requested
from tests.labs.making import recorded

pytestmark = pytest.mark.django_db


def seen_by(person):
    return set(Patient.objects.visible_to(getattr(person, "user", person)))


def prescribed(cast):
    requested(cast, doctor=cast.brown)
    Prescription.issue(
        by=cast.brown.user, patient=cast.alice, medication="x", dosage="x", frequency="x", duration_days=1
    )


@pytest.mark.parametrize(
    "ground",
    [
        lambda cast: requested(cast, patient=cast.alice, doctor=cast.brown),
        lambda cast: recorded(cast, patient=cast.alice, doctor=cast.brown),
        prescribed,
    ],
    ids=["an appointment", "a result", "a prescription"],
)
def test_a_doctor_sees_a_patient_they_have_something_with(cast, ground):
    assert seen_by(cast.brown) == set()
    ground(cast)
    assert seen_by(cast.brown) == {cast.alice}
    assert seen_by(cast.smith) == set()


def test_a_patient_sees_themselves_alone(cast):
    requested(cast)
    assert seen_by(cast.alice) == {cast.alice}
    assert seen_by(cast.charlie) == {cast.charlie}


def test_an_administrator_sees_all(cast):
    assert {cast.alice, cast.bob} <= seen_by(cast.admin)


def test_somebody_deactivated_or_anonymous_sees_nobody(cast):
    from django.contrib.auth.models import AnonymousUser

    cast.alice.user.is_active = False
    assert seen_by(cast.alice) == seen_by(AnonymousUser()) == set()


BORN = ["1988-08-14", "ALICE 1988-08-14", "14 Aug 1988", "14 august 1988 alice", "14.8.1988", "johnson 14. 08. 1988"]


@pytest.mark.parametrize("words", ["Alice", "johnson", "alice johnson", *BORN])
def test_a_patient_is_found_by_name_or_birth_date(cast, words):
    alice, _ = cast.alice, cast.bob
    assert list(Patient.objects.search(words)) == [alice]


def test_a_patient_is_found_by_the_record_number_as_it_is_said(cast):
    assert cast.bob
    assert list(Patient.objects.search(cast.alice.display_id)) == [cast.alice]


@pytest.mark.parametrize(
    "words",
    [
        "9999-99-99",
        "31 Feb 1988",
        "14 Foo 1988",
        "14.13.1988",
        "14/8/1988",
        "0.0.0000",
        "\x00",
        "%",
        "_",
        "9" * 40,
        "'; drop",
        "alice bob",
    ],
)
def test_a_search_for_nonsense_finds_nobody_and_breaks_nothing(cast, words):
    assert cast.alice and cast.bob
    assert len(Patient.objects.search(words)) in (0, 2)


@pytest.mark.parametrize("path", ["patients", "doctors"])
def test_the_api_needs_a_token(api, path):
    assert api(None).get(f"/api/v1/{path}").status_code == 401


def test_the_api_lists_and_reads_those_one_may_see(cast, api):
    requested(cast)
    row = api(cast.smith).get("/api/v1/patients?q=alice").json()["results"][0]
    assert (row["id"], row["name"], row["record_number"]) == (
        str(cast.alice.pk),
        "Alice Johnson",
        cast.alice.display_id,
    )
    assert api(cast.smith).get(f"/api/v1/patients/{cast.alice.pk}").json() == row


@pytest.mark.parametrize("stranger", ["charlie", "brown", "bob"])
def test_the_stranger_gets_404(cast, api, stranger):
    requested(cast)
    client = api(getattr(cast, stranger))
    assert client.get(f"/api/v1/patients/{cast.alice.pk}").status_code == 404
    assert "Alice" not in str(client.get("/api/v1/patients?q=alice").json())


def test_everyone_signed_in_knows_the_active_doctors_but_not_their_licenses(cast, api):
    cast.brown.user.is_active = False
    assert cast.smith
    cast.brown.user.save()
    (row,) = api(cast.alice).get("/api/v1/doctors").json()["results"]
    assert (row["name"], "license_number" in row) == ("Dr. Jane Smith", False)
    assert api(cast.alice).get(f"/api/v1/doctors/{cast.brown.pk}").status_code == 404
    assert api(cast.admin).get(f"/api/v1/doctors/{cast.smith.pk}").json()["license_number"] == "L-1001"
