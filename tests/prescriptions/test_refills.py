"""A patient asks for more of it, a doctor answers, and both are told."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.refusals import IllegalStep, NotAllowed, Refused
from notifications.channels import doctor_channel, patient_channel
from prescriptions.models import Prescription, RefillRequest
from prescriptions.refilling import ASKED_AHEAD, RENEWABLE_FOR
from prescriptions.statuses import Status
from tests.prescriptions.test_issue import issued

pytestmark = pytest.mark.django_db


def days_ago(prescription, days):
    """As if it had been issued then."""
    span = prescription.expires_at - prescription.created_at
    begun = timezone.now() - timedelta(days=days)
    Prescription.objects.filter(pk=prescription.pk).update(created_at=begun, expires_at=begun + span)
    prescription.refresh_from_db()
    return prescription


def asked(cast, **fields):
    """For 30 days and two refills, of which 20 days are over."""
    prescription = days_ago(issued(cast, **{"duration_days": 30, "refills_remaining": 2, **fields}), 20)
    return prescription, prescription.ask_refill(by=cast.alice.user, note="Going away")


def lines(prescription):
    return [(change.to_status, change.refill) for change in prescription.history.all()]


def test_the_next_refill_is_due_when_the_supply_ends(cast):
    prescription = issued(cast, duration_days=30, refills_remaining=2)
    assert prescription.next_refill_on == timezone.localdate() + timedelta(days=30)
    assert prescription.ends_on == timezone.localdate() + timedelta(days=90)
    assert issued(cast, duration_days=30).next_refill_on is None


def test_a_grant_takes_one_off_and_its_supply_follows_the_one_before(cast):
    prescription, request = asked(cast)
    request.grant(by=cast.smith.user)
    prescription.refresh_from_db()
    assert prescription.refills_remaining == 1
    assert prescription.supply_ends_at == prescription.created_at + timedelta(days=60)
    assert lines(prescription) == [("active", "requested"), ("active", "granted")]
    assert (request.answer, request.answered_by) == ("granted", cast.smith.user)


def test_a_refill_that_is_granted_late_never_outlives_its_prescription(cast):
    prescription = days_ago(issued(cast, duration_days=30, refills_remaining=1), 50)
    prescription.ask_refill(by=cast.alice.user).grant(by=cast.smith.user)
    prescription.refresh_from_db()
    assert prescription.supply_ends_at == prescription.expires_at


def test_a_patient_asks_once_while_one_is_open_and_again_when_it_is_answered(cast):
    prescription, request = asked(cast)
    with pytest.raises(IllegalStep) as refused:
        prescription.ask_refill(by=cast.alice.user)
    assert refused.value.code == "already_asked"
    request.refuse(by=cast.smith.user, reason="Come and see me first")
    prescription.ask_refill(by=cast.alice.user)
    assert RefillRequest.objects.open().count() == 1


def test_the_database_knows_that_one_is_open_at_most(cast):
    prescription, _ = asked(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        RefillRequest.objects.create(prescription=prescription, asked_by=cast.alice.user, asked_at=timezone.now())


def test_it_is_too_early_while_the_supply_lasts(cast):
    prescription = issued(cast, duration_days=30, refills_remaining=1)
    with pytest.raises(IllegalStep, match="You can ask from") as refused:
        prescription.ask_refill(by=cast.alice.user)
    assert refused.value.code == "too_early"
    days_ago(prescription, 30 - ASKED_AHEAD.days)
    assert prescription.ask_refill(by=cast.alice.user).is_open


@pytest.mark.parametrize("who", ["charlie", "brown", "smith", "laboratory"])
def test_only_the_patient_or_an_administrator_for_them_asks(cast, who):
    prescription, person = days_ago(issued(cast, refills_remaining=1), 3), getattr(cast, who)
    with pytest.raises(NotAllowed):
        prescription.ask_refill(by=getattr(person, "user", person))
    assert prescription.ask_refill(by=cast.admin).asked_by == cast.admin


@pytest.mark.parametrize("who", ["alice", "charlie", "brown", "trainee", "laboratory"])
def test_only_who_may_change_the_prescription_answers(cast, who):
    _, request = asked(cast)
    person = getattr(cast, who)
    for answer in (request.grant, request.refuse):
        with pytest.raises(NotAllowed):
            answer(by=getattr(person, "user", person), reason="x")
    assert RefillRequest.objects.open().get() == request


def test_a_refusal_says_why(cast):
    _, request = asked(cast)
    with pytest.raises(ValidationError, match="Say why"):
        request.refuse(by=cast.smith.user, reason=" ")


@pytest.mark.parametrize("status", [Status.ON_HOLD, Status.STOPPED, Status.COMPLETED, Status.ENTERED_IN_ERROR])
def test_nobody_asks_for_what_is_not_to_be_taken(cast, status):
    prescription = days_ago(issued(cast, refills_remaining=1), 3)
    prescription.advance(status, by=cast.smith.user, reason="Dizzy")
    with pytest.raises(IllegalStep):
        prescription.ask_refill(by=cast.alice.user)


def test_a_request_waits_while_it_is_on_hold_and_a_stop_answers_it(cast):
    prescription, request = asked(cast)
    prescription.hold(by=cast.smith.user, reason="Dizzy")
    with pytest.raises(IllegalStep, match="on hold"):
        request.grant(by=cast.smith.user)
    prescription.stop(by=cast.smith.user, reason="Still dizzy")
    request.refresh_from_db()
    assert (request.answer, request.reason) == ("refused", "Stopped: Still dizzy")


def test_without_a_refill_left_it_is_renewed_as_a_prescription_of_its_own(cast, rules):
    old, request = asked(cast, refills_remaining=0, medication="Warfarin 5 mg")
    with pytest.raises(IllegalStep, match="No refill is left"):
        request.grant(by=cast.smith.user)
    new = old.renew(by=cast.smith.user, refills_remaining=1)
    old.refresh_from_db()
    request.refresh_from_db()
    assert (new.renews, old.renewal_or_none, new.medication, new.duration_days) == (old, new, "Warfarin 5 mg", 30)
    assert (old.state, request.answer) == (Status.COMPLETED, "renewed")
    assert lines(old) == [("active", "requested"), ("completed", "renewed")]
    assert new.refills_remaining == 1


def test_what_has_expired_is_renewed_with_as_many_refills_as_it_had(cast):
    old = days_ago(issued(cast, duration_days=30, refills_remaining=1), 65)
    old.ask_refill(by=cast.alice.user)
    new = old.renew(by=cast.smith.user)
    old.refresh_from_db()
    assert (old.state, new.refills_remaining) == (Status.EXPIRED, 1)
    assert lines(old) == [("expired", ""), ("expired", "requested"), ("expired", "renewed")]


def test_what_ended_long_ago_needs_a_visit(cast):
    prescription = days_ago(issued(cast), 8 + RENEWABLE_FOR.days)
    with pytest.raises(IllegalStep, match="Ask for an appointment"):
        prescription.ask_refill(by=cast.alice.user)


@pytest.mark.parametrize("who", ["brown", "trainee", "admin", "alice"])
def test_a_renewal_is_prescribed_like_everything_else(cast, who):
    old, person = days_ago(issued(cast), 6), getattr(cast, who)
    with pytest.raises(NotAllowed):
        old.renew(by=getattr(person, "user", person))
    old.refresh_from_db()
    assert (old.state, Prescription.objects.count()) == (Status.ACTIVE, 1)


def test_it_is_renewed_once_and_not_when_it_was_stopped(cast):
    old = issued(cast)
    old.renew(by=cast.smith.user)
    with pytest.raises(IllegalStep) as refused:
        old.renew(by=cast.smith.user)
    assert refused.value.code == "renewed_already"
    stopped = issued(cast)
    stopped.stop(by=cast.smith.user, reason="Dizzy")
    with pytest.raises(IllegalStep, match="prescribe it anew"):
        stopped.renew(by=cast.smith.user)


def test_a_renewal_that_was_entered_in_error_counts_for_nothing(cast):
    old = days_ago(issued(cast), 6)
    wrong = old.renew(by=cast.smith.user)
    wrong.enter_in_error(by=cast.smith.user, reason="Wrong dose")
    old = Prescription.objects.with_life().get(pk=old.pk)
    assert old.renewal_or_none is None and old.may_be_renewed_by(cast.smith.user)
    request = old.ask_refill(by=cast.alice.user)
    assert request.is_open and old.needs_renewal
    right = old.renew(by=cast.smith.user)
    request.refresh_from_db()
    assert (request.answer, Prescription.objects.filter(renews=old).count()) == ("renewed", 2)
    assert Prescription.objects.with_life().get(pk=old.pk).renewal_or_none == right
    with pytest.raises(IllegalStep) as refused:
        old.renew(by=cast.smith.user)
    assert refused.value.code == "renewed_already"


def test_the_database_knows_that_it_is_renewed_once(cast):
    old = days_ago(issued(cast), 6)
    right, other = old.renew(by=cast.smith.user), issued(cast)
    with pytest.raises(IntegrityError, match="prescription_renewed_once"), transaction.atomic():
        Prescription.objects.filter(pk=other.pk).update(renews=old)
    right.enter_in_error(by=cast.smith.user, reason="Wrong dose")
    Prescription.objects.filter(pk=other.pk).update(renews=old)


def test_what_was_completed_without_a_renewal_is_not_asked_for_again(cast):
    old = days_ago(issued(cast), 6)
    old.complete(by=cast.smith.user)
    with pytest.raises(IllegalStep, match="Ask for an appointment"):
        old.ask_refill(by=cast.alice.user)


def test_requests_wait_for_the_prescriber_the_longest_waiting_first(cast):
    (_, first), (_, second) = asked(cast), asked(cast)
    assert list(RefillRequest.objects.waiting_for(cast.smith)) == [first, second]
    assert list(RefillRequest.objects.waiting_for(cast.brown)) == []
    first.grant(by=cast.smith.user)
    assert list(RefillRequest.objects.waiting_for(cast.smith)) == [second]


def test_the_worklist_of_the_doctor_has_them(cast, signed_in):
    asked(cast)
    page = signed_in(cast.smith).get("/partials/home/worklist/").content.decode()
    assert "Going away" in page
    assert "Going away" not in signed_in(cast.brown).get("/partials/home/worklist/").content.decode()


def test_whoever_covers_the_prescriber_answers_too(cast, covered):
    prescription, request = asked(cast)
    assert list(RefillRequest.objects.waiting_for(cast.brown)) == [request]
    assert list(RefillRequest.objects.waiting_for(cast.smith)) == [request]
    request.grant(by=cast.brown.user)
    prescription.refresh_from_db()
    assert prescription.refills_remaining == 1
    assert Prescription.objects.visible_to(cast.brown.user).get() == prescription


def test_a_cover_sees_the_patient_no_longer_when_somebody_else_has_answered(cast, covered):
    _, request = asked(cast)
    assert Prescription.objects.visible_to(cast.brown.user).exists()
    request.grant(by=cast.smith.user)
    assert not Prescription.objects.visible_to(cast.brown.user).exists()
    with pytest.raises(IllegalStep):
        request.refuse(by=cast.brown.user, reason="Too late")


@pytest.mark.django_db(transaction=True)
def test_the_cover_is_told_of_the_question_and_their_page_of_the_answer(cast, covered, outbox):
    _, request = asked(cast)
    assert [one["refill"] for one in outbox if one["channel"] == doctor_channel(cast.brown.pk)] == ["Requested"]
    outbox.clear()
    request.grant(by=cast.smith.user)
    assert {"channel": f"user:{cast.brown.pk}:session", "type": "refresh", "topic": "prescriptions"} in outbox


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("verb, word", [("grant", "Granted"), ("refuse", "Refused")])
def test_both_are_told_of_the_question_and_of_the_answer(cast, outbox, verb, word):
    prescription, request = asked(cast)
    getattr(request, verb)(by=cast.smith.user, reason="As agreed")
    told = [(sent["channel"], sent["refill"]) for sent in outbox if sent["type"] == "prescription_status_changed"]
    assert sorted(told) == sorted(
        (channel, said)
        for channel in (doctor_channel(cast.smith.pk), patient_channel(cast.alice.pk))
        for said in ("Requested", word)
    )
    assert {sent["new_status"] for sent in outbox if "new_status" in sent and "refill" in sent} == {"Active"}
    assert prescription.state == Status.ACTIVE


@pytest.mark.django_db(transaction=True)
def test_a_renewal_tells_both_that_it_is_renewed_and_the_patient_of_the_new_one(cast, outbox):
    old, _ = asked(cast, refills_remaining=0)
    outbox.clear()
    new = old.renew(by=cast.smith.user)
    told = {(sent["channel"], sent["type"], sent["prescription_id"]) for sent in outbox if "prescription_id" in sent}
    assert told == {
        (doctor_channel(cast.smith.pk), "prescription_status_changed", str(old.pk)),
        (patient_channel(cast.alice.pk), "prescription_status_changed", str(old.pk)),
        (patient_channel(cast.alice.pk), "new_prescription", str(new.pk)),
    }


@pytest.mark.django_db(transaction=True)
def test_of_many_grants_at_once_one_takes_a_refill(cast):
    prescription, request = asked(cast)

    def grant(_):
        try:
            RefillRequest.objects.get(pk=request.pk).grant(by=cast.smith.user)
        except Refused as refused:
            return refused.code
        finally:
            connection.close()
        return "granted"

    with ThreadPoolExecutor(4) as pool:
        outcomes = sorted(pool.map(grant, range(4)))
    prescription.refresh_from_db()
    assert outcomes == ["already_answered"] * 3 + ["granted"]
    assert prescription.refills_remaining == 1
