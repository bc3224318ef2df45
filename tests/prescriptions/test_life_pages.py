"""The page of a prescription, and what each who looks at it can do there."""

import pytest

from prescriptions.models import Allergy, Prescription, RefillRequest
from tests.appointments.making import words_of
from tests.prescriptions.test_issue import issued
from tests.prescriptions.test_life import let_it_end
from tests.prescriptions.test_refills import asked, days_ago

pytestmark = pytest.mark.django_db


def path(prescription, verb=""):
    return f"/prescriptions/{prescription.pk}/{verb}{'/' if verb else ''}"


def sent(verb, **fields):
    return {f"{verb}-{name}": value for name, value in fields.items()}


def test_a_doctor_stops_it_with_a_reason_that_stands_in_its_history(cast, signed_in):
    prescription, client = issued(cast), signed_in(cast.smith)
    answer = client.post(path(prescription, "stop"), sent("stop", seen="active", reason="Dizzy"), follow=True)
    assert answer.status_code == 200
    assert "Stopped" in words_of(answer) and "Jane Smith: Dizzy" in words_of(answer)
    assert "Dizzy" in words_of(signed_in(cast.alice).get(path(prescription)))


@pytest.mark.parametrize("nothing", ["", "\u200b", "..."])
def test_a_step_without_its_reason_comes_back_with_an_error(cast, signed_in, nothing):
    prescription = issued(cast)
    answer = signed_in(cast.smith).post(path(prescription, "hold"), sent("hold", seen="active", reason=nothing))
    assert answer.status_code == 409
    assert 'href="#id_hold-reason"' in words_of(answer)
    assert Prescription.objects.get().state == "active"


def test_who_saw_another_state_is_told_and_loses_nothing_that_was_typed(cast, signed_in):
    prescription = issued(cast)
    prescription.hold(by=cast.admin, reason="Waiting for a result")
    answer = signed_in(cast.smith).post(path(prescription, "stop"), sent("stop", seen="active", reason="Dizzy"))
    page = words_of(answer)
    assert answer.status_code == 409
    assert "Meanwhile Ada Min has set it to on hold" in page and 'value="Dizzy"' in page


def test_a_step_that_is_no_longer_offered_says_why_above(cast, signed_in):
    prescription = issued(cast)
    prescription.stop(by=cast.smith.user, reason="Dizzy")
    answer = signed_in(cast.smith).post(path(prescription, "hold"), sent("hold", reason="Dizzy"))
    assert answer.status_code == 409
    assert "This prescription is stopped, so it cannot become on hold" in words_of(answer)


def test_the_live_part_says_what_happened_meanwhile(cast, signed_in):
    prescription = issued(cast)
    partial = f"{path(prescription)}partial/?seen=active&lines=0"
    assert "Meanwhile" not in words_of(signed_in(cast.smith).get(partial))
    prescription.hold(by=cast.admin, reason="Waiting for a result")
    assert "Meanwhile Ada Min has set it to on hold" in words_of(signed_in(cast.smith).get(partial))


def test_a_patient_asks_from_the_page_and_reads_the_answer_there(cast, signed_in):
    prescription = days_ago(issued(cast, refills_remaining=1), 3)
    client = signed_in(cast.alice)
    assert "Ask for a refill" in words_of(client.get(path(prescription)))
    page = words_of(client.post(path(prescription, "ask"), sent("ask", note="Going away"), follow=True))
    assert "You have asked for more" in page and "Ask for a refill</button>" not in page
    RefillRequest.objects.get().refuse(by=cast.smith.user, reason="Come and see me first")
    assert "Come and see me first" in words_of(client.get(path(prescription)))


def test_after_a_refusal_the_patient_can_ask_again_without_a_reload(cast, signed_in):
    prescription, request = asked(cast)
    client, part = signed_in(cast.alice), path(prescription, "actions")
    assert part in words_of(client.get(path(prescription)))
    assert "asked for already" in words_of(client.get(part))
    request.refuse(by=cast.smith.user, reason="Come and see me first")
    assert "Ask for a refill</button>" in words_of(client.get(part))
    for stranger in (cast.charlie, cast.brown, cast.smith):
        assert signed_in(stranger).get(part).status_code == 404


def test_a_patient_is_offered_a_renewal_where_no_refill_is_left(cast, signed_in):
    prescription = days_ago(issued(cast), 3)
    assert "Ask for a renewal" in words_of(signed_in(cast.alice).get(path(prescription)))


def test_a_patient_who_cannot_ask_reads_why(cast, signed_in):
    prescription = issued(cast, duration_days=60)
    page = words_of(signed_in(cast.alice).get(path(prescription)))
    assert "You can ask from" in page and "</form>" not in page


@pytest.mark.parametrize("verb", ["grant", "refuse"])
def test_a_question_that_came_meanwhile_is_not_answered_unread(cast, signed_in, verb):
    prescription, first = asked(cast)
    doctor, answer = signed_in(cast.smith), sent(verb, reason="As agreed", asked=str(first.pk))
    assert f'value="{first.pk}"' in words_of(doctor.get(path(prescription)))
    first.withdraw(by=cast.alice.user)
    second = prescription.ask_refill(by=cast.alice.user, note="I feel dizzy on it")
    page = doctor.post(path(prescription, verb), answer)
    assert page.status_code == 409
    assert "Alice Johnson has withdrawn it already" in words_of(page) and "I feel dizzy on it" in words_of(page)
    second.refresh_from_db()
    assert second.is_open
    again = words_of(page)
    assert f'value="{second.pk}"' in again and f'value="{first.pk}"' not in again
    doctor.post(path(prescription, verb), {**answer, f"{verb}-asked": str(second.pk)})
    second.refresh_from_db()
    assert not second.is_open


@pytest.mark.parametrize("verb", ["grant", "refuse"])
def test_the_doctor_answers_on_the_same_page(cast, signed_in, verb):
    prescription, request = asked(cast)
    assert "Alice Johnson asks for a refill" in words_of(signed_in(cast.smith).get(path(prescription)))
    signed_in(cast.smith).post(path(prescription, verb), sent(verb, reason="As agreed"))
    request.refresh_from_db()
    assert request.answer == {"grant": "granted", "refuse": "refused"}[verb]


def test_an_administrator_asks_for_a_patient_who_called(cast, signed_in):
    prescription, client = days_ago(issued(cast, refills_remaining=1), 3), signed_in(cast.admin)
    assert "Ask for a refill" in words_of(client.get(path(prescription)))
    client.post(path(prescription, "ask"), sent("ask", note="Called us"))
    assert RefillRequest.objects.get().asked_by == cast.admin


def test_the_list_is_narrowed_to_what_is_on_hold(cast, signed_in):
    issued(cast, medication="Lithium").hold(by=cast.smith.user, reason="Tremor")
    issued(cast)
    page = words_of(signed_in(cast.smith).get("/prescriptions/?show=on_hold"))
    assert "Lithium" in page and "Amoxicillin" not in page


def test_a_second_answer_is_told_who_was_first(cast, signed_in):
    prescription, request = asked(cast)
    request.grant(by=cast.admin)
    answer = signed_in(cast.smith).post(path(prescription, "refuse"), sent("refuse", reason="No"))
    assert answer.status_code == 409
    assert "Ada Min has answered it already" in words_of(answer)


def test_a_renewal_leads_to_the_new_prescription(cast, signed_in):
    old = let_it_end(issued(cast))
    data = sent("renew", seen="expired", duration_days=14, refills_remaining=0, notes="")
    answer = signed_in(cast.smith).post(path(old, "renew"), data)
    assert answer.url == path(old.renewal_or_none)
    assert "It has been renewed" in words_of(signed_in(cast.alice).get(path(old)))


def test_a_renewal_that_an_alert_stops_is_answered_on_a_page_of_its_own(cast, signed_in, rules):
    old = let_it_end(issued(cast, medication="amoxicillin"))
    Allergy.record(by=cast.smith.user, patient=cast.alice, substance="penicillin", severity="severe")
    data = sent("renew", seen="expired", duration_days=14, refills_remaining=0, notes="")
    client = signed_in(cast.smith)
    stopped = client.post(path(old, "renew"), data)
    assert stopped.status_code == 409 and "Not issued: amoxicillin" in words_of(stopped)
    (answer,) = stopped.context["answers"]
    data |= {"alert": answer.alert.id, f"{answer.alert.id}-reason": "tolerated_before"}
    assert client.post(path(old, "renew"), data).status_code == 400
    assert Prescription.objects.get() == old
    back = words_of(client.post(path(old, "renew"), {**data, "renew-notes": "With food", "back": "1"}))
    for typed in ('value="14"', "With food", 'action="/prescriptions/new/"', "Alice Johnson"):
        assert typed in back
    assert 'value="amoxicillin"' not in back and 'value="500 mg"' not in back
    data[f"{answer.alert.id}-note"] = "Twice, without trouble"
    client.post(path(old, "renew"), data)
    assert old.renewal_or_none.duration_days == 14


@pytest.mark.parametrize("who, status", [("charlie", 404), ("brown", 404), ("alice", 409)])
def test_the_stranger_sees_nothing_and_the_patient_takes_no_step(cast, signed_in, who, status):
    prescription, client = issued(cast), signed_in(getattr(cast, who))
    assert client.post(path(prescription, "stop"), sent("stop", reason="x")).status_code == status
    if status == 404:
        assert client.get(path(prescription)).status_code == 404
        assert client.get(f"{path(prescription)}partial/").status_code == 404
    assert Prescription.objects.get().state == "active"


def test_there_is_no_other_step(cast, signed_in):
    assert signed_in(cast.smith).post(path(issued(cast), "burn")).status_code == 404
