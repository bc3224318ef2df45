"""Signing in to the API, renewing, signing out, and every token that must not open anything."""

from functools import partial

import pytest
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken

from accounts.models import Doctor
from tests.at_once import at_once
from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db
LOGIN, REFRESH, LOGOUT = (f"/api/v1/auth/{name}" for name in ("login", "refresh", "logout"))


def sign_in(api, email="alice@example.com", password=PASSWORD):
    return api(None).post(LOGIN, {"email": email, "password": password})


def me(api, token):
    client = api(None)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client.get("/api/v1/patients").status_code


def test_signing_in_answers_tokens_and_who_one_is(cast, api):
    alice = cast.alice
    body = sign_in(api, " Alice@Example.COM ").json()
    assert body["token_type"] == "bearer"
    assert body["user"] == {
        "id": str(alice.pk),
        "role": "patient",
        "roles": ["patient"],
        "name": "Alice Johnson",
    }
    assert me(api, body["access_token"]) == 200


def test_all_roles_are_named_and_the_first_is_the_role(cast, api):
    Doctor.objects.create(user=cast.admin, specialization="Surgery", license_number="L-7")
    user = sign_in(api, "admin@example.com").json()["user"]
    assert (user["role"], user["roles"]) == ("admin", ["admin", "doctor"])


@pytest.mark.parametrize(
    "email, password",
    [("alice@example.com", "wrong"), ("nobody@example.com", PASSWORD), ("alice@example.com", PASSWORD + " ")],
)
def test_what_does_not_belong_together_is_401_without_a_hint(cast, api, email, password):
    assert cast.alice
    answer = sign_in(api, email, password)
    assert (answer.status_code, answer.json()["code"]) == (401, "bad_credentials")


@pytest.mark.parametrize(
    "body", [{}, {"email": "a@b.c"}, {"email": "a\x00@b.c", "password": "x"}, {"email": [], "password": {}}]
)
def test_a_body_that_is_no_sign_in_is_400(api, body):
    assert api(None).post(LOGIN, body).status_code == 400


def test_somebody_deactivated_cannot_sign_in_nor_go_on(cast, api):
    body = (cast.alice and sign_in(api)).json()
    cast.alice.user.is_active = False
    cast.alice.user.save()
    assert sign_in(api).status_code == 401
    assert me(api, body["access_token"]) == 401
    assert api(None).post(REFRESH, {"refresh_token": body["refresh_token"]}).status_code == 401


def test_renewing_answers_fresh_tokens_of_the_same_sign_in_and_ends_the_old_one(cast, api):
    old = (cast.alice and sign_in(api)).json()
    new = api(None).post(REFRESH, {"refresh_token": old["refresh_token"]}).json()
    assert RefreshToken(new["refresh_token"])["sid"] == AccessToken(old["access_token"])["sid"]
    assert me(api, new["access_token"]) == 200
    again = api(None).post(REFRESH, {"refresh_token": old["refresh_token"]})
    assert (again.status_code, again.json()["code"]) == (401, "bad_token")


@pytest.mark.django_db(transaction=True)
def test_of_two_renewals_with_one_token_at_once_one_gets_through(cast, api):
    old = (cast.alice and sign_in(api)).json()["refresh_token"]
    client = api(None)
    renew = partial(client.post, REFRESH, {"refresh_token": old})
    answers = at_once(*[renew] * 4)
    assert sorted(answer.status_code for answer in answers) == [200, 401, 401, 401]


def test_signing_out_ends_the_refresh_token(cast, api):
    body = (cast.alice and sign_in(api)).json()
    assert api(None).post(LOGOUT, {"refresh_token": body["refresh_token"]}).status_code == 204
    assert api(None).post(REFRESH, {"refresh_token": body["refresh_token"]}).status_code == 401
    assert api(None).post(LOGOUT, {"refresh_token": body["refresh_token"]}).status_code == 401


@pytest.mark.parametrize("token", ["x", "a.b.c", "", None, 5])
def test_a_refresh_token_that_is_none_opens_nothing(api, token):
    assert api(None).post(REFRESH, {"refresh_token": token}).status_code in (400, 401)
    assert api(None).post(LOGOUT, {"refresh_token": token}).status_code in (400, 401)


def test_an_access_token_does_not_renew_and_a_refresh_token_does_not_read(cast, api):
    body = (cast.alice and sign_in(api)).json()
    assert api(None).post(REFRESH, {"refresh_token": body["access_token"]}).status_code == 401
    assert me(api, body["refresh_token"]) == 401


def test_a_token_from_before_a_new_password_is_over(cast, api):
    body = (cast.alice and sign_in(api)).json()
    cast.alice.user.set_password("another-horse-8")
    cast.alice.user.save()
    assert me(api, body["access_token"]) == 401
    assert api(None).post(REFRESH, {"refresh_token": body["refresh_token"]}).status_code == 401


def test_an_expired_or_altered_token_reads_nothing(cast, api):
    token = AccessToken.for_user(cast.alice.user)
    head, body, signature = str(token).split(".")
    assert me(api, f"{head}.{body}.{signature[::-1]}") == 401
    token.set_exp(from_time=token.current_time, lifetime=-token.lifetime)
    assert me(api, token) == 401


def test_access_lasts_a_quarter_of_an_hour_and_refresh_a_day(cast, api):
    body = (cast.alice and sign_in(api)).json()
    access, refresh = AccessToken(body["access_token"]), RefreshToken(body["refresh_token"])
    assert (access["exp"] - access["iat"], refresh["exp"] - refresh["iat"]) == (15 * 60, 24 * 3600)


def test_too_many_tries_are_slowed_down(cast, api, settings):
    from django.core.cache import cache

    from accounts.api.views import SignIn

    cache.clear()
    assert cast.alice
    rates, SignIn.throttle_classes[0].THROTTLE_RATES = (
        SignIn.throttle_classes[0].THROTTLE_RATES,
        {"sign-in": "2/min"},
    )
    try:
        codes = [sign_in(api, password="wrong").status_code for _ in range(3)]
    finally:
        SignIn.throttle_classes[0].THROTTLE_RATES = rates
        cache.clear()
    assert codes == [401, 401, 429]
