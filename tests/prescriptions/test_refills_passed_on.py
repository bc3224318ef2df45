"""A question for a refill never waits for nobody: where none who was asked can answer, somebody else hears of it."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.leaving import left_behind_by
from accounts.models import Patient
from accounts.refusals import IllegalStep
from notifications.channels import admin_channel, doctor_channel
from notifications.models import Cover, Notification
from notifications.words import words_for
from prescriptions.models import RefillRequest
from prescriptions.passing_on import pass_on, to_pass_on
from prescriptions.tasks import pass_refills_on
from tests.appointments.making import words_of
from tests.prescriptions.test_issue import issued
from tests.prescriptions.test_refills import asked, days_ago

pytestmark = pytest.mark.django_db


def left(doctor):
    doctor.user.is_active = False
    doctor.user.save()


def may_not_prescribe(doctor):
    doctor.can_prescribe = False
    doctor.save()


def cover(cast, by):
    now = timezone.now()
    return Cover.objects.create(doctor=cast.smith, covering=by, begins=now, ends=now + timedelta(days=1))


def told(channel):
    return Notification.objects.filter(stream_id=channel, body__refill="Requested").count()


@pytest.mark.parametrize("becomes", [left, may_not_prescribe])
def test_where_the_prescriber_cannot_answer_any_more_the_administrators_are_told_once(cast, becomes):
    prescription, _ = asked(cast)
    admin = admin_channel(cast.admin.pk)
    pass_refills_on(timestamp=0)
    assert told(admin) == 0
    becomes(cast.smith)
    pass_refills_on(timestamp=0)
    pass_refills_on(timestamp=0)
    assert told(admin) == 1
    body = Notification.objects.get(stream_id=admin).body
    assert body["link"] == prescription.get_absolute_url()
    assert words_for(body).title == "A refill waits: Amoxicillin for Alice Johnson"


@pytest.mark.parametrize("becomes", [left, may_not_prescribe])
def test_it_stands_on_the_home_of_administrators_until_it_is_answered(cast, becomes, signed_in):
    _, request = asked(cast)
    client, part = signed_in(cast.admin), "/partials/home/stranded/"
    assert "Going away" not in words_of(client.get("/"))
    becomes(cast.smith)
    assert all("Going away" in words_of(client.get(path)) for path in ("/", part))
    for stranger in (cast.alice, cast.brown):
        assert signed_in(stranger).get(part).status_code == 404
    request.refuse(by=cast.admin, reason="Ask for an appointment with Dr. Brown")
    assert "Going away" not in words_of(client.get("/"))


def test_an_administrator_who_is_a_doctor_has_it_on_their_worklist(cast):
    _, request = asked(cast)
    left(cast.smith)
    assert list(RefillRequest.objects.waiting_for(cast.brown)) == []
    cast.brown.user.is_staff = True
    assert list(RefillRequest.objects.waiting_for(cast.brown)) == [request]


def test_who_deactivates_a_doctor_is_told_of_the_refills_that_wait(cast):
    asked(cast)
    assert left_behind_by(cast.smith.user) == []
    left(cast.smith)
    said = {told.words.partition(".")[0]: told.path for told in left_behind_by(cast.smith.user)}
    (refills,) = [words for words in said if "refill" in words]
    assert refills.startswith("1 refill that was asked of them waits") and said[refills] == "/"


def test_an_administrator_grants_it(cast):
    prescription, request = asked(cast)
    left(cast.smith)
    request.grant(by=cast.admin)
    prescription.refresh_from_db()
    assert prescription.refills_remaining == 1


def test_who_covers_the_prescriber_by_then_gets_it_instead(cast):
    _, request = asked(cast)
    left(cast.smith)
    admin = admin_channel(cast.admin.pk)
    cover(cast, cast.brown)
    pass_refills_on(timestamp=0)
    assert list(RefillRequest.objects.waiting_for(cast.brown)) == [request]
    assert (told(doctor_channel(cast.brown.pk)), told(admin)) == (1, 0)
    request.refuse(by=cast.brown.user, reason="Come and see me")


def test_who_covers_only_after_the_administrators_were_told_gets_it_too(cast):
    _, request = asked(cast)
    left(cast.smith)
    pass_refills_on(timestamp=0)
    assert to_pass_on(10) == []
    cover(cast, cast.brown)
    pass_refills_on(timestamp=0)
    assert list(RefillRequest.objects.waiting_for(cast.brown)) == [request]


def test_a_cover_who_was_asked_keeps_it_until_they_cannot_answer_either(cast):
    cover(cast, cast.brown)
    _, request = asked(cast)
    left(cast.smith)
    assert not pass_on(request)
    may_not_prescribe(cast.brown)
    assert list(RefillRequest.objects.stranded()) == [request]


def test_a_cover_who_may_not_prescribe_is_not_asked(cast):
    cover(cast, cast.trainee)
    _, request = asked(cast)
    assert list(request.covers.all()) == []


def test_an_administrator_who_is_the_patient_is_not_told_of_their_own(cast):
    prescription, request = asked(cast)
    cast.alice.user.is_staff = True
    cast.alice.user.save()
    left(cast.smith)
    assert pass_on(request)
    assert told(admin_channel(cast.alice.pk)) == 0


def test_what_is_answered_is_passed_on_to_nobody(cast):
    _, request = asked(cast)
    request.refuse(by=cast.smith.user, reason="No")
    left(cast.smith)
    assert not pass_on(request)


def test_the_patient_and_who_treats_them_read_that_the_doctor_cannot_answer(cast, signed_in):
    prescription, _ = asked(cast)
    assert "can no longer answer" not in words_of(signed_in(cast.alice).get(prescription.get_absolute_url()))
    left(cast.smith)
    for reader in (cast.alice, cast.admin):
        assert "can no longer answer" in words_of(signed_in(reader).get(prescription.get_absolute_url()))


@pytest.mark.parametrize(
    "becomes, words", [(left, "no longer works here"), (may_not_prescribe, "cannot prescribe more of it")]
)
def test_nobody_is_asked_who_cannot_answer(cast, becomes, words):
    prescription = days_ago(issued(cast, refills_remaining=1), 3)
    becomes(cast.smith)
    with pytest.raises(IllegalStep, match=words):
        prescription.ask_refill(by=cast.alice.user)
    cover(cast, cast.brown)
    request = prescription.ask_refill(by=cast.alice.user)
    assert list(RefillRequest.objects.waiting_for(cast.brown)) == [request]


def test_who_prescribed_it_for_themselves_is_not_asked(cast):
    themself = Patient.objects.create(user=cast.smith.user, date_of_birth=date(1970, 1, 1), sex="unknown")
    prescription = days_ago(issued(cast, patient=themself, refills_remaining=1), 3)
    with pytest.raises(IllegalStep, match="cannot prescribe more of it"):
        prescription.ask_refill(by=cast.smith.user)


@pytest.mark.django_db(transaction=True)
def test_the_homes_of_administrators_look_again_when_it_is_answered(cast, outbox):
    _, request = asked(cast)
    left(cast.smith)
    frame = {"channel": f"user:{cast.admin.pk}:session", "type": "refresh", "topic": "prescriptions"}
    pass_on(request)
    outbox.clear()
    RefillRequest.objects.get().withdraw(by=cast.alice.user)
    assert frame in outbox
