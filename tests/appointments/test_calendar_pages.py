"""A doctor's day and week: what stands in them, who may see them, and how much of it."""

from datetime import date, datetime, time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from appointments.holds import hold_slot
from appointments.models import Absence, Appointment
from notifications.models import Cover
from tests.appointments.making import in_days, requested, words_of
from tests.appointments.opening import consultation, office_hours, slot_at

pytestmark = pytest.mark.django_db
CALENDAR = "/appointments/calendar/"


@pytest.fixture
def smith(cast):
    office_hours(cast.smith)
    return cast.smith


def url_of(doctor, view="day", days=2, day=None):
    day = day or timezone.localdate() + timedelta(days=days)
    return reverse("appointments:calendar_of", args=[doctor.pk, view, day])


def confirmed(cast, hour=10, minute=0, **who):
    appointment = requested(cast, requested_time=slot_at(2, hour, minute), **who)
    appointment.confirm(by=appointment.doctor.user)
    return appointment


def kinds(answer):
    """(kind, hour) of everything in the grid, by the clinic's clock."""
    found = [entry for row in answer.context["rows"] for cell in row.cells for entry in cell.entries]
    return {(entry.kind, timezone.localtime(entry.begins).time()) for entry in found if entry.kind != "free"}


def test_visits_requests_wishes_holds_and_absences_stand_in_the_day_each_as_what_it_is(cast, smith, signed_in):
    visit = confirmed(cast)
    requested(cast, patient=cast.bob, requested_time=slot_at(2, 11), reason="Second opinion")
    requested(cast, patient=cast.bob, requested_time=slot_at(2, 19))
    hold_slot(by=cast.charlie.user, patient=cast.charlie, doctor=smith, kind=consultation(), start=slot_at(2, 12))
    Absence.objects.create(doctor=smith, begins=slot_at(2, 15), ends=slot_at(2, 17), reason="Training")
    cancelled = confirmed(cast, 13)
    cancelled.cancel(by=smith.user)
    answer = signed_in(smith).get(url_of(smith))
    assert kinds(answer) == {
        ("visit", time(10)), ("request", time(11)), ("wish", time(19)), ("hold", time(12)), ("away", time(15)),
    }  # fmt: skip
    page = words_of(answer)
    for words in ("Alice Johnson", "Confirmed", "Request", "Wish", "Being booked", "Away: Training", "Second opinion"):
        assert words in page
    assert f'href="{visit.get_absolute_url()}"' in page
    assert "Charlie" not in page


def test_what_is_free_leads_to_booking_it(cast, smith, signed_in):
    client = signed_in(smith)
    answer = client.get(url_of(smith))
    free = [cell for row in answer.context["rows"] for cell in row.cells if cell.entries]
    assert len(free) == 16
    day = (timezone.localdate() + timedelta(days=2)).isoformat()
    link = f"/appointments/new/?doctor={smith.pk}&from={day}"
    assert link in words_of(answer)
    assert f'name="from" value="{day}"' in words_of(client.get(link))


def test_a_week_has_its_days_and_leaves_out_a_weekend_on_which_nothing_is(cast, signed_in):
    office_hours(cast.smith, weekdays=range(5))
    monday = timezone.localdate() + timedelta(days=7 - timezone.localdate().weekday())
    client = signed_in(cast.smith)
    answer = client.get(url_of(cast.smith, "week", day=monday + timedelta(days=3)))
    assert answer.context["days"] == [monday + timedelta(days=number) for number in range(5)]
    saturday = datetime.combine(monday + timedelta(days=5), time(10), timezone.get_default_timezone())
    requested(cast, requested_time=saturday)
    assert len(client.get(url_of(cast.smith, "week", day=monday)).context["days"]) == 6


def test_one_goes_on_back_to_today_and_to_the_other_view(cast, smith, signed_in):
    today = timezone.localdate()
    context = signed_in(smith).get(url_of(smith, "day", days=2)).context
    assert context["earlier"] == url_of(smith, "day", days=1)
    assert context["later"] == url_of(smith, "day", days=3)
    assert context["now"] == url_of(smith, "day", day=today)
    assert context["as_week"] == url_of(smith, "week", days=2)


def test_the_calendar_leads_to_ones_own_day_or_to_what_was_chosen(cast, smith, signed_in):
    today = timezone.localdate()
    assert signed_in(smith).get(CALENDAR).url == url_of(smith, day=today)
    asked = {"doctor": str(smith.pk), "view": "week", "day": "2027-03-01"}
    assert signed_in(cast.admin).get(CALENDAR, asked).url == url_of(smith, "week", day="2027-03-01")
    for odd in ({"day": "soon"}, {"day": "0001-01-01"}, {"view": "year"}, {"doctor": "\x00"}, {"day": "2026-02-30"}):
        assert signed_in(smith).get(CALENDAR, odd).url == url_of(smith, day=today)


@pytest.mark.parametrize("day", ["soon", "0001-01-01", "9999-12-31", "2026-02-30"])
def test_a_day_that_is_none_is_not_there(cast, smith, signed_in, day):
    assert signed_in(smith).get(url_of(smith, day=day)).status_code == 404
    assert signed_in(smith).get(url_of(smith, "year", days=1)).status_code == 404


# --- who sees it ----------------------------------------------------------------------------------------


def test_patients_and_colleagues_see_nothing(cast, smith, signed_in, client):
    confirmed(cast)
    for who in (cast.alice, cast.charlie, cast.brown):
        for path in (url_of(smith), url_of(smith, "week"), f"{url_of(smith)}partial/"):
            assert signed_in(who).get(path).status_code == 404
    assert signed_in(cast.alice).get(CALENDAR).status_code == 403
    assert client.get(url_of(smith)).url.startswith("/account/sign-in/")


def test_an_administrator_chooses_whose(cast, smith, signed_in):
    confirmed(cast)
    office_hours(cast.brown)
    page = words_of(signed_in(cast.admin).get(url_of(smith)))
    assert "Alice Johnson" in page
    assert "Dr. Emily Brown</option>" in page


def test_the_cover_sees_the_times_and_of_patients_whom_they_may_not_see_no_more_than_that(cast, smith, signed_in):
    confirmed(cast)
    confirmed(cast, 11, patient=cast.bob)
    requested(cast, patient=cast.bob, doctor=cast.brown)
    requested(cast, requested_time=slot_at(2, 20))
    cover = Cover.objects.create(doctor=smith, covering=cast.brown, begins=in_days(-1), ends=in_days(1))
    answer = signed_in(cast.brown).get(url_of(smith))
    page = words_of(answer)
    assert "Bob Wilson" in page
    assert page.count("</svg>Taken") == 2  # in the table and in the list; a wish takes nothing
    assert "Alice" not in page
    cover.delete()
    assert signed_in(cast.brown).get(url_of(smith)).status_code == 404


def test_published_hours_and_absences_stand_below(cast, smith, signed_in):
    Absence.objects.create(doctor=smith, begins=in_days(20), ends=in_days(21), reason="Conference")
    Absence.objects.create(doctor=None, begins=in_days(30), ends=in_days(31), reason="Holiday")
    page = words_of(signed_in(smith).get(url_of(smith)))
    for words in (
        "Monday, 09:00 to 17:00",
        "Conference",
        "Everyone is away",
        "Holiday",
        "An administrator changes them",
    ):
        assert words in page
    assert "No hours are published" in words_of(signed_in(cast.brown).get(url_of(cast.brown)))


# --- every day of the year ------------------------------------------------------------------------------


@pytest.mark.parametrize("day, hours", [(date(2027, 3, 28), 23), (date(2027, 10, 31), 25)])
def test_the_days_of_the_clock_change_are_whole_and_each_visit_stands_once(cast, signed_in, settings, day, hours):
    settings.TIME_ZONE = "Europe/London"
    office_hours(cast.smith, begins=time(0), ends=time(0))
    answer = signed_in(cast.smith).get(url_of(cast.smith, day=day))
    assert len(answer.context["rows"]) == hours * 4
    free = [entry for row in answer.context["rows"] for cell in row.cells for entry in cell.entries]
    assert len(free) == hours * 2
    assert ("01:30 BST" in words_of(answer), "01:30 GMT" in words_of(answer)) == (hours == 25, hours == 25)
    week = signed_in(cast.smith).get(url_of(cast.smith, "week", day=day))
    assert len(week.context["rows"]) == max(hours, 24) * 4
    assert ("This time does not exist on that day" in words_of(week)) is True


def test_a_week_is_a_constant_number_of_questions(cast, smith, signed_in, django_assert_max_num_queries):
    for hour in range(9, 17):
        confirmed(cast, hour, minute=30 if hour % 2 else 0)
    client = signed_in(smith)
    client.get(url_of(smith))
    with django_assert_max_num_queries(30) as few:
        client.get(url_of(smith, "week"))
    for hour in range(9, 17):
        confirmed(cast, hour, minute=0 if hour % 2 else 30)
    with django_assert_max_num_queries(len(few)):
        client.get(url_of(smith, "week"))
    assert Appointment.objects.count() == 16
