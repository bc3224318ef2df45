"""A prescription and its refills hold for ten years at most: the same on pages, over REST and in a renewal."""

import pytest
from django.core.exceptions import ValidationError

from prescriptions.models import LONGEST_IN_ALL, Prescription
from tests.appointments.making import requested, words_of
from tests.prescriptions.test_issue import ORDER, issued

pytestmark = pytest.mark.django_db
TOO_LONG = [(3650, 99), (3650, 1), (1831, 1), (366, 10), (37, 98)]


@pytest.mark.parametrize("days, refills", [(3650, 0), (1830, 1), (366, 9), (36, 99)])
def test_as_long_as_ten_years_is_issued(cast, days, refills):
    prescription = issued(cast, duration_days=days, refills_remaining=refills)
    assert (prescription.expires_at - prescription.created_at).days == days * (1 + refills) <= LONGEST_IN_ALL


@pytest.mark.parametrize("days, refills", TOO_LONG)
def test_longer_is_refused_beside_the_refills(cast, days, refills):
    with pytest.raises(ValidationError) as refused:
        issued(cast, duration_days=days, refills_remaining=refills)
    assert list(refused.value.message_dict) == ["refills_remaining"]
    assert not Prescription.objects.exists()


@pytest.mark.parametrize("days, most", [(3650, "no refills"), (1830, "1 refill of"), (36, "100 refills")])
def test_it_says_how_many_there_may_be(days, most):
    with pytest.raises(ValidationError) as refused:
        Prescription(duration_days=days, refills_remaining=101)._days_in_all()
    assert most in str(refused.value)


def test_over_rest_it_is_400_at_its_field_to_issue_and_to_renew(cast, api):
    old, client = issued(cast), api(cast.smith)
    too_long = {"duration_days": 3650, "refills_remaining": 99}
    new = client.post("/api/v1/prescriptions", {**ORDER, "patient_id": str(cast.alice.pk), **too_long}, format="json")
    renewed = client.post(f"/api/v1/prescriptions/{old.pk}/renew", too_long, format="json")
    for answer in (new, renewed):
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["refills_remaining"])
        assert "Ten years" in answer.json()["errors"]["refills_remaining"][0]
    assert Prescription.objects.get().state == "active"


def test_on_the_pages_it_stands_beside_the_refills_and_nothing_typed_is_lost(cast, signed_in):
    old, client = issued(cast), signed_in(cast.smith)
    typed = {
        **ORDER,
        "patient": str(cast.alice.pk),
        "duration_days": 3650,
        "refills_remaining": 99,
        "notes": "With food",
    }
    answer = client.post("/prescriptions/new/", typed)
    assert answer.status_code == 400
    assert "Ten years" in str(answer.context["form"].errors["refills_remaining"]) and "With food" in words_of(answer)
    data = {"renew-seen": "active", "renew-duration_days": 366, "renew-refills_remaining": 10, "renew-notes": "Milk"}
    answer = client.post(f"{old.get_absolute_url()}renew/", data)
    assert answer.status_code == 409
    assert "Ten years" in words_of(answer) and 'href="#id_renew-refills_remaining"' in words_of(answer)
    assert "Milk" in words_of(answer)


def test_the_stranger_is_refused_as_before_and_told_nothing_of_it(cast, api):
    requested(cast)
    asked = {**ORDER, "patient_id": str(cast.alice.pk), "duration_days": 3650, "refills_remaining": 99}
    answer = api(cast.brown).post("/api/v1/prescriptions", asked, format="json")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["patient_id"])
