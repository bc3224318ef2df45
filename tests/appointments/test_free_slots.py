"""When a doctor can be visited, over REST and from the database."""

import time as clock
from datetime import date, datetime, time, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from appointments.calendar import free_slots, is_published
from appointments.models import Absence, Appointment, AvailabilityRule, BookedTime, VisitKind
from tests.appointments.making import requested
from tests.appointments.opening import consultation, office_hours, slot_at

pytestmark = pytest.mark.django_db


def asked(api, who, doctor, *, days=1, until=None, **more):
    first = timezone.localdate() + timedelta(days=days)
    last = first if until is None else timezone.localdate() + timedelta(days=until)
    return api(who).get(f"/api/v1/doctors/{doctor.pk}/slots", {"from": first, "to": last, **more})


@pytest.fixture
def smith(cast):
    office_hours(cast.smith)
    return cast.smith


def test_a_patient_asks_for_a_day_and_gets_its_slots(cast, smith, api):
    results = asked(api, cast.alice, smith).json()["results"]
    assert len(results) == 16
    first = slot_at(1, 9)
    assert results[0] == {
        "start": first.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "end": (first + timedelta(minutes=30)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "kind": "consultation",
    }


def test_another_kind_has_slots_of_its_own_length(cast, smith, api):
    VisitKind.objects.get_or_create(code="long", name="Long", minutes=60, buffer_minutes=15)
    results = asked(api, cast.alice, smith, kind="long").json()["results"]
    assert (len(results), {row["kind"] for row in results}) == (6, {"long"})


def test_both_days_are_inclusive_and_what_has_begun_is_gone(cast, smith, api):
    assert len(asked(api, cast.alice, smith, days=1, until=2).json()["results"]) == 32
    now = timezone.now()
    assert all(
        row["start"] > now.strftime("%Y-%m-%dT%H:%M:%SZ")
        for row in asked(api, cast.alice, smith, days=0).json()["results"]
    )


def test_a_clinic_elsewhere_has_its_own_nine_o_clock(cast, smith, api, settings):
    settings.TIME_ZONE = "Pacific/Auckland"
    results = asked(api, cast.alice, smith, days=2).json()["results"]
    start = datetime.fromisoformat(results[0]["start"])
    assert timezone.localtime(start).time() == time(9)


@pytest.mark.parametrize(
    "query, field",
    [
        ({"from": "2027-01-01"}, "to"),
        ({"from": "tomorrow", "to": "2027-01-01"}, "from"),
        ({"from": "2027-01-02", "to": "2027-01-01"}, "to"),
        ({"from": "2027-01-01", "to": "2027-03-04"}, "to"),
        ({"from": "0001-01-01", "to": "0001-01-02"}, "from"),
        ({"from": "9999-12-30", "to": "9999-12-31"}, "from"),
        ({"from": "2027-01-01", "to": "2027-01-02", "kind": "nonsense"}, "kind"),
        ({"from": "2027-01-01", "to": "2027-01-02", "kind": "\x00"}, "kind"),
    ],
)
def test_what_cannot_be_asked_names_its_field(cast, smith, api, query, field):
    answer = api(cast.alice).get(f"/api/v1/doctors/{smith.pk}/slots", query)
    assert answer.status_code == 400
    assert field in answer.json()["errors"]


def test_sixty_two_days_can_be_asked_for(cast, smith, api):
    assert asked(api, cast.alice, smith, days=1, until=62).status_code == 200


def test_without_a_token_nothing_is_told(smith, api):
    assert asked(api, None, smith).status_code == 401


@pytest.mark.parametrize("pk", ["nonsense", "00000000-0000-0000-0000-000000000000"])
def test_no_such_doctor(cast, api, pk):
    answer = api(cast.alice).get(f"/api/v1/doctors/{pk}/slots", {"from": "2027-01-01", "to": "2027-01-01"})
    assert answer.status_code == 404


def test_a_doctor_who_left_offers_nothing(cast, smith, api):
    smith.user.is_active = False
    smith.user.save()
    assert asked(api, cast.alice, smith).status_code == 404


def test_an_absence_and_a_holiday_take_slots_away(cast, smith):
    day = timezone.localdate() + timedelta(days=1)
    Absence.objects.create(doctor=smith, begins=slot_at(1, 9), ends=slot_at(1, 12))
    Absence.objects.create(doctor=cast.brown, begins=slot_at(1, 12), ends=slot_at(1, 15))
    Absence.objects.create(doctor=None, begins=slot_at(1, 16), ends=slot_at(1, 18))
    found = free_slots(smith, day, day, consultation())
    assert [slot.start for slot in found] == [slot_at(1, 12) + timedelta(minutes=30) * n for n in range(8)]


def test_rules_hold_from_their_first_day_to_their_last(cast):
    day = timezone.localdate() + timedelta(days=10)
    office_hours(cast.smith, since=day, effective_until=day)
    found = free_slots(cast.smith, day - timedelta(days=7), day + timedelta(days=7), consultation())
    assert {timezone.localtime(slot.start).date() for slot in found} == {day}


def test_a_night_has_the_same_slots_whichever_days_are_asked_for_and_each_can_be_booked(cast):
    office_hours(cast.smith, begins=time(22, 30), ends=time(0))
    office_hours(cast.smith, begins=time(0), ends=time(6))
    long = VisitKind.objects.create(code="long", name="Long", minutes=50)
    day = timezone.localdate() + timedelta(days=3)
    week = free_slots(cast.smith, day - timedelta(days=2), day + timedelta(days=2), long)
    alone = free_slots(cast.smith, day, day, long)
    assert alone == [slot for slot in week if timezone.localdate(slot.start) == day]
    assert slot_at(3, 23, 20) in {slot.start for slot in alone}
    assert any(slot.start < slot_at(4, 0) < slot.end for slot in alone)
    assert all(is_published(cast.smith, slot.start, long) for slot in alone)
    Absence.objects.create(doctor=cast.smith, begins=slot_at(4, 0), ends=slot_at(4, 1))
    assert not any(slot.end > slot_at(4, 0) for slot in free_slots(cast.smith, day, day, long))


def test_a_rule_for_one_kind_is_for_that_kind_alone(cast):
    other = VisitKind.objects.create(code="vaccination", name="Vaccination", minutes=10)
    office_hours(cast.smith, kind=other)
    day = timezone.localdate() + timedelta(days=1)
    assert free_slots(cast.smith, day, day, consultation()) == []
    assert len(free_slots(cast.smith, day, day, other)) == 48


def test_with_a_patient_only_what_suits_them_too(cast, smith):
    office_hours(cast.brown)
    requested(cast, doctor=cast.brown, requested_time=slot_at(1, 9))
    day = timezone.localdate() + timedelta(days=1)
    found = free_slots(smith, day, day, consultation(), patient=cast.alice)
    assert slot_at(1, 9) not in {slot.start for slot in found}
    assert len(found) == 15


@pytest.mark.parametrize(
    "fields",
    [
        {"weekday": 7},
        {"begins": time(17), "ends": time(9)},
        {"effective_from": date(2026, 2, 2), "effective_until": date(2026, 2, 1)},
    ],
)
def test_the_database_knows_the_rules_of_a_week(cast, fields):
    rule = {"doctor": cast.smith, "weekday": 0, "begins": time(9), "ends": time(17), **fields}
    with pytest.raises(IntegrityError), transaction.atomic():
        AvailabilityRule.objects.create(**rule)


def filled(cast, smith, count):
    """So many visits of the past and the future, half an hour each, put in together."""
    kind, begins = consultation(), slot_at(-150, 0)
    shared = {"patient": cast.alice, "doctor": smith, "kind": kind, "status": "confirmed", "reason": "x"}
    times = [begins + timedelta(minutes=30) * number for number in range(count)]
    rows = Appointment.objects.bulk_create(
        Appointment(requested_time=at, scheduled_time=at, created_at=at, **shared) for at in times
    )
    BookedTime.objects.bulk_create(
        BookedTime(
            doctor=smith, patient=cast.alice, kind=kind, begins=at, ends=at + timedelta(minutes=30),
            blocked_until=at + timedelta(minutes=30), appointment=row,
        )
        for at, row in zip(times, rows, strict=True)
    )  # fmt: skip


def test_a_month_among_ten_thousand_visits_is_a_constant_number_of_questions(cast, smith, django_assert_num_queries):
    filled(cast, smith, 10_000)
    day, kind = timezone.localdate() + timedelta(days=30), consultation()
    times = []
    for _ in range(5):  # the quickest counts: other work on the machine is not ours
        began = clock.perf_counter()
        with django_assert_num_queries(3):
            found = free_slots(smith, day, day + timedelta(days=30), kind)
        times.append((clock.perf_counter() - began) * 1000)
    assert len(found) < 31 * 16
    assert min(times) < 50, times
