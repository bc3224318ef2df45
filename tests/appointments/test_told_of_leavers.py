"""Visits whose doctor left are always somebody's to see to, and whoever it becomes is told, once and unasked."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from appointments.models import ToldOfLeaver
from appointments.tasks import tell_who_finds_another_doctor
from appointments.without_doctor_telling import tell_whose_turn_it_is
from notifications.channels import admin_channel, doctor_channel, session_channel
from notifications.models import Cover, Notification
from tests.appointments.leaving import covered, leaves
from tests.appointments.making import in_days, requested

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(cast):
    """An administrator, who is there from the start."""
    return admin_channel(cast.admin.pk)


@pytest.fixture
def visits(cast, ada):
    """Two of Smith's, confirmed."""
    visits = requested(cast), requested(cast, patient=cast.bob, requested_time=in_days(2), reason="Cough")
    for visit in visits:
        visit.confirm(by=cast.smith.user)
    return visits


def told():
    rows = Notification.objects.filter(type="visits_without_doctor").order_by("created_at", "stream_id")
    return list(rows.values_list("stream_id", flat=True))


def runs_out(cover):
    Cover.objects.filter(pk=cover.pk).update(ends=timezone.now() - timedelta(minutes=1))


def comes_back(doctor):
    doctor.user.is_active = True
    doctor.user.save()


def test_when_the_cover_runs_out_the_administrators_are_told_once(cast, visits, ada):
    cover = covered(cast.smith, cast.brown)
    leaves(cast.smith)
    tell_who_finds_another_doctor(timestamp=0)
    assert told() == [doctor_channel(cast.brown.pk)]
    visits[1].cancel(by=cast.admin)
    runs_out(cover)
    for _ in range(2):
        tell_who_finds_another_doctor(timestamp=0)
    assert told() == [doctor_channel(cast.brown.pk), ada]
    body = Notification.objects.get(stream_id=ada, type="visits_without_doctor").body
    assert (body["doctor_name"], body["visits"]) == ("Dr. Smith", 1)


def test_when_the_cover_leaves_as_well_the_administrators_are_told(cast, visits, ada):
    covered(cast.smith, cast.brown)
    leaves(cast.smith)
    leaves(cast.brown)
    assert tell_whose_turn_it_is() == 1
    assert told() == [doctor_channel(cast.brown.pk), ada]


def test_whoever_begins_to_cover_later_is_told_then(cast, visits, ada):
    leaves(cast.smith)
    assert tell_whose_turn_it_is() == 0
    covered(cast.smith, cast.brown)
    assert [tell_whose_turn_it_is() for _ in range(2)] == [1, 0]
    assert told() == [ada, doctor_channel(cast.brown.pk)]


def test_where_all_is_seen_to_or_the_doctor_is_back_nobody_is_told(cast, visits):
    cover = covered(cast.smith, cast.brown)
    leaves(cast.smith)
    before = told()
    runs_out(cover)
    comes_back(cast.smith)
    assert tell_whose_turn_it_is() == 0
    for visit in visits:
        visit.cancel(by=cast.admin)
    leaves(cast.smith)
    assert (tell_whose_turn_it_is(), told()) == (0, before)


def test_who_leaves_a_second_time_is_told_of_anew(cast, visits, ada):
    leaves(cast.smith)
    comes_back(cast.smith)
    leaves(cast.smith)
    assert told() == [ada, ada]
    assert ToldOfLeaver.objects.standing().count() == 1


def test_the_database_knows_each_but_once(cast, visits):
    leaves(cast.smith)
    with pytest.raises(IntegrityError), transaction.atomic():
        ToldOfLeaver.objects.create(doctor=cast.smith, to=cast.admin)


def test_their_pages_look_again(cast, visits, ada, outbox, django_capture_on_commit_callbacks):
    cover = covered(cast.smith, cast.brown)
    leaves(cast.smith)
    runs_out(cover)
    outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        tell_whose_turn_it_is()
    assert {sent["channel"] for sent in outbox if sent.get("topic") == "appointments"} == {
        session_channel(cast.admin.pk)
    }


@pytest.mark.django_db(transaction=True)
def test_four_workers_tell_each_once(cast, visits, ada):
    cover = covered(cast.smith, cast.brown)
    leaves(cast.smith)
    runs_out(cover)

    def work(_):
        try:
            return tell_whose_turn_it_is()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(4))) == 1
    assert told() == [doctor_channel(cast.brown.pk), ada]


def test_however_many_have_left_the_questions_are_as_many(cast, visits, django_assert_max_num_queries):
    for days, doctor in enumerate((cast.trainee, cast.brown), 4):
        requested(cast, patient=cast.charlie, doctor=doctor, requested_time=in_days(days)).confirm(by=cast.admin)
    for doctor in (cast.smith, cast.trainee, cast.brown):
        leaves(doctor)
    with django_assert_max_num_queries(4):
        assert tell_whose_turn_it_is() == 0
