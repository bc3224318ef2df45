"""Holding, lifting, choosing and asking through the API."""

from datetime import timedelta

import pytest
from django.utils import timezone

from labs.models import LabResult, ResultHold
from notifications.events import wire_time
from tests.appointments.making import requested
from tests.labs.making import recorded
from tests.labs.releasing import WHY, chose, hold, waiting

pytestmark = pytest.mark.django_db
RESULTS = "/api/v1/lab-results"


def body(**changes):
    ends = wire_time((timezone.now() + timedelta(days=3)).replace(microsecond=0))
    return {"basis": "life_or_safety", "reason": WHY, "ends_at": ends, **changes}


def test_a_doctor_holds_and_lifts(cast, api):
    result, asked = recorded(cast), body()
    answer = api(cast.smith).post(f"{RESULTS}/{result.pk}/hold", asked)
    assert answer.status_code == 201
    found = answer.json()
    assert {key: found[key] for key in asked} == asked
    assert (found["law"], found["placed_by"]["name"], found["end"]) == (
        "45 CFR 171.201(d)(3), 164.524(a)(3)(i)",
        "Jane Smith",
        "",
    )
    release = api(cast.smith).get(f"{RESULTS}/{result.pk}").json()["release"]
    assert (release["state"], release["until"]) == ("held", asked["ends_at"])
    lifted = api(cast.smith).post(f"{RESULTS}/{result.pk}/lift-hold", {"reason": "We have spoken"})
    assert (lifted.status_code, lifted.json()["end"]) == (200, "lifted")
    release = api(cast.smith).get(f"{RESULTS}/{result.pk}").json()["release"]
    assert release == {"state": "released", "since": None, "until": None}


@pytest.mark.parametrize(
    "wrong",
    [
        {"basis": "distress"},
        {"basis": ["privacy"]},
        {"reason": ""},
        {"reason": 7},
        {"reason": "a\x00"},
        {"ends_at": "tomorrow"},
        {"ends_at": "2027-01-01T10:00:00"},
        {"ends_at": "9999-12-31T23:59:59Z"},
        {"ends_at": "1900-01-01T00:00:00Z"},
        {"ends_at": 10**30},
    ],
)
def test_a_hold_that_cannot_be_is_400_and_names_the_field(cast, api, wrong):
    answer = api(cast.smith).post(f"{RESULTS}/{recorded(cast).pk}/hold", body(**wrong))
    assert (answer.status_code, list(answer.json()["errors"])) == (400, list(wrong))
    assert not ResultHold.objects.exists()


@pytest.mark.parametrize("verb", ["hold", "lift-hold"])
@pytest.mark.parametrize(
    "who, status", [("bob", 403), ("charlie", 404), ("stranger", 404), ("laboratory", 404), ("brown", None)]
)
def test_who_may_not_is_refused(cast, api, verb, who, status):
    requested(cast, patient=cast.bob, doctor=cast.brown)
    result = recorded(cast)
    if verb == "lift-hold":
        hold(result)
    status = status or {"hold": 201, "lift-hold": 200}[verb]
    if (verb, who) == ("lift-hold", "bob"):
        status = 404
    assert api(getattr(cast, who)).post(f"{RESULTS}/{result.pk}/{verb}", body()).status_code == status


def test_an_administrator_lifts_and_does_not_hold(cast, api):
    result = recorded(cast)
    assert api(cast.admin).post(f"{RESULTS}/{result.pk}/hold", body()).status_code == 403
    hold(result)
    assert api(cast.admin).post(f"{RESULTS}/{result.pk}/lift-hold", {"reason": "Appeal"}).status_code == 200


@pytest.mark.parametrize("code", ["already_held", "already_read", "superseded"])
def test_what_cannot_be_held_now_is_409_and_says_why(cast, api, code):
    result = recorded(cast)
    if code == "already_held":
        hold(result)
    elif code == "already_read":
        api(cast.bob).get(f"{RESULTS}/{result.pk}")
    else:
        result.correct(by=cast.admin, reason="Haemolysed sample")
    answer = api(cast.smith).post(f"{RESULTS}/{result.pk}/hold", body())
    assert (answer.status_code, answer.json()["code"]) == (409, code)


# --- what the patient is answered -------------------------------------------------------------------


def test_the_patient_is_told_that_it_is_there_and_why_they_do_not_see_it(cast, api):
    result = recorded(cast)
    hold(result)
    patient = api(cast.bob)
    answer = patient.get(f"{RESULTS}/{result.pk}")
    assert (answer.status_code, answer.json()["code"]) == (403, "held")
    assert "could put somebody in danger" in answer.json()["detail"]
    (row,) = patient.get(f"{RESULTS}/withheld").json()["results"]
    assert (row["id"], row["test_type"], row["release"]["state"]) == (str(result.pk), "BMP", "held")
    assert patient.get(RESULTS).json()["results"] == []
    assert WHY not in answer.content.decode() + str(row)
    assert api(cast.charlie).get(f"{RESULTS}/withheld").json()["results"] == []
    assert api(cast.smith).get(f"{RESULTS}/withheld").json()["results"] == []


def test_the_patient_asks_to_see_what_waits(cast, api):
    result = waiting(cast)
    patient = api(cast.bob)
    assert patient.get(f"{RESULTS}/{result.pk}").json()["code"] == "waiting"
    shown = patient.post(f"{RESULTS}/{result.pk}/show-now")
    assert (shown.status_code, shown.json()["result_data"]["Potassium"]["value"]) == (200, "5.13")
    again = patient.post(f"{RESULTS}/{result.pk}/show-now")
    assert (again.status_code, again.json()["code"]) == (409, "not_waiting")


def test_what_is_held_is_not_shown_by_asking(cast, api):
    result = waiting(cast)
    hold(result)
    answer = api(cast.bob).post(f"{RESULTS}/{result.pk}/show-now")
    assert (answer.status_code, answer.json()["code"]) == (403, "held")


@pytest.mark.parametrize("who, status", [("smith", 403), ("charlie", 404), ("stranger", 404), ("laboratory", 404)])
def test_nobody_else_asks_for_it(cast, api, who, status):
    path = f"{RESULTS}/{waiting(cast).pk}/show-now"
    assert api(getattr(cast, who)).post(path).status_code == status


@pytest.mark.parametrize("pk", ["nonsense", "00000000-0000-0000-0000-000000000000"])
@pytest.mark.parametrize("verb", ["hold", "lift-hold", "show-now"])
def test_what_is_not_there_is_404(cast, api, pk, verb):
    assert api(cast.smith).post(f"{RESULTS}/{pk}/{verb}", body()).status_code == 404


def test_a_laboratory_is_not_told_what_the_patient_chose(cast, api):
    chose(cast.bob, "chemistry")
    sent = {"patient_id": str(cast.bob.pk), "doctor_id": str(cast.smith.pk), "test_type": "BMP", "message_id": "7"}
    laboratory = api(cast.laboratory)
    answers = [laboratory.post(RESULTS, {**sent, "result_data": {"Potassium": "4.1"}}) for _ in range(2)]
    answers.append(laboratory.post(f"{RESULTS}/{LabResult.objects.get().pk}/correct", {"reason": "Haemolysed sample"}))
    assert [(answer.status_code, "release" in answer.json()) for answer in answers] == [(201, False)] * 3


# --- preferences ------------------------------------------------------------------------------------


def preferences(cast):
    return f"/api/v1/patients/{cast.bob.pk}/result-preferences"


def test_a_patient_reads_and_changes_when_they_see_results(cast, api):
    patient = api(cast.bob)
    first = patient.get(preferences(cast)).json()
    assert (first["after_comment"], len(first["categories"])) == ([], 9)
    answer = patient.put(preferences(cast), {"after_comment": ["other", "chemistry"]})
    assert (answer.status_code, answer.json()["after_comment"]) == (200, ["chemistry", "other"])
    assert patient.put(preferences(cast), {"after_comment": []}).json()["after_comment"] == []


@pytest.mark.parametrize(
    "wrong", [{}, {"after_comment": "other"}, {"after_comment": ["x"]}, {"after_comment": [7]}, []]
)
def test_a_choice_that_is_none_is_400(cast, api, wrong):
    chose(cast.bob, "chemistry")
    assert api(cast.bob).put(preferences(cast), wrong).status_code == 400
    assert api(cast.bob).get(preferences(cast)).json()["after_comment"] == ["chemistry"]


@pytest.mark.parametrize(
    "who, reads, writes",
    [("smith", 200, 403), ("admin", 200, 403), ("charlie", 404, 404), ("stranger", 404, 404), ("laboratory", 404, 404)],
)
def test_their_doctors_read_it_and_nobody_else_changes_it(cast, api, who, reads, writes):
    recorded(cast)
    client = api(getattr(cast, who))
    assert client.get(preferences(cast)).status_code == reads
    assert client.put(preferences(cast), {"after_comment": ["other"]}).status_code == writes


# --- the list for auditors --------------------------------------------------------------------------


def test_auditors_narrow_the_list_of_holds(cast, api):
    first, second = recorded(cast), recorded(cast, doctor=cast.brown)
    hold(first)
    hold(second, basis="privacy")
    first.lift_hold(by=cast.smith.user, reason="We have spoken")

    def found(query):
        return [row["result_id"] for row in api(cast.admin).get(f"/api/v1/lab-holds?{query}").json()["results"]]

    assert found("") == [str(second.pk), str(first.pk)]
    assert found("open=true") == found("basis=privacy") == found(f"doctor={cast.brown.pk}") == [str(second.pk)]
    assert found("open=false") == [str(first.pk)]


@pytest.mark.parametrize("query", ["open=maybe", "basis=x", "doctor=x"])
def test_a_filter_that_is_none_is_400(cast, api, query):
    assert api(cast.admin).get(f"/api/v1/lab-holds?{query}").status_code == 400


def test_the_list_of_results_costs_as_many_questions_with_many_as_with_one(cast, api, django_assert_num_queries):
    client = api(cast.smith)
    hold(recorded(cast))
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(RESULTS)
    with CaptureQueriesContext(connection) as one:
        client.get(RESULTS)
    for _ in range(3):
        hold(recorded(cast))
    assert LabResult.objects.count() == 4
    with django_assert_num_queries(len(one)):
        client.get(RESULTS)
