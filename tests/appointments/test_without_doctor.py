"""A doctor no longer works here, and people are to visit them: somebody is told, and finds them another."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.refusals import NotAllowed
from appointments.models import Appointment
from notifications.channels import admin_channel, doctor_channel, patient_channel, session_channel
from notifications.models import Cover, Notification
from tests.appointments.leaving import covered, leaves
from tests.appointments.making import in_days, in_status, let_time_pass, requested, words_of

pytestmark = pytest.mark.django_db
LIST = "/appointments/without-doctor/"


@pytest.fixture
def visits(cast):
    """Alice's in three days, Bob's in two."""
    visits = requested(cast), requested(cast, patient=cast.bob, requested_time=in_days(2), reason="Cough")
    for visit in visits:
        visit.confirm(by=cast.smith.user)
    return visits


def told():
    """The channels that were told, in their order."""
    rows = Notification.objects.filter(type="visits_without_doctor").order_by("stream_id", "seq")
    return list(rows.values_list("stream_id", flat=True))


# --- who is told ----------------------------------------------------------------------------------------


def test_whoever_covers_is_told_how_many_visits_and_when_the_first_is(cast, visits):
    covered(cast.smith, cast.brown)
    ada = cast.admin
    leaves(cast.smith)
    assert told() == [doctor_channel(cast.brown.pk)]
    body = Notification.objects.get(type="visits_without_doctor").body
    assert (body["doctor_name"], body["visits"], body["link"]) == ("Dr. Smith", 2, LIST)
    assert body["next_time"] == visits[1].time.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert admin_channel(ada.pk) not in told()


def test_where_nobody_covers_the_administrators_are(cast, visits):
    ada = cast.admin
    over = covered(cast.smith, cast.brown)
    Cover.objects.filter(pk=over.pk).update(ends=timezone.now() - timedelta(minutes=1))
    leaves(cast.smith)
    assert told() == [admin_channel(ada.pk)]


def test_a_cover_who_has_left_as_well_is_not_waited_for(cast, visits):
    ada = cast.admin
    covered(cast.smith, cast.brown)
    leaves(cast.brown)
    leaves(cast.smith)
    assert told() == [admin_channel(ada.pk)]


def test_once_however_often_it_is_saved_and_again_when_they_leave_again(cast, visits):
    channel = admin_channel(cast.admin.pk)
    leaves(cast.smith)
    cast.smith.user.first_name = "Janet"
    cast.smith.user.save()
    User.objects.get(pk=cast.smith.pk).save()
    assert told() == [channel]
    cast.smith.user.is_active = True
    cast.smith.user.save()
    assert told() == [channel]
    leaves(cast.smith)
    assert told() == [channel, channel]


def test_nobody_is_told_where_nobody_is_to_come(cast):
    over, requests = in_status(cast, "confirmed"), requested(cast, patient=cast.bob)
    let_time_pass(over)
    assert (over.status, requests.status, bool(cast.admin)) == ("confirmed", "requested", True)
    leaves(cast.smith)
    leaves(cast.alice)
    assert told() == []


def test_a_deactivation_that_is_taken_back_tells_nobody(cast, visits):
    cast.admin  # noqa: B018  # is there
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        leaves(cast.smith)
        raise ZeroDivisionError
    assert told() == []


def test_who_cannot_be_told_keeps_the_doctor(cast, visits, monkeypatch):
    """One transaction: a doctor is not gone without anybody knowing."""
    from appointments import without_doctor_telling

    def fail(*args, **kwargs):
        raise ZeroDivisionError

    cast.admin  # noqa: B018  # is there
    monkeypatch.setattr(without_doctor_telling, "notify", fail)
    with pytest.raises(ZeroDivisionError):
        leaves(cast.smith)
    assert User.objects.get(pk=cast.smith.pk).is_active


@pytest.mark.django_db(transaction=True)
def test_two_who_deactivate_a_doctor_at_once_tell_everyone_once(cast, visits):
    channel, together = admin_channel(cast.admin.pk), Barrier(4)

    def deactivate(_):
        user = User.objects.get(pk=cast.smith.pk)
        user.is_active = False
        together.wait(10)
        try:
            user.save()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(deactivate, range(4)))
    assert told() == [channel]


def test_who_deactivates_a_doctor_in_the_administration_is_told_what_they_leave(cast, visits, signed_in):
    client, page = signed_in(cast.admin), f"/admin/accounts/user/{cast.smith.pk}/change/"
    sent = {
        "email": cast.smith.user.email,
        "first_name": "Jane",
        "last_name": "Smith",
        "doctor-TOTAL_FORMS": "1",
        "doctor-INITIAL_FORMS": "1",
        "doctor-0-user": str(cast.smith.pk),
        "doctor-0-specialization": "General practice",
        "doctor-0-license_number": "L-1001",
        "patient-TOTAL_FORMS": "0",
        "patient-INITIAL_FORMS": "0",
    }
    answer = words_of(client.post(page, sent, follow=True))
    assert "2 visits need another doctor than Dr. Jane Smith. Told of it: Ada Min." in answer
    assert f'href="{LIST}"' in answer
    assert told() == [admin_channel(cast.admin.pk)]
    assert "another doctor than" not in words_of(client.post(page, sent, follow=True))


def test_the_pages_of_all_whom_it_concerns_look_again(cast, visits, outbox, django_capture_on_commit_callbacks):
    covered(cast.smith, cast.brown)
    concerned = {session_channel(one.pk) for one in (cast.alice, cast.bob, cast.brown, cast.admin)}

    def heard(act):
        outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            act()
        return {sent["channel"] for sent in outbox if sent.get("topic") == "appointments"}

    assert heard(lambda: leaves(cast.smith)) == concerned
    assert session_channel(cast.brown.pk) in heard(lambda: visits[0].cancel(by=cast.admin))


# --- the list -------------------------------------------------------------------------------------------


def test_administrators_see_them_all_the_first_to_come_on_top(cast, visits, signed_in):
    client = signed_in(cast.admin)
    assert "Every visit has a doctor" in words_of(client.get(LIST))
    leaves(cast.smith)
    page = words_of(client.get(LIST))
    assert page.index("Bob Wilson") < page.index("Alice Johnson")
    assert visits[0].get_absolute_url() in page
    assert "Bob Wilson" in words_of(client.get(f"{LIST}partial/"))
    visits[1].cancel(by=cast.admin)
    assert "Bob Wilson" not in words_of(client.get(LIST))


def test_whoever_covers_sees_theirs_and_opens_them(cast, visits, signed_in):
    other = requested(cast, patient=cast.charlie, doctor=cast.trainee)
    other.confirm(by=cast.trainee.user)
    covered(cast.smith, cast.brown)
    client = signed_in(cast.brown)
    assert client.get(visits[0].get_absolute_url()).status_code == 404
    leaves(cast.smith)
    leaves(cast.trainee)
    page = words_of(client.get(LIST))
    assert ("Alice Johnson" in page, "Charlie Stone" in page) == (True, False)
    assert "Dr. Jane Smith no longer works here" in words_of(client.get(visits[0].get_absolute_url()))


def test_the_stranger_sees_none_of_it(cast, visits, signed_in):
    leaves(cast.smith)
    for path in (LIST, f"{LIST}partial/"):
        assert signed_in(cast.charlie).get(path).status_code == 404
        assert signed_in(cast.alice).get(path).status_code == 404
        assert "Alice Johnson" not in words_of(signed_in(cast.stranger).get(path))
    assert signed_in(cast.stranger).get(visits[0].get_absolute_url()).status_code == 404


def test_it_is_paged_and_asks_as_many_questions_however_many_there_are(cast, signed_in, django_assert_max_num_queries):
    for number in range(30):
        requested(cast, reason=f"Matter {number}", requested_time=in_days(1 + number)).confirm(by=cast.smith.user)
    leaves(cast.smith)
    client = signed_in(cast.admin)
    with django_assert_max_num_queries(10):
        first = words_of(client.get(LIST))
    assert ("Matter 0" in first, "Matter 25" in first) == (True, False)
    assert "Matter 25" in words_of(client.get(f"{LIST}?page=2"))


def test_homes_and_the_list_of_appointments_lead_there(cast, visits, signed_in):
    covered(cast.smith, cast.brown)
    leaves(cast.smith)
    for who in (cast.brown, cast.admin):
        for path in ("/", "/appointments/"):
            assert LIST in words_of(signed_in(who).get(path))
    for who in (cast.alice, cast.stranger):
        assert LIST not in words_of(signed_in(who).get("/appointments/"))


def test_another_doctor_of_the_patient_reads_that_others_see_to_it(cast, visits, signed_in):
    requested(cast, doctor=cast.trainee, requested_time=in_days(5))
    leaves(cast.smith)
    client = signed_in(cast.trainee)
    page = words_of(client.get(visits[0].get_absolute_url()))
    assert "Whoever covers, or an administrator, finds another doctor." in page
    assert reverse("appointments:move", args=[visits[0].pk]) not in page
    assert "Needs another doctor" in words_of(client.get(f"/patients/{cast.alice.pk}/"))


# --- what becomes of one --------------------------------------------------------------------------------


def test_whoever_covers_cancels_it_with_a_reason_and_the_patient_is_told(cast, visits, signed_in):
    covered(cast.smith, cast.brown)
    leaves(cast.smith)
    client, visit = signed_in(cast.brown), visits[0]
    sent = {"cancel-seen": "confirmed", "cancel-reason": "Dr. Smith has left us"}
    answer = client.post(reverse("appointments:cancel", args=[visit.pk]), sent, follow=True)
    assert answer.status_code == 200
    visit.refresh_from_db()
    assert (visit.status, visit.last_change().reason) == ("cancelled", "Dr. Smith has left us")
    news = Notification.objects.filter(stream_id=patient_channel(cast.alice.pk), type="appointment_status_changed")
    assert news.latest("seq").body["new_status"] == "Cancelled"
    assert client.get(visit.get_absolute_url()).status_code == 404


def test_who_covers_a_doctor_who_works_here_may_not_nor_the_stranger(cast, visits):
    covered(cast.smith, cast.brown)
    with pytest.raises(NotAllowed):
        visits[0].cancel(by=cast.brown.user)
    leaves(cast.smith)
    for stranger in (cast.charlie, cast.stranger):
        with pytest.raises(NotAllowed):
            Appointment.objects.get(pk=visits[0].pk).cancel(by=stranger.user)


def test_who_covers_may_do_nothing_else_in_their_name(cast, visits):
    covered(cast.smith, cast.brown)
    leaves(cast.smith)
    assert visits[0].steps_for(cast.brown.user) == ["cancelled"]


def test_the_patient_reads_that_the_doctor_has_left_and_where_to_find_another(cast, visits, signed_in):
    client = signed_in(cast.alice)
    assert "no longer works here" not in words_of(client.get(visits[0].get_absolute_url()))
    leaves(cast.smith)
    for path in (visits[0].get_absolute_url(), "/"):
        page = words_of(client.get(path))
        assert "Dr. Jane Smith no longer works here." in page
        assert "We will find another doctor for you" in page
        assert "Needs another doctor" in page
    assert "Needs another doctor" in words_of(client.get("/appointments/"))
