"""Signing in and out, new people, new passwords: what a person does in the browser."""

import re

import pytest
from django.core import mail
from django.test import Client

from accounts.models import User
from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db
SIGN_IN = "/account/sign-in/"


def sign_in(client, email="alice@example.com", password=PASSWORD, **more):
    return client.post(SIGN_IN, {"username": email, "password": password, **more})


def test_a_person_signs_in_whatever_the_case_of_the_address_and_out_again(cast):
    client = Client()
    assert cast.alice
    assert sign_in(client, "Alice@Example.com").url == "/"
    assert client.get("/").status_code == 200
    assert client.post("/account/sign-out/").status_code == 302
    assert client.get("/").url == f"{SIGN_IN}?next=/"


def test_a_wrong_password_says_so_and_keeps_the_address(cast):
    assert cast.alice
    page = sign_in(Client(), password="wrong").content.decode()
    assert "do not belong together" in page
    assert 'value="alice@example.com"' in page


def test_who_is_led_here_from_a_page_is_told_why_and_who_comes_by_themselves_is_not():
    told = "You are no longer signed in. Sign in, and you are back on the page where you were."
    assert told in Client().get(f"{SIGN_IN}?next=/prescriptions/new/&ended=1").content.decode()
    assert "no longer signed in" not in Client().get(f"{SIGN_IN}?next=/prescriptions/new/").content.decode()


@pytest.mark.parametrize("search", ["/account/patients/found/", "/prescriptions/partials/drugs/"])
def test_a_search_after_the_session_has_ended_leads_to_sign_in_and_finds_nothing(search):
    answer = Client().post(search, {"q": "alice"})
    assert (answer.status_code, answer.url) == (302, f"{SIGN_IN}?next={search}")


def test_one_returns_to_where_one_wanted_to_go_but_never_to_a_foreign_site(cast):
    assert cast.alice
    assert sign_in(Client(), next="/appointments/").url == "/appointments/"
    assert sign_in(Client(), next="https://evil.example/").url == "/"


def test_whoever_is_signed_in_needs_no_sign_in(cast, signed_in):
    assert signed_in(cast.alice).get(SIGN_IN).url == "/"


@pytest.mark.parametrize("email", ["", "x", "a\x00@example.com", "a" * 300 + "@example.com"])
def test_an_address_that_is_none_is_a_field_error(email):
    assert sign_in(Client(), email).status_code == 200


def link_in_mail(message):
    return re.search(r"http://testserver(/account/password/set/\S+)", message.body)[1]


def set_password(client, link, password="a-new-horse-9"):
    form = client.get(link).url
    return client.post(form, {"new_password1": password, "new_password2": password})


def test_a_forgotten_password_is_set_anew_through_the_mail(cast):
    assert cast.alice
    client = Client()
    client.post("/account/password/reset/", {"email": "ALICE@example.com"})
    (message,) = mail.outbox
    assert message.to == ["alice@example.com"]
    assert set_password(client, link_in_mail(message)).status_code == 302
    assert sign_in(Client(), password="a-new-horse-9").url == "/"
    assert "used before" in client.get(link_in_mail(message)).content.decode()


def test_an_unknown_address_gets_the_same_answer_and_no_mail():
    answer = Client().post("/account/password/reset/", {"email": "nobody@example.com"})
    assert (answer.status_code, mail.outbox) == (302, [])


def test_changing_the_password_keeps_this_page_and_ends_the_others(cast, signed_in):
    here, elsewhere = signed_in(cast.alice), signed_in(cast.alice)
    new = {"old_password": PASSWORD, "new_password1": "a-new-horse-9", "new_password2": "a-new-horse-9"}
    assert here.post("/account/password/", new).status_code == 302
    assert here.get("/").status_code == 200
    assert elsewhere.get("/").status_code == 302


def new_person(**changes):
    prefix = {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0}
    return {
        "email": "new@example.com",
        "first_name": "Nina",
        "last_name": "New",
        **{f"doctor-{key}": value for key, value in prefix.items()},
        **{f"patient-{key}": value for key, value in prefix.items()},
        **changes,
    }


def test_an_administrator_creates_a_person_who_sets_a_password_and_signs_in(cast, signed_in):
    doctor = {
        "doctor-TOTAL_FORMS": 1,
        "doctor-0-specialization": "Surgery",
        "doctor-0-license_number": "L-77",
        "doctor-0-can_prescribe": "on",
    }
    answer = signed_in(cast.admin).post("/admin/accounts/user/add/", new_person(**doctor))
    assert answer.status_code == 302, answer.context["errors"]
    person = User.objects.get(email="new@example.com")
    assert not person.has_usable_password()
    assert person.doctor.license_number == "L-77"
    client = Client()
    set_password(client, link_in_mail(mail.outbox[0]))
    assert sign_in(client, "new@example.com", "a-new-horse-9").url == "/"


def test_two_accounts_cannot_share_an_address_whatever_its_case(cast, signed_in):
    assert cast.alice
    page = signed_in(cast.admin).post("/admin/accounts/user/add/", new_person(email="ALICE@example.com"))
    assert "already an account" in page.content.decode()


def test_an_administrator_cannot_lock_themselves_out(cast, signed_in):
    page = signed_in(cast.admin).get(f"/admin/accounts/user/{cast.admin.pk}/change/").content.decode()
    assert 'name="is_active"' not in page
    assert 'name="is_staff"' not in page


def test_nobody_is_deleted(cast, signed_in):
    assert signed_in(cast.admin).post(f"/admin/accounts/user/{cast.alice.pk}/delete/").status_code == 403


@pytest.mark.parametrize("who", ["alice", "smith", "charlie"])
def test_the_administration_is_for_administrators(cast, signed_in, who):
    assert signed_in(getattr(cast, who)).get("/admin/").status_code == 302
