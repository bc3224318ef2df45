"""What a patient takes, and what they do not tolerate, as pages."""

import pytest

from prescriptions.models import Allergy
from tests.appointments.making import words_of
from tests.prescriptions.test_allergies import recorded
from tests.prescriptions.test_issue import issued
from tests.prescriptions.test_refills import asked

pytestmark = pytest.mark.django_db


@pytest.fixture
def path(cast):
    issued(cast)
    return f"/prescriptions/of/{cast.alice.pk}/"


def test_the_list_says_how_much_how_often_and_until_when(cast, signed_in, path):
    prescription, _ = asked(cast, medication="Metformin")
    for who in (cast.alice, cast.smith):
        page = words_of(signed_in(who).get(path))
        assert "500 mg, three times a day" in page and "In a day: 1500 mg" in page
        assert f"Next refill on {prescription.next_refill_on:%a %-d %b %Y}, 2 left" in page
        assert f"Ends {prescription.ends_on:%a %-d %b %Y}" in page and "More was asked for" in page


def test_what_is_on_hold_says_not_to_take_it_and_what_was_stopped_is_below(cast, signed_in, path):
    issued(cast, medication="Warfarin 5 mg").hold(by=cast.smith.user, reason="Bleeding")
    issued(cast, medication="Lithium").stop(by=cast.smith.user, reason="Tremor")
    page = words_of(signed_in(cast.alice).get(path))
    assert "Do not take it until your doctor says so" in page
    assert page.index("What you no longer take") < page.index("Lithium")


def test_it_prints_with_the_patient_on_the_sheet_and_without_what_has_ended(cast, signed_in, path):
    recorded(cast)
    issued(cast, medication="Lithium").stop(by=cast.smith.user, reason="Tremor")
    page = words_of(signed_in(cast.alice).get(f"{path}?print"))
    assert "Alice Johnson" in page and "Amoxicillin" in page and "Lithium" not in page
    assert "Penicillin" in page


@pytest.mark.parametrize("part", ["", "partial/", "?print", "allergies/", "allergies/partial/"])
@pytest.mark.parametrize("who", ["charlie", "brown"])
def test_the_stranger_sees_nothing(cast, signed_in, path, part, who):
    assert signed_in(getattr(cast, who)).get(f"{path}{part}").status_code == 404


def test_many_take_as_many_queries_as_one(cast, signed_in, path, django_assert_max_num_queries):
    for _ in range(4):
        asked(cast)
    client = signed_in(cast.smith)
    with django_assert_max_num_queries(16):
        client.get(f"{path}partial/")


def test_a_doctor_records_an_allergy_that_checks_know(cast, signed_in, rules, path):
    data = {"substance": "penicillin", "reaction": "Rash", "severity": "severe"}
    page = words_of(signed_in(cast.smith).post(f"{path}allergies/", data, follow=True))
    assert Allergy.objects.get().code == "class:Penicillins"
    assert "Family: Penicillins" in page and "Cannot be checked" not in page


def test_what_no_check_knows_is_kept_only_when_that_was_said(cast, signed_in, rules, path):
    client, data = signed_in(cast.smith), {"substance": "amoxicilin", "severity": "mild"}
    answer = client.post(f"{path}allergies/", data)
    assert answer.status_code == 400
    assert "Did you mean amoxicillin" in words_of(answer) and not Allergy.objects.exists()
    page = words_of(client.post(f"{path}allergies/", {**data, "as_written": "on"}, follow=True))
    assert "Cannot be checked" in page and "No check can warn about it" in page


def test_a_product_of_several_ingredients_is_recorded_by_the_one_that_it_was(cast, signed_in, rules, path):
    client, data = signed_in(cast.smith), {"substance": "Augmentin", "severity": "severe"}
    said = words_of(client.post(f"{path}allergies/", data))
    assert "Augmentin contains amoxicillin and clavulanic acid" in said and "Did you mean" not in said
    client.post(f"{path}allergies/", {**data, "substance": "amoxicillin"})
    assert Allergy.objects.get().code == "ingredient:amoxicillin"


@pytest.mark.parametrize("verb, kind", [("end", "ended"), ("entered-in-error", "entered_in_error")])
def test_it_leaves_the_list_with_a_reason_and_stays_readable(cast, signed_in, path, verb, kind):
    allergy, client = recorded(cast), signed_in(cast.smith)
    url = f"/prescriptions/allergies/{allergy.pk}/{verb}/"
    for nothing in ("", "\u200b", "."):
        assert client.post(url, {f"{allergy.pk}-{verb}-reason": nothing}).status_code == 409
    page = words_of(client.post(url, {f"{allergy.pk}-{verb}-reason": "Challenge was negative"}, follow=True))
    allergy.refresh_from_db()
    assert allergy.end.kind == kind
    assert "Challenge was negative" in page and "No allergy on record" in page


def test_a_patient_reads_them_and_is_told_whom_to_call(cast, signed_in, path):
    allergy, client = recorded(cast), signed_in(cast.alice)
    page = words_of(client.get(f"{path}allergies/"))
    assert allergy.substance in page and "Call the clinic" in page and "Record an allergy" not in page
    assert client.post(f"{path}allergies/", {"substance": "penicillin", "severity": "mild"}).status_code == 403
    assert (
        client.post(f"/prescriptions/allergies/{allergy.pk}/end/", {f"{allergy.pk}-end-reason": "x"}).status_code == 409
    )
    assert list(Allergy.objects.current()) == [allergy]


def test_the_chart_has_them(cast, signed_in, path):
    allergy = recorded(cast)
    assert allergy.substance in words_of(signed_in(cast.smith).get(f"/patients/{cast.alice.pk}/"))
