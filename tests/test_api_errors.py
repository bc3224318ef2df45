"""Whatever goes wrong, a program gets JSON with `detail` and `code`."""

import pytest

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/api/v1/", "/api/v1/appointments/x/y/z"])
@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_an_address_of_nothing_is_404(cast, api, path, method):
    answer = getattr(api(cast.alice), method)(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_method_that_is_not_there_is_405(cast, api):
    answer = api(cast.alice).delete("/api/v1/appointments")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert answer.json()["detail"]


@pytest.mark.parametrize("header", ["Bearer", "Bearer x", "Bearer a b c", "Basic eDp5", "x"])
def test_a_header_that_is_no_token_is_401(api, header):
    client = api(None)
    client.credentials(HTTP_AUTHORIZATION=header)
    answer = client.get("/api/v1/appointments")
    assert answer.status_code == 401
    assert {"detail", "code"} <= answer.json().keys()


def test_another_content_type_is_415(cast, api):
    answer = api(cast.alice).post("/api/v1/appointments", "a=b", content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 415
    assert {"detail", "code"} <= answer.json().keys()


@pytest.mark.parametrize(
    "body",
    [
        '{"reason": "A", "reason": "B"}',
        '{"result_data": {"Potassium": "7.1", "Potassium": "4.1"}}',
        '[{"a": {"b": 1, "b": 1}}]',
    ],
)
def test_a_name_that_stands_twice_is_never_settled_by_dropping_one(cast, api, body):
    answer = api(cast.smith).post("/api/v1/lab-results", body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, "parse_error")
    assert "stands twice" in answer.json()["detail"]


@pytest.mark.parametrize("body", ["{", "", '{"a": NaN}', "[" * 5000 + "]" * 5000, '{"a": ' + "9" * 5000 + "}", "\xff"])
def test_what_is_no_json_says_so(cast, api, body):
    answer = api(cast.smith).post("/api/v1/lab-results", body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["detail"]


def test_half_a_surrogate_pair_that_is_said_back_is_400(cast, api):
    body = '{"severity": "\\ud800", "message": "x"}'
    answer = api(cast.admin).post("/api/v1/system-alerts", body, content_type="application/json")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["severity"])
