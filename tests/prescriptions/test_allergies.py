"""What a patient does not tolerate: who records it, who reads it, and that it is never rewritten."""

import uuid

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.refusals import IllegalStep, NotAllowed
from prescriptions.models import Allergy, AllergyEnd, Ingredient
from tests.appointments.making import requested
from tests.prescriptions.book import seed_book

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rules")]


@pytest.fixture
def url(cast):
    requested(cast)
    return f"/api/v1/patients/{cast.alice.pk}/allergies"


def recorded(cast, substance="Penicillin", **how):
    return Allergy.record(by=cast.admin, patient=cast.alice, substance=substance, **how)


@pytest.mark.parametrize(
    "substance, code",
    [
        ("Penicillin", "class:Penicillins"),
        ("sulfa", "class:Sulfonamide antibiotics and sulfasalazine"),
        ("Acetaminophen", "ingredient:paracetamol"),
        ("Ibuprofen 400 mg tablets", "ingredient:ibuprofen"),
        ("strawberries", ""),
        ("penicilin", ""),
        ("co-amoxiclav", ""),
    ],
)
def test_a_substance_is_coded_if_it_is_exactly_known_and_kept_as_said(cast, substance, code):
    allergy = recorded(cast, substance)
    assert (allergy.code, allergy.substance) == (code, substance)


def test_an_allergy_is_never_rewritten(cast):
    allergy = recorded(cast)
    with pytest.raises(TypeError):
        allergy.save()
    end = allergy.end_now(by=cast.admin, reason="Tested")
    with pytest.raises(TypeError):
        end.save()
    assert list(Allergy.objects.current()) == []
    assert list(Allergy.objects.all()) == [allergy]


def test_it_ends_once_and_with_a_reason(cast):
    allergy = recorded(cast)
    for nothing in (" ", "\u200b", "."):
        with pytest.raises(ValidationError, match="Say why"):
            allergy.end_now(by=cast.admin, reason=nothing)
    allergy.enter_in_error(by=cast.admin, reason="Wrong patient")
    with pytest.raises(IllegalStep):
        allergy.end_now(by=cast.admin, reason="Again")


@pytest.mark.parametrize("who", ["alice", "charlie"])
def test_patients_record_none(cast, who):
    with pytest.raises(NotAllowed):
        Allergy.record(by=getattr(cast, who).user, patient=cast.alice, substance="Penicillin")


def test_a_doctor_records_for_those_they_treat_only(cast):
    with pytest.raises(NotAllowed):
        Allergy.record(by=cast.brown.user, patient=cast.alice, substance="Penicillin")
    with pytest.raises(NotAllowed):
        recorded(cast).end_now(by=cast.brown.user, reason="Tested")


def test_the_database_refuses_what_cannot_be(cast):
    allergy = recorded(cast)
    ingredient = Ingredient.objects.first()
    for change in ({"ingredient": ingredient}, {"severity": "awful"}, {"substance": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Allergy.objects.filter(pk=allergy.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        AllergyEnd.objects.create(allergy=allergy, kind="gone", reason="x", by=cast.admin, at=allergy.recorded_at)


def test_rest_a_doctor_records_and_those_concerned_read(cast, api, url):
    body = {"substance": "Penicillin", "reaction": "rash", "severity": "severe"}
    answer = api(cast.smith).post(url, body)
    assert answer.status_code == 201
    assert answer.json()["code"] == "class:Penicillins"
    assert answer.json()["recorded_by"]["name"] == "Jane Smith"
    for person in (cast.alice, cast.smith, cast.admin):
        (row,) = api(person).get(url).json()["results"]
        assert (row["substance"], row["severity"], row["end"]) == ("Penicillin", "severe", None)
        assert api(person).get(f"/api/v1/allergies/{row['id']}").json() == row


def test_rest_an_unknown_substance_is_kept_uncoded_with_what_may_have_been_meant(cast, api, url):
    body = api(cast.smith).post(url, {"substance": "amoxicilin"}).json()
    assert (body["code"], body["suggestions"][0]) == (None, "amoxicillin")


def test_rest_a_product_of_several_ingredients_is_uncoded_and_names_them(cast, api, url):
    body = api(cast.smith).post(url, {"substance": "Bactrim"}).json()
    assert (body["code"], body["suggestions"]) == (None, ["sulfamethoxazole", "trimethoprim"])


@pytest.mark.parametrize("stranger", ["charlie", "bob", "brown", "laboratory"])
def test_rest_the_stranger_sees_nothing_and_changes_nothing(cast, api, url, stranger):
    allergy, client = recorded(cast), api(getattr(cast, stranger))
    assert client.get(url).status_code == client.post(url, {"substance": "Latex"}).status_code == 404
    assert client.get(f"/api/v1/allergies/{allergy.pk}").status_code == 404
    for verb in ("end", "entered-in-error"):
        assert client.post(f"/api/v1/allergies/{allergy.pk}/{verb}", {"reason": "x"}).status_code == 404
    assert list(Allergy.objects.current()) == [allergy]


def test_rest_a_patient_reads_and_does_not_write(cast, api, url):
    allergy = recorded(cast)
    assert api(cast.alice).post(url, {"substance": "Latex"}).status_code == 403
    assert api(cast.alice).post(f"/api/v1/allergies/{allergy.pk}/end", {"reason": "x"}).status_code == 403


@pytest.mark.parametrize("verb, kind", [("end", "ended"), ("entered-in-error", "entered_in_error")])
def test_rest_it_leaves_the_list_with_a_reason_and_stays_readable(cast, api, url, verb, kind):
    allergy, client = recorded(cast), api(cast.smith)
    assert client.post(f"/api/v1/allergies/{allergy.pk}/{verb}", {}).status_code == 400
    answer = client.post(f"/api/v1/allergies/{allergy.pk}/{verb}", {"reason": "Challenge was negative"})
    assert (answer.status_code, answer.json()["end"]["kind"]) == (200, kind)
    assert client.post(f"/api/v1/allergies/{allergy.pk}/{verb}", {"reason": "Again"}).status_code == 409
    assert client.get(url).json()["results"] == []
    (row,) = client.get(f"{url}?all=true").json()["results"]
    assert row["end"]["reason"] == "Challenge was negative"


@pytest.mark.parametrize(
    "field, value",
    [("substance", ""), ("substance", 5), ("substance", "x" * 201), ("reaction", "a\x00"), ("severity", "awful")],
)
def test_rest_bad_input_is_400_and_names_the_field(cast, api, url, field, value):
    answer = api(cast.smith).post(url, {"substance": "Penicillin", field: value}, format="json")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])


def test_rest_reading_many_takes_as_many_queries_as_reading_one(cast, api, url, django_assert_max_num_queries):
    for substance in ("penicillin", "aspirin", "berries", "ibuprofen"):
        recorded(cast, substance)
    client = api(cast.smith)
    with django_assert_max_num_queries(8):
        assert len(client.get(url).json()["results"]) == 4


def test_rest_there_is_no_patient_without_a_proper_id(cast, api):
    for pk in ("x", uuid.uuid4()):
        assert api(cast.admin).get(f"/api/v1/patients/{pk}/allergies").status_code == 404


@pytest.mark.parametrize(
    "typed, meant", [("penicilin", "Penicillins"), ("sulfonamid", "Sulfonamide"), ("warfrin", "warfarin")]
)
def test_a_mistyped_family_is_suggested_before_one_of_its_drugs(typed, meant):
    assert seed_book().close_to_substance(typed)[0].startswith(meant)


@pytest.mark.parametrize("typed", ["iodine", "latex", "peanuts"])
def test_what_is_no_drug_is_not_taken_for_one_that_sounds_like_it(typed):
    assert seed_book().close_to_substance(typed) == []


def test_a_word_of_a_name_leads_to_that_name_and_to_none_that_sounds_like_it():
    assert seed_book().close_to_substance("contrast") == ["iodinated contrast"]


def test_families_are_offered_and_groups_that_only_interact_alike_are_not():
    offered = set(seed_book().substances)
    assert {"Penicillins", "NSAIDs including COX-2 inhibitors", "Opioids", "Statins", "amoxicillin"} <= offered
    groups = ("Strong CYP3A4 inhibitors", "High-risk QT-prolonging drugs", "Serotonergic opioids")
    assert offered.isdisjoint(groups)
    assert all(seed_book().code_of(name) == f"class:{name}" for name in groups)
    assert "Strong CYP3A4 inhibitors" not in seed_book().close_to_substance("strong cyp3a4 inhibitor")
