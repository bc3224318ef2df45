"""What becomes of a prescription, who may say so, and who is told."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Patient
from accounts.refusals import IllegalStep, NotAllowed
from notifications.channels import doctor_channel, patient_channel
from prescriptions.checking import check
from prescriptions.models import Prescription, PrescriptionStatusChange
from prescriptions.statuses import NEXT, Status
from prescriptions.tasks import expire_prescriptions
from tests.prescriptions.test_issue import issued

pytestmark = pytest.mark.django_db
WHY = "Dizzy since Monday"


def let_it_end(prescription):
    """Its last day was yesterday; the clock's scan has not run."""
    ended = timezone.now() - timedelta(days=1)
    Prescription.objects.filter(pk=prescription.pk).update(
        created_at=ended - timedelta(days=prescription.duration_days), expires_at=ended
    )
    prescription.refresh_from_db()
    return prescription


def in_state(cast, status, **fields):
    """One that has come to `status` by its verbs."""
    prescription, by = issued(cast, **fields), cast.smith.user
    if status == Status.EXPIRED:
        let_it_end(prescription).expire()
    elif status != Status.ACTIVE:
        prescription.advance(Status(status), by=by, reason=WHY)
    return prescription


def states():
    return {row.pk: row.state for row in Prescription.objects.all()}


def test_what_is_issued_is_in_use_and_has_no_history_yet(cast):
    prescription = issued(cast)
    assert (prescription.state, prescription.ended_at, prescription.is_active) == (Status.ACTIVE, None, True)
    assert prescription.last_change() is None


@pytest.mark.parametrize("to", NEXT[Status.ACTIVE])
def test_each_step_writes_who_when_and_why(cast, to):
    prescription = in_state(cast, to)
    prescription.refresh_from_db()
    (change,) = prescription.history.all()
    assert (prescription.state, change.to_status, change.from_status) == (to, to, Status.ACTIVE)
    assert (change.by, change.reason) == (cast.smith.user, WHY)
    assert (prescription.ended_at is None) == (to == Status.ON_HOLD)


@pytest.mark.parametrize("before", Status)
@pytest.mark.parametrize("to", Status)
def test_only_what_can_follow_follows(cast, before, to):
    prescription = in_state(cast, before)
    if to in NEXT[before]:
        prescription.advance(to, by=cast.smith.user, reason=WHY)
        assert prescription.state == to
    else:
        with pytest.raises(IllegalStep, match="cannot become"):
            prescription.advance(to, by=cast.smith.user, reason=WHY)
        assert states() == {prescription.pk: before}


@pytest.mark.parametrize("nothing", ["  ", "\u200b", "...", "-"])
@pytest.mark.parametrize("verb", ["hold", "stop", "enter_in_error"])
def test_what_takes_a_medicine_away_says_why(cast, verb, nothing):
    prescription = issued(cast)
    with pytest.raises(ValidationError, match="Say why"):
        getattr(prescription, verb)(by=cast.smith.user, reason=nothing)
    assert states() == {prescription.pk: Status.ACTIVE}


def test_on_hold_and_back_again_needs_no_new_prescription(cast):
    prescription = issued(cast)
    prescription.hold(by=cast.smith.user, reason=WHY)
    assert list(Prescription.objects.active()) == []
    prescription.resume(by=cast.smith.user)
    assert list(Prescription.objects.active()) == [prescription]
    assert [change.to_status for change in prescription.history.all()] == [Status.ON_HOLD, Status.ACTIVE]


@pytest.mark.parametrize("who", ["alice", "charlie", "brown", "trainee", "laboratory"])
def test_only_who_treats_the_patient_and_may_prescribe_takes_a_step(cast, who):
    prescription, person = issued(cast), getattr(cast, who)
    user = getattr(person, "user", person)
    with pytest.raises(NotAllowed):
        prescription.stop(by=user, reason=WHY)
    assert prescription.steps_for(user) == []
    assert states() == {prescription.pk: Status.ACTIVE}


def test_another_doctor_of_the_patient_and_an_administrator_may_stop_it(cast):
    first, second = issued(cast), issued(cast, doctor=cast.brown)
    first.stop(by=cast.brown.user, reason=WHY)
    second.stop(by=cast.admin, reason=WHY)
    assert set(states().values()) == {Status.STOPPED}


def test_a_doctor_takes_no_step_in_a_prescription_of_their_own(cast):
    patient = Patient.objects.create(user=cast.smith.user, date_of_birth=cast.alice.date_of_birth)
    prescription = issued(cast, doctor=cast.brown, patient=patient)
    with pytest.raises(NotAllowed):
        prescription.advance(Status.COMPLETED, by=cast.smith.user)
    with pytest.raises(NotAllowed):
        prescription.renew(by=cast.smith.user)


def test_a_stale_page_is_told_what_happened_meanwhile(cast):
    prescription = in_state(cast, Status.ON_HOLD)
    with pytest.raises(IllegalStep, match="Jane Smith has set it to on hold") as refused:
        prescription.stop(by=cast.smith.user, reason=WHY, seen=Status.ACTIVE)
    assert refused.value.code == "stale"


def test_the_clock_ends_it_once_and_it_is_true_before_the_clock_has_looked(cast):
    prescription = let_it_end(issued(cast))
    assert prescription.state == Status.EXPIRED
    assert list(Prescription.objects.active()) == list(Prescription.objects.current()) == []
    assert list(Prescription.objects.ended()) == [prescription]
    for _ in range(2):
        expire_prescriptions(timestamp=0)
    prescription.refresh_from_db()
    (change,) = prescription.history.all()
    assert (change.to_status, change.by) == (Status.EXPIRED, None)
    assert (prescription.status, prescription.ended_at) == (Status.EXPIRED, prescription.expires_at)


def test_what_is_on_hold_expires_too_and_what_is_over_does_not(cast):
    held, stopped = in_state(cast, Status.ON_HOLD), in_state(cast, Status.STOPPED)
    for prescription in (held, stopped):
        let_it_end(prescription)
    expire_prescriptions(timestamp=0)
    assert states() == {held.pk: Status.EXPIRED, stopped.pk: Status.STOPPED}


def test_what_the_clock_has_ended_cannot_be_stopped_whether_or_not_it_has_looked(cast):
    prescription = let_it_end(issued(cast))
    with pytest.raises(IllegalStep, match="is expired"):
        prescription.stop(by=cast.smith.user, reason=WHY)
    assert not PrescriptionStatusChange.objects.exists()


def test_an_error_found_after_its_end_has_both_lines(cast):
    prescription = let_it_end(issued(cast))
    prescription.enter_in_error(by=cast.smith.user, reason="Wrong patient")
    assert [change.to_status for change in prescription.history.all()] == [Status.EXPIRED, Status.ENTERED_IN_ERROR]


@pytest.mark.parametrize("status", Status)
def test_a_check_counts_what_is_in_use_or_on_hold(cast, rules, status):
    in_state(cast, status, medication="Warfarin 5 mg")
    alerts = check(["ibuprofen"], cast.alice).alerts
    assert bool(alerts) == (status in (Status.ACTIVE, Status.ON_HOLD))


@pytest.mark.parametrize(
    "change",
    [{"status": "gone"}, {"status": "stopped"}, {"ended_at": "2026-01-01T00:00Z"}],
)
def test_the_database_knows_the_rules_too(cast, change):
    prescription = issued(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        Prescription.objects.filter(pk=prescription.pk).update(**change)


def test_history_is_only_added_to(cast):
    change = in_state(cast, Status.STOPPED).last_change()
    for act in (change.save, change.delete, PrescriptionStatusChange.objects.all().delete):
        with pytest.raises(TypeError):
            act()
    with pytest.raises(TypeError):
        PrescriptionStatusChange.objects.update(reason="Nothing")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "to, word",
    [
        (Status.ON_HOLD, "OnHold"),
        (Status.STOPPED, "Stopped"),
        (Status.COMPLETED, "Completed"),
        (Status.EXPIRED, "Expired"),
        (Status.ENTERED_IN_ERROR, "EnteredInError"),
    ],
)
def test_patient_and_prescriber_are_told_once(cast, outbox, to, word):
    prescription = in_state(cast, to)
    told = [sent for sent in outbox if sent["type"] == "prescription_status_changed"]
    assert sorted(sent["channel"] for sent in told) == [doctor_channel(cast.smith.pk), patient_channel(cast.alice.pk)]
    for sent in told:
        assert (sent["new_status"], sent["refill"], sent["medication"]) == (word, None, "Amoxicillin")
        assert (sent["prescription_id"], sent["link"]) == (str(prescription.pk), f"/prescriptions/{prescription.pk}/")


@pytest.mark.django_db(transaction=True)
def test_a_refused_step_tells_nobody(cast, outbox):
    prescription = in_state(cast, Status.STOPPED)
    outbox.clear()
    with pytest.raises(IllegalStep):
        prescription.resume(by=cast.smith.user)
    assert outbox == []
