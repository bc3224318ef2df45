"""A patient takes their question for a refill back, whoever was asked is told, and it can be asked again."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.refusals import IllegalStep, NotAllowed, Refused
from notifications.channels import doctor_channel, patient_channel
from notifications.models import Notification
from prescriptions.models import Prescription, RefillRequest
from prescriptions.statuses import Status
from tests.appointments.making import words_of
from tests.prescriptions.test_issue import issued
from tests.prescriptions.test_life import let_it_end
from tests.prescriptions.test_refills import asked, days_ago, lines

pytestmark = pytest.mark.django_db
URL = "/api/v1/refill-requests"


def page_of(prescription, verb=""):
    return f"{prescription.get_absolute_url()}{verb}{'/' if verb else ''}"


def test_it_is_one_line_of_the_history_and_takes_no_refill(cast):
    prescription, request = asked(cast)
    request.withdraw(by=cast.alice.user, reason="Not going away")
    prescription.refresh_from_db()
    assert (request.answer, request.answered_by, request.reason) == ("withdrawn", cast.alice.user, "Not going away")
    assert lines(prescription) == [("active", "requested"), ("active", "withdrawn")]
    assert (prescription.refills_remaining, prescription.state) == (2, Status.ACTIVE)


def test_an_administrator_withdraws_for_a_patient_who_called(cast):
    _, request = asked(cast)
    request.withdraw(by=cast.admin)
    assert (request.answer, request.answered_by) == ("withdrawn", cast.admin)


@pytest.mark.parametrize("who", ["smith", "charlie", "brown", "trainee", "laboratory"])
def test_nobody_else_withdraws_least_of_all_the_doctor(cast, who):
    _, request = asked(cast)
    person = getattr(cast, who)
    with pytest.raises(NotAllowed):
        request.withdraw(by=getattr(person, "user", person))
    assert RefillRequest.objects.open().get() == request


def test_it_is_withdrawn_once(cast):
    _, request = asked(cast)
    request.withdraw(by=cast.alice.user)
    with pytest.raises(IllegalStep, match="Alice Johnson has withdrawn it already"):
        request.withdraw(by=cast.alice.user)


def test_what_is_answered_is_not_withdrawn_and_what_is_withdrawn_not_answered(cast):
    prescription, request = asked(cast)
    request.grant(by=cast.smith.user)
    with pytest.raises(IllegalStep, match="Jane Smith has answered it already"):
        request.withdraw(by=cast.alice.user)
    _, other = asked(cast)
    other.withdraw(by=cast.alice.user)
    with pytest.raises(IllegalStep, match="Alice Johnson has withdrawn it already"):
        other.grant(by=cast.smith.user)
    prescription.refresh_from_db()
    assert prescription.refills_remaining == 1


def test_it_can_be_asked_again(cast):
    prescription, request = asked(cast)
    request.withdraw(by=cast.alice.user)
    again = prescription.ask_refill(by=cast.alice.user)
    assert list(RefillRequest.objects.waiting_for(cast.smith)) == [again]


@pytest.mark.parametrize("end", ["on_hold", "expired"])
def test_it_can_be_withdrawn_whatever_became_of_the_prescription(cast, end):
    prescription, request = asked(cast)
    if end == "on_hold":
        prescription.hold(by=cast.smith.user, reason="Dizzy")
    else:
        let_it_end(prescription)
    request = RefillRequest.objects.get()
    request.withdraw(by=cast.alice.user)
    assert lines(prescription)[-1] == (end, "withdrawn")


def test_the_database_knows_who_withdrew_it(cast):
    _, request = asked(cast)
    for wrong in (
        {"answer": "withdrawn"},
        {"answer": "lost", "answered_by": cast.admin, "answered_at": timezone.now()},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            RefillRequest.objects.filter(pk=request.pk).update(**wrong)


def test_it_leaves_the_worklists_of_the_doctor_and_of_who_covers_them(cast, covered, signed_in):
    prescription, request = asked(cast)
    worklist = "/partials/home/worklist/"
    assert all("Going away" in words_of(signed_in(doctor).get(worklist)) for doctor in (cast.smith, cast.brown))
    request.withdraw(by=cast.alice.user)
    for doctor in (cast.smith, cast.brown):
        assert "Going away" not in words_of(signed_in(doctor).get(worklist))
    assert not Prescription.objects.visible_to(cast.brown.user).exists()


@pytest.mark.django_db(transaction=True)
def test_whoever_was_told_of_the_question_is_told_once_that_it_is_withdrawn(cast, covered, outbox):
    prescription, request = asked(cast)
    outbox.clear()
    request.withdraw(by=cast.alice.user)
    told = [(one["channel"], one["refill"]) for one in outbox if one["type"] == "prescription_status_changed"]
    people = [doctor_channel(cast.smith.pk), doctor_channel(cast.brown.pk), patient_channel(cast.alice.pk)]
    assert sorted(told) == sorted((channel, "Withdrawn") for channel in people)
    said = Notification.objects.filter(body__refill="Withdrawn")
    assert {one.stream_id: one.body["link"] for one in said} == {
        doctor_channel(cast.smith.pk): prescription.get_absolute_url(),
        patient_channel(cast.alice.pk): prescription.get_absolute_url(),
        doctor_channel(cast.brown.pk): "/",
    }


@pytest.mark.django_db(transaction=True)
def test_of_a_grant_and_a_withdrawal_at_once_exactly_one_wins(cast):
    for _ in range(3):
        prescription, request = asked(cast)
        verbs = {"grant": cast.smith.user, "withdraw": cast.alice.user}

        def end(verb, pk=request.pk, people=verbs):
            try:
                getattr(RefillRequest.objects.get(pk=pk), verb)(by=people[verb])
            except Refused as refused:
                return refused.code
            finally:
                connection.close()
            return verb

        with ThreadPoolExecutor(2) as pool:
            outcomes = list(pool.map(end, verbs))
        prescription.refresh_from_db()
        request.refresh_from_db()
        assert outcomes in (["grant", "already_answered"], ["already_answered", "withdraw"])
        won = "granted" if outcomes[0] == "grant" else "withdrawn"
        assert (request.answer, prescription.refills_remaining) == (won, 1 if won == "granted" else 2)
        assert lines(prescription) == [("active", "requested"), ("active", won)]


# --- over REST ------------------------------------------------------------------------------------------
def test_a_patient_withdraws_over_rest_and_a_second_time_is_409(cast, api):
    _, request = asked(cast)
    client = api(cast.alice)
    body = client.post(f"{URL}/{request.pk}/withdraw", {"reason": "Found some"}).json()
    assert (body["answer"], body["answered_by"]["name"], body["reason"]) == ("withdrawn", "Alice Johnson", "Found some")
    again = client.post(f"{URL}/{request.pk}/withdraw")
    assert (again.status_code, again.json()["code"]) == (409, "already_answered")
    assert api(cast.smith).post(f"{URL}/{request.pk}/grant").status_code == 409


@pytest.mark.parametrize("who, status", [("charlie", 404), ("brown", 404), ("laboratory", 404), ("smith", 403)])
def test_over_rest_the_stranger_finds_nothing_and_the_doctor_may_not(cast, api, who, status):
    _, request = asked(cast)
    assert api(getattr(cast, who)).post(f"{URL}/{request.pk}/withdraw").status_code == status
    assert RefillRequest.objects.open().get() == request


@pytest.mark.parametrize("reason", ["x" * 501, "a\x00b", ["x"], 7.5])
def test_a_reason_that_cannot_be_is_400_and_withdraws_nothing(cast, api, reason):
    _, request = asked(cast)
    answer = api(cast.alice).post(f"{URL}/{request.pk}/withdraw", {"reason": reason}, format="json")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["reason"])
    assert RefillRequest.objects.open().get() == request


# --- on the pages ---------------------------------------------------------------------------------------
def test_a_patient_withdraws_beside_their_question_and_can_ask_again(cast, signed_in):
    prescription, _ = asked(cast)
    client = signed_in(cast.alice)
    assert "Withdraw the request" in words_of(client.get(page_of(prescription)))
    page = words_of(client.post(page_of(prescription, "withdraw"), follow=True))
    assert "The request is withdrawn" in page and "Request withdrawn" in page
    assert "Ask for a refill" in page and "Withdraw the request" not in page


@pytest.mark.parametrize("path", ["/", "/prescriptions/", "/prescriptions/of/{patient}/"])
def test_wherever_a_patient_reads_that_they_have_asked_they_can_withdraw(cast, signed_in, path):
    prescription, request = asked(cast)
    client, path = signed_in(cast.alice), path.format(patient=cast.alice.pk)
    assert f'action="{page_of(prescription, "withdraw")}"' in words_of(client.get(path))
    request.withdraw(by=cast.alice.user)
    assert "Withdraw the request" not in words_of(client.get(path))


def test_an_administrator_has_the_button_and_a_doctor_has_not(cast, signed_in):
    prescription, _ = asked(cast)
    assert "Withdraw the request" in words_of(signed_in(cast.admin).get(page_of(prescription)))
    assert "Withdraw the request" not in words_of(signed_in(cast.smith).get(page_of(prescription)))


@pytest.mark.parametrize("who, status", [("charlie", 404), ("brown", 404), ("smith", 409)])
def test_on_the_page_the_stranger_finds_nothing_and_the_doctor_may_not(cast, signed_in, who, status):
    prescription, request = asked(cast)
    assert signed_in(getattr(cast, who)).post(page_of(prescription, "withdraw")).status_code == status
    assert RefillRequest.objects.open().get() == request


def test_who_withdraws_too_late_reads_who_has_answered(cast, signed_in):
    prescription, request = asked(cast)
    request.grant(by=cast.smith.user)
    answer = signed_in(cast.alice).post(page_of(prescription, "withdraw"))
    assert answer.status_code == 409
    assert "Jane Smith has answered it already" in words_of(answer)


def test_where_nothing_was_asked_nothing_is_withdrawn(cast, signed_in):
    prescription = days_ago(issued(cast), 3)
    assert signed_in(cast.alice).post(page_of(prescription, "withdraw")).status_code == 404
