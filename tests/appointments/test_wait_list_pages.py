"""The wait list on the pages: joining, seeing, answering."""

from datetime import timedelta

import pytest
from django.utils import timezone

from appointments.models import Appointment, SlotOffer, WaitingEntry
from tests.appointments.making import requested, words_of
from tests.appointments.opening import office_hours, slot_at
from tests.appointments.waiting import offered, time_passes, visit, waits, waits_without

pytestmark = pytest.mark.django_db


@pytest.fixture
def smith(cast):
    office_hours(cast.smith)
    return cast.smith


@pytest.fixture
def mine(cast, smith):
    return visit(cast, cast.alice, 9)


@pytest.fixture
def offer(cast, mine):
    """Of the day after tomorrow at ten, to Alice."""
    early = visit(cast, cast.bob, 2)
    waits(mine)
    early.cancel(by=cast.bob.user)
    offered()
    return SlotOffer.objects.get()


def test_from_a_visit_one_joins_and_sees_ones_place(cast, mine, signed_in):
    waits_without(cast, cast.bob)
    client = signed_in(cast.alice)
    assert "I’d like an earlier time" in words_of(client.get(mine.get_absolute_url()))
    until = timezone.localdate() + timedelta(days=5)
    page = client.post(f"{mine.get_absolute_url()}earlier/", {"until_day": until.isoformat()}, follow=True)
    assert "Number 2 on the list of Dr. Jane Smith" in words_of(page)
    assert WaitingEntry.objects.get(patient=cast.alice).until_day == until
    assert "On the wait list" in words_of(client.get("/appointments/"))
    assert "On the wait list" in words_of(client.get(mine.get_absolute_url()))


def test_what_is_free_already_is_shown_rather_than_waited_for(cast, mine, signed_in):
    page = words_of(signed_in(cast.alice).get(f"{mine.get_absolute_url()}earlier/"))
    assert "Earlier, and free now" in page
    assert page.count("/move/?start=") == 6


def test_a_mistake_in_the_days_is_said_beside_them_and_nothing_is_lost(cast, mine, signed_in):
    days = {"from_day": (timezone.localdate() + timedelta(days=4)).isoformat(), "until_day": "2020-01-01"}
    page = signed_in(cast.alice).post(f"{mine.get_absolute_url()}earlier/", days)
    assert page.status_code == 409
    assert "Choose a day from today on" in words_of(page)
    assert days["from_day"] in words_of(page)
    assert not WaitingEntry.objects.exists()


def test_one_leaves_from_the_page(cast, mine, signed_in):
    entry = waits(mine)
    page = signed_in(cast.alice).post(f"/appointments/wait-list/{entry.pk}/leave/", follow=True)
    assert "no longer on the wait list" in words_of(page)
    assert "no longer on the wait list" in words_of(
        signed_in(cast.alice).post(f"/appointments/wait-list/{entry.pk}/leave/", follow=True)
    )


def test_who_has_no_visit_waits_for_a_first_one(cast, smith, signed_in):
    client = signed_in(cast.alice)
    asked = {"doctor": str(smith.pk), "kind": "follow-up", "reason": "A mole"}
    page = client.post("/appointments/wait-list/join/", asked, follow=True)
    assert "A new visit, Short follow-up" in words_of(page)
    again = client.post("/appointments/wait-list/join/", asked)
    assert (again.status_code, "has a place for it already" in words_of(again)) == (400, True)


def test_an_offer_stands_wherever_the_patient_looks(cast, offer, signed_in):
    client = signed_in(cast.alice)
    for path in ("/", "/appointments/", offer.entry.appointment.get_absolute_url(), "/appointments/wait-list/"):
        assert offer.get_absolute_url() in words_of(client.get(path)), path


def test_it_is_taken(cast, offer, signed_in):
    page = signed_in(cast.alice).post(f"{offer.get_absolute_url()}claim/", follow=True)
    assert "It is yours" in words_of(page)
    assert Appointment.objects.get(pk=offer.entry.appointment_id).scheduled_time == slot_at(2, 10)
    assert "This offer is over" in words_of(signed_in(cast.alice).get(offer.get_absolute_url()))


def test_it_is_declined(cast, offer, signed_in):
    page = signed_in(cast.alice).post(f"{offer.get_absolute_url()}decline/", follow=True)
    assert "You keep your place" in words_of(page)
    assert "the place on the wait list is kept" in words_of(page)


def test_too_late_is_said_and_nothing_has_changed(cast, offer, signed_in):
    time_passes()
    page = signed_in(cast.alice).post(f"{offer.get_absolute_url()}claim/")
    assert page.status_code == 409
    assert "You keep what you had" in words_of(page)
    assert "Take it" not in words_of(page)


def test_the_doctor_sees_the_list_in_order_and_who_is_being_asked(cast, offer, signed_in):
    waits(visit(cast, cast.bob, 12))
    page = words_of(signed_in(cast.smith).get("/appointments/wait-list/"))
    assert page.index("Alice Johnson") < page.index("Being asked") < page.index("Bob Wilson")
    assert "Bob Wilson" in words_of(signed_in(cast.admin).get("/appointments/wait-list/"))
    assert "Nobody waits" in words_of(signed_in(cast.brown).get("/appointments/wait-list/"))


def test_an_administrator_sees_one_doctors_list_after_anothers(cast, smith, signed_in):
    office_hours(cast.brown)
    waits(visit(cast, cast.bob, 12, doctor=cast.brown))
    waits(visit(cast, cast.alice, 9))
    waits(visit(cast, cast.charlie, 9, 11, doctor=cast.brown))
    page = words_of(signed_in(cast.admin).get("/appointments/wait-list/"))
    assert page.index("Bob Wilson") < page.index("Charlie") < page.index("Alice Johnson")


def test_the_stranger_finds_none_of_it(cast, offer, signed_in):
    client = signed_in(cast.charlie)
    visit_path = offer.entry.appointment.get_absolute_url()
    for path in (offer.get_absolute_url(), f"{offer.get_absolute_url()}partial/", f"{visit_path}earlier/"):
        assert client.get(path).status_code == 404
    for path in (f"{offer.get_absolute_url()}claim/", f"/appointments/wait-list/{offer.entry_id}/leave/"):
        assert client.post(path).status_code == 404
    assert "Alice" not in words_of(client.get("/appointments/wait-list/"))


def test_another_doctor_of_the_patient_sees_the_offer_and_no_buttons(cast, offer, signed_in):
    requested(cast, doctor=cast.brown, requested_time=slot_at(20, 10))
    client = signed_in(cast.brown)
    assert "Take it" not in words_of(client.get(offer.get_absolute_url()))
    assert client.post(f"{offer.get_absolute_url()}claim/").status_code == 409
    assert SlotOffer.objects.open().exists()


def test_however_many_wait_the_list_asks_as_often(cast, smith, signed_in, django_assert_max_num_queries):
    from tests.cast import make_patient

    for number in range(8):
        waits_without(cast, make_patient(f"w{number}@example.com", "W", str(number)))
    client = signed_in(smith)
    client.get("/appointments/wait-list/")
    with django_assert_max_num_queries(16):
        client.get("/appointments/wait-list/")
