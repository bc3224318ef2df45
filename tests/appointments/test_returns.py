"""A request that nobody answers comes back to its doctor, and then goes to the cover."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.refusals import NotAllowed
from appointments import returns
from appointments.models import Appointment, RequestReturn, WaitingTimes
from appointments.returns import bring_back_due
from notifications.channels import admin_channel, doctor_channel, session_channel
from notifications.models import Cover, Notification
from tests.appointments.making import in_days, requested, words_of

pytestmark = pytest.mark.django_db


def told():
    """The channels in the order in which they were told that a request waits."""
    waiting = Notification.objects.filter(type="appointment_request_waiting").order_by("created_at", "stream_id")
    return list(waiting.values_list("stream_id", flat=True))


def hours_after(request, hours):
    return request.asked_at + timedelta(hours=hours)


def covered(cast, *, by=None, hours=400):
    now = timezone.now()
    spell = {"begins": now - timedelta(hours=1), "ends": now + timedelta(hours=hours)}
    return Cover.objects.create(doctor=cast.smith, covering=by or cast.brown, **spell)


def asked(request, *, hours_ago):
    Appointment.objects.filter(pk=request.pk).update(asked_at=timezone.now() - timedelta(hours=hours_ago))
    request.refresh_from_db()
    return request


def test_its_doctor_is_told_again_after_the_time_and_not_before(cast):
    request = requested(cast)
    assert bring_back_due(hours_after(request, 23.9)) == 0
    assert bring_back_due(hours_after(request, 24)) == 1
    assert told() == [doctor_channel(cast.smith.pk)]


def test_what_is_said_is_who_waits_for_whom_since_when(cast):
    request = requested(cast)
    bring_back_due(hours_after(request, 24))
    body = Notification.objects.get(type="appointment_request_waiting").body
    assert (body["patient_name"], body["doctor_name"], body["reason"]) == (
        "Alice Johnson",
        "Dr. Smith",
        "Annual checkup",
    )
    assert body["link"] == request.get_absolute_url()


def test_then_it_goes_to_the_cover(cast):
    request = requested(cast)
    covered(cast)
    bring_back_due(hours_after(request, 24))
    assert bring_back_due(hours_after(request, 47.9)) == 0
    assert bring_back_due(hours_after(request, 48)) == 1
    assert told() == [doctor_channel(cast.smith.pk), doctor_channel(cast.brown.pk)]


def test_each_is_told_once_however_often_one_looks(cast):
    request = requested(cast)
    covered(cast)
    assert [bring_back_due(hours_after(request, 60)) for _ in range(3)] == [1, 0, 0]
    assert sorted(told()) == sorted([doctor_channel(cast.smith.pk), doctor_channel(cast.brown.pk)])


def test_where_nobody_covers_the_administrators_are_told(cast):
    request, ada = requested(cast), cast.admin
    bring_back_due(hours_after(request, 48))
    assert set(told()) == {doctor_channel(cast.smith.pk), admin_channel(ada.pk)}


def test_a_cover_that_begins_later_is_told_then(cast):
    request, _ = requested(cast), cast.admin
    bring_back_due(hours_after(request, 48))
    covered(cast)
    assert bring_back_due(hours_after(request, 49)) == 1
    assert told()[-1] == doctor_channel(cast.brown.pk)


@pytest.mark.parametrize("how", ["leaves", "runs out"])
def test_when_the_cover_is_gone_the_administrators_are_told_once(cast, how):
    request, ada = requested(cast), cast.admin
    cover = covered(cast)
    bring_back_due(hours_after(request, 48))
    if how == "leaves":
        cast.brown.user.is_active = False
        cast.brown.user.save()
    else:
        Cover.objects.filter(pk=cover.pk).update(ends=timezone.now() - timedelta(minutes=1))
    assert [bring_back_due(hours_after(request, 49)) for _ in range(2)] == [1, 0]
    assert told()[-1] == admin_channel(ada.pk)


def test_an_administrator_who_comes_later_is_not_told_of_all_that_others_were(cast):
    request, ada = requested(cast), cast.admin
    bring_back_due(hours_after(request, 48))
    cast.trainee.user.is_staff = True
    cast.trainee.user.save()
    assert bring_back_due(hours_after(request, 49)) == 0
    ada.is_active = False
    ada.save()
    assert bring_back_due(hours_after(request, 50)) == 1
    assert told()[-1] == admin_channel(cast.trainee.pk)


def test_a_doctor_who_has_left_is_not_waited_for(cast):
    request = requested(cast)
    covered(cast)
    cast.smith.user.is_active = False
    cast.smith.user.save()
    bring_back_due(hours_after(request, 24))
    assert told() == [doctor_channel(cast.brown.pk)]


def test_the_administration_sets_the_times_and_they_hold_at_once(cast, signed_in):
    request = requested(cast)
    client = signed_in(cast.admin)
    page = client.get("/admin/appointments/waitingtimes/", follow=True)
    assert page.status_code == 200
    given = {"comes_back_after_hours": 2, "to_the_cover_after_hours": 3, "offer_minutes": 15}
    assert client.post(page.request["PATH_INFO"], given).status_code == 302
    assert WaitingTimes.current().comes_back_after_hours == 2
    assert bring_back_due(hours_after(request, 2)) == 1


def test_the_cover_never_comes_before_the_doctor(cast, signed_in):
    client = signed_in(cast.admin)
    page = client.get("/admin/appointments/waitingtimes/", follow=True)
    answer = client.post(page.request["PATH_INFO"], {"comes_back_after_hours": 5, "to_the_cover_after_hours": 4})
    assert "the doctor first" in words_of(answer)
    assert WaitingTimes.current().comes_back_after_hours == 24


@pytest.mark.parametrize("step", ["confirm", "cancel"])
def test_what_is_answered_does_not_come_back(cast, step):
    request = requested(cast)
    getattr(request, step)(by=cast.smith.user)
    assert bring_back_due(hours_after(request, 100)) == 0


def test_what_is_moved_waits_anew(cast):
    request = asked(requested(cast), hours_ago=30)
    assert bring_back_due() == 1
    request.reschedule(by=cast.alice.user, time=in_days(9))
    assert not Appointment.objects.waiting_too_long()
    assert bring_back_due() == 0
    assert bring_back_due(hours_after(request, 24)) == 1


def test_it_stands_on_top_of_the_worklist_with_how_long_it_waits(cast, signed_in):
    asked(requested(cast, patient=cast.bob, reason="Cough"), hours_ago=20)
    asked(requested(cast), hours_ago=30)
    bring_back_due()
    waiting = list(Appointment.objects.waiting_for(cast.smith))
    assert [(row.patient_id, row.came_back) for row in waiting] == [(cast.alice.pk, True), (cast.bob.pk, False)]
    page = words_of(signed_in(cast.smith).get("/"))
    assert "Waits too long" in page
    assert "1 day" in page


def test_the_cover_has_it_on_the_worklist_and_answers_it(cast, signed_in):
    request = asked(requested(cast), hours_ago=50)
    client = signed_in(cast.brown)
    covered(cast)
    assert client.get(request.get_absolute_url()).status_code == 404
    bring_back_due()
    assert "with Dr. Jane Smith, whom you cover" in words_of(client.get("/"))
    assert client.get(request.get_absolute_url()).status_code == 200
    steps = {"confirm-seen": "requested", "confirm-scheduled_time": in_days(4).strftime("%Y-%m-%dT%H:%M")}
    answer = client.post(f"{request.get_absolute_url()}confirm/", steps, follow=True)
    assert answer.status_code == 200
    assert answer.redirect_chain[-1][0] == "/"
    request.refresh_from_db()
    assert request.status == "confirmed"
    assert client.get(request.get_absolute_url()).status_code == 404


def test_the_cover_answers_through_the_api_too(cast, api):
    request = asked(requested(cast), hours_ago=50)
    covered(cast)
    bring_back_due()
    answer = api(cast.brown).post(f"/api/v1/appointments/{request.pk}/cancel", {"reason": "On leave"}, format="json")
    assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
    assert answer.json()["history"][-1]["by"]["name"] == "Emily Brown"


def test_the_stranger_may_not_answer_it_nor_a_cover_whom_it_has_not_reached(cast, api):
    request = asked(requested(cast), hours_ago=30)
    covered(cast)
    bring_back_due()
    for stranger in (cast.brown, cast.charlie):
        with pytest.raises(NotAllowed):
            request.confirm(by=stranger.user)
        assert api(stranger).post(f"/api/v1/appointments/{request.pk}/confirm").status_code == 404


def test_the_administrator_sees_how_many_wait_too_long(cast, signed_in):
    asked(requested(cast), hours_ago=30)
    bring_back_due()
    assert "1 of them waiting too long" in words_of(signed_in(cast.admin).get("/"))


@pytest.mark.django_db(transaction=True)
def test_once_it_is_answered_the_pages_of_all_whom_it_had_come_to_are_rid_of_it(cast, outbox):
    request = asked(requested(cast), hours_ago=50)
    covered(cast)
    bring_back_due()
    outbox.clear()
    request.confirm(by=cast.smith.user)
    assert {"channel": f"user:{cast.brown.pk}:session", "type": "refresh", "topic": "appointments"} in outbox


@pytest.mark.django_db(transaction=True)
def test_an_answer_that_races_the_clock_has_one_outcome(cast):
    request = asked(requested(cast), hours_ago=30)
    answering, may_commit = threading.Event(), threading.Event()

    def answer_slowly():
        try:
            with transaction.atomic():
                Appointment.objects.get(pk=request.pk).confirm(by=cast.smith.user)
                answering.set()
                assert may_commit.wait(10)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(answer_slowly)
        assert answering.wait(10)
        assert bring_back_due() == 0
        may_commit.set()
        slow.result(10)
    assert bring_back_due() == 0
    assert told() == []


def test_a_worker_that_looked_before_another_told_them_tells_nobody_again(cast):
    asked(requested(cast), hours_ago=30)
    now = timezone.now()
    ((request, people),) = returns._whose_turn_it_is(now)
    assert bring_back_due(now) == 1
    assert not returns._bring_back(request, people, now)
    assert told() == [doctor_channel(cast.smith.pk)]


def test_a_worker_that_looked_before_it_was_answered_tells_nobody(cast):
    request = asked(requested(cast), hours_ago=30)
    now = timezone.now()
    ((seen, people),) = returns._whose_turn_it_is(now)
    request.confirm(by=cast.smith.user)
    assert not returns._bring_back(seen, people, now)
    assert told() == []


@pytest.mark.django_db(transaction=True)
def test_four_workers_tell_each_person_once(cast):
    for patient in (cast.alice, cast.bob):
        asked(requested(cast, patient=patient), hours_ago=50)
    covered(cast)

    def work(_):
        try:
            return bring_back_due()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(4))) == 2
    assert len(told()) == RequestReturn.objects.count() == 4


def test_however_many_wait_the_questions_are_as_many(cast, django_assert_max_num_queries):
    covered(cast)
    for number in range(12):
        asked(requested(cast, reason=f"Matter {number}", requested_time=in_days(3 + number)), hours_ago=50)
    bring_back_due()
    with django_assert_max_num_queries(5):
        assert bring_back_due() == 0


def test_administrators_pages_hear_of_what_waits_and_of_its_answer(cast, outbox, django_capture_on_commit_callbacks):
    channel = session_channel(cast.admin.pk)

    def told(act):
        outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            act()
        heard = [sent for sent in outbox if sent["channel"] == channel]
        return "appointments" in {sent.get("topic") for sent in heard}

    assert told(lambda: requested(cast))
    appointment = Appointment.objects.get()
    late = timezone.now() + timedelta(hours=25)
    assert told(lambda: bring_back_due(late))
    assert told(lambda: appointment.confirm(by=cast.smith.user))
    assert not told(lambda: appointment.start(by=cast.smith.user))


def test_the_count_on_an_administrators_home_is_a_part_of_its_own(cast, signed_in):
    requested(cast)
    part = "/partials/home/clinic/"
    assert part in words_of(signed_in(cast.admin).get("/"))
    bring_back_due(timezone.now() + timedelta(hours=25))
    assert "1 of them waiting too long" in words_of(signed_in(cast.admin).get(part))
    for stranger in (cast.alice, cast.smith):
        assert signed_in(stranger).get(part).status_code == 404
