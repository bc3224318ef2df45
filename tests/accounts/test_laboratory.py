"""A laboratory's account has one role, no pages, and nobody to see."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import Doctor, Patient, User
from notifications.channels import SYSTEM_ALERTS, channels_for
from tests.appointments.making import requested

pytestmark = pytest.mark.django_db


def test_its_one_role_is_laboratory(cast):
    assert (cast.laboratory.role, cast.laboratory.roles) == ("laboratory", ["laboratory"])


def test_it_sees_no_patient_and_no_doctor(cast):
    requested(cast)
    assert list(Patient.objects.visible_to(cast.laboratory)) == list(Doctor.objects.visible_to(cast.laboratory)) == []


def test_a_role_that_was_forced_upon_it_shows_it_nobody(cast):
    requested(cast)
    cast.smith.user.is_laboratory = True
    assert list(Patient.objects.visible_to(cast.smith.user)) == []
    assert cast.smith.user.roles == ["laboratory"]


def test_it_reads_no_stream_but_everyones(cast):
    assert channels_for(cast.laboratory) == [SYSTEM_ALERTS]


@pytest.mark.parametrize(
    "path",
    ["/", "/account/", "/patients/", "/lab-results/", "/lab-results/new/", "/notifications/", "/appointments/new/"],
)
def test_every_page_says_that_the_account_is_a_laboratorys(cast, signed_in, path):
    page = signed_in(cast.laboratory).get(path)
    assert page.status_code == 403
    assert "This account belongs to a laboratory" in page.content.decode()


def test_it_can_sign_out(cast, signed_in):
    client = signed_in(cast.laboratory)
    assert client.post("/account/sign-out/").status_code == 302
    assert "/account/sign-in/" in client.get("/").url


def test_it_signs_in_for_a_token_as_a_laboratory(cast, api, password):
    body = {"email": cast.laboratory.email, "password": password}
    assert api(None).post("/api/v1/auth/login", body).json()["user"]["role"] == "laboratory"


@pytest.mark.parametrize(
    "path", ["patients", "doctors", "appointments", "prescriptions", "lab-results", "notifications"]
)
def test_every_list_of_the_api_is_empty_to_it(cast, api, path):
    requested(cast)
    assert api(cast.laboratory).get(f"/api/v1/{path}").json()["results"] == []


def test_the_administration_is_not_for_it(cast, signed_in):
    assert signed_in(cast.laboratory).get("/admin/").status_code in (302, 403)


def test_no_other_role_goes_with_it(cast):
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=cast.laboratory.pk).update(is_staff=True)
    with pytest.raises(ValidationError, match="no other role"):
        Doctor(user=cast.laboratory, specialization="x", license_number="L-9").full_clean()
    cast.smith.user.is_laboratory = True
    with pytest.raises(ValidationError, match="no other role"):
        cast.smith.user.full_clean()


def test_an_administrator_makes_one(cast, signed_in):
    typed = {"email": "new-lab@example.com", "first_name": "North", "last_name": "Laboratory", "is_laboratory": "on"}
    inlines = {f"{kind}-{name}_FORMS": "0" for kind in ("doctor", "patient") for name in ("TOTAL", "INITIAL")}
    answer = signed_in(cast.admin).post("/admin/accounts/user/add/", {**typed, **inlines})
    assert answer.status_code == 302
    assert User.objects.get(email="new-lab@example.com").roles == ["laboratory"]
