"""What frees a slot, and to whom on the wait list it is offered then."""

from datetime import timedelta

import pytest
from django.utils import timezone

from appointments.models import Absence, BookedTime, FreedTime, SlotOffer
from tests.appointments.making import requested
from tests.appointments.opening import consultation, office_hours, slot_at
from tests.appointments.waiting import offered, visit, waits, waits_without
from tests.cast import make_patient

pytestmark = pytest.mark.django_db


@pytest.fixture
def smith(cast):
    office_hours(cast.smith)
    return cast.smith


@pytest.fixture
def early(cast, smith):
    """Charlie's visit, which will be cancelled; nobody treats him beside Dr. Smith."""
    return visit(cast, cast.charlie, 2)


@pytest.fixture
def alice(cast, smith):
    """Alice, first on the list, for something earlier than in nine days."""
    return waits(visit(cast, cast.alice, 9))


@pytest.fixture
def bob(cast, alice):
    """Bob, second."""
    return waits(visit(cast, cast.bob, 8))


def free(appointment):
    appointment.cancel(by=appointment.patient.user)


def test_what_a_cancellation_frees_is_offered_to_the_first(cast, early, alice, bob):
    assert offered() == []
    free(early)
    assert offered() == [(cast.alice.pk, slot_at(2, 10))]


def test_the_time_that_a_claim_frees_is_offered_on(cast, early, alice):
    later = waits(visit(cast, cast.bob, 12))
    free(early)
    offered()
    SlotOffer.objects.get().claim(by=cast.alice.user)
    assert offered() == [(later.patient_id, slot_at(9, 10))]


def test_a_slot_that_nobody_takes_is_free_for_everyone(cast, early, alice):
    free(early)
    offered()
    SlotOffer.objects.get().decline(by=cast.alice.user)
    assert offered() == []
    assert not FreedTime.objects.exists()
    assert requested(cast, patient=cast.bob, requested_time=slot_at(2, 10)).booked


def test_a_moved_visit_frees_its_old_time(cast, early, alice):
    early.reschedule(by=cast.charlie.user, time=slot_at(3, 11))
    assert offered() == [(cast.alice.pk, slot_at(2, 10))]


def test_a_hold_that_ran_out_frees_its_time(cast, smith, alice):
    from appointments.holds import free_what_lapsed, hold_slot

    people = {"by": cast.charlie.user, "patient": cast.charlie, "doctor": smith}
    hold_slot(**people, kind=consultation(), start=slot_at(2, 10))
    BookedTime.objects.filter(held_by=cast.charlie.user).update(held_until=timezone.now())
    free_what_lapsed()
    assert offered() == [(cast.alice.pk, slot_at(2, 10))]


@pytest.mark.parametrize("whose", ["the doctor's", "everyone's"])
def test_an_absence_that_is_taken_back_frees_its_time(cast, smith, alice, bob, whose):
    doctor = smith if whose == "the doctor's" else None
    away = Absence.objects.create(doctor=doctor, begins=slot_at(2, 10), ends=slot_at(2, 11))
    assert offered() == []
    Absence.objects.filter(pk=away.pk).delete()
    assert offered() == [(cast.alice.pk, slot_at(2, 10)), (cast.bob.pk, slot_at(2, 10, 30))]


def test_an_absence_that_is_made_shorter_frees_the_rest(cast, smith, alice):
    away = Absence.objects.create(doctor=smith, begins=slot_at(2, 9), ends=slot_at(2, 17))
    away.ends = slot_at(2, 16, 30)
    away.save()
    assert offered() == [(cast.alice.pk, slot_at(2, 16, 30))]


def test_two_freed_slots_go_to_two_people(cast, early, alice, bob):
    second = visit(cast, make_patient("dora@example.com", "Dora", "Diaz"), 2, 11)
    free(early)
    free(second)
    assert offered() == [(cast.alice.pk, slot_at(2, 10)), (cast.bob.pk, slot_at(2, 11))]


def test_one_who_is_alone_is_offered_the_second_after_the_first(cast, early, alice):
    second = visit(cast, cast.bob, 2, 11)
    free(early)
    free(second)
    assert offered() == [(cast.alice.pk, slot_at(2, 10))]
    SlotOffer.objects.get().decline(by=cast.alice.user)
    assert offered() == [(cast.alice.pk, slot_at(2, 11))]


def test_only_what_is_earlier_is_offered(cast, smith, alice):
    free(visit(cast, cast.bob, 10))
    assert offered() == []
    assert not FreedTime.objects.exists()


def test_only_the_days_that_suit(cast, early):
    window = {
        "from_day": timezone.localdate() + timedelta(days=3),
        "until_day": timezone.localdate() + timedelta(days=4),
    }
    waits(visit(cast, cast.alice, 9), **window)
    on_the_fourth = visit(cast, cast.bob, 4)
    free(early)
    assert offered() == []
    free(on_the_fourth)
    assert offered() == [(cast.alice.pk, slot_at(4, 10))]


def test_nobody_is_offered_a_slot_at_which_they_are_elsewhere(cast, early, alice, bob):
    office_hours(cast.brown)
    visit(cast, cast.alice, 2, doctor=cast.brown)
    free(early)
    assert offered() == [(cast.bob.pk, slot_at(2, 10))]


def test_a_longer_visit_is_offered_what_two_short_ones_leave(cast, smith):
    from appointments.models import VisitKind

    long = VisitKind.objects.create(code="hour", name="An hour", minutes=60)
    waits_without(cast, cast.alice, kind=long)
    first, second = visit(cast, cast.bob, 2, 10), visit(cast, cast.charlie, 2, 10, 30)
    free(first)
    assert offered() == []
    free(second)
    assert offered() == [(cast.alice.pk, slot_at(2, 10))]


def test_where_nobody_waits_nothing_is_kept(cast, early):
    free(early)
    assert not FreedTime.objects.exists()


def test_however_many_wait_the_questions_are_as_many(cast, early, alice, django_assert_max_num_queries):
    for number in range(15):
        waits_without(cast, make_patient(f"w{number}@example.com", "W", str(number)))
    free(early)
    offered()
    SlotOffer.objects.get().decline(by=cast.alice.user)
    with django_assert_max_num_queries(60):
        assert len(offered()) == 1
