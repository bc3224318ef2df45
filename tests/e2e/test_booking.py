"""Booking as people do it: with the keyboard alone, while others book, and while the clock runs out."""

from datetime import timedelta

import pytest
from django.utils import timezone

from appointments.holds import free_what_lapsed, held_by, hold_slot
from appointments.models import Appointment, BookedTime
from tests.appointments.making import requested
from tests.appointments.opening import consultation, office_hours, slot_at
from tests.e2e.acting import is_live, sign_in
from tests.e2e.browser import expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def smith(cast):
    office_hours(cast.smith)
    consultation()
    return cast.smith


def times_of(doctor):
    day = timezone.localdate() + timedelta(days=2)
    return f"/appointments/new/when/?doctor={doctor.pk}&kind=consultation&from={day.isoformat()}"


def slot(page, hour, minute=0):
    return page.locator(f"#slot-{slot_at(2, hour, minute).timestamp():.0f}")


def press(page, key, until):
    """As often as it takes to get there."""
    for _ in range(40):
        page.keyboard.press(key)
        if page.evaluate("(words) => document.activeElement.innerText?.includes(words)", until):
            return
    raise AssertionError(f"{key} never reaches {until!r}")


def test_a_visit_is_booked_with_the_keyboard_alone(visitors, server, cast, smith):
    page = sign_in(visitors(), server, cast.alice, "/appointments/new/")
    page.get_by_label("Doctor").focus()
    page.keyboard.type("Dr. Jane")
    press(page, "Tab", "Show free times")
    page.keyboard.press("Enter")
    expect(page.locator("[aria-current=step]")).to_contain_text("When")
    press(page, "Tab", "Later")
    page.keyboard.press("Tab")
    first = page.evaluate("document.activeElement.id")
    assert first.startswith("slot-")
    page.keyboard.press("ArrowRight")
    second = page.evaluate("document.activeElement.id")
    assert int(second.removeprefix("slot-")) > int(first.removeprefix("slot-"))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    page.keyboard.press("Home")
    assert page.evaluate("document.activeElement.id") == first
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator("[data-hold]")).to_contain_text("Kept for you")
    expect(page.locator(".remaining")).to_contain_text("4 min")
    press(page, "Tab", "Keep it")
    page.keyboard.press("Tab")
    page.keyboard.type("My knee hurts")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText").startswith("Book for ")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The time is kept.")).to_be_visible()
    appointment = Appointment.objects.get()
    assert appointment.reason == "My knee hurts"
    assert f"slot-{appointment.booked.begins.timestamp():.0f}" == second


def test_a_slot_goes_and_comes_live_on_the_pages_of_others_and_the_focus_is_not_lost(visitors, server, cast, smith):
    page = sign_in(visitors(), server, cast.alice, times_of(smith))
    is_live(page)
    slot(page, 10).focus()
    held = hold_slot(by=cast.bob.user, patient=cast.bob, doctor=smith, kind=consultation(), start=slot_at(2, 10))
    expect(slot(page, 10)).to_have_count(0)
    expect(page.locator("[data-slots-say]")).to_have_text("One time is taken meanwhile.")
    expect(slot(page, 10, 30)).to_be_focused()
    BookedTime.objects.filter(pk=held.pk).update(held_until=timezone.now() - timedelta(seconds=1))
    free_what_lapsed()
    expect(slot(page, 10)).to_be_visible()
    expect(page.locator("[data-slots-say]")).to_have_text("One time is free now.")


def test_what_is_written_survives_that_the_time_runs_out_and_is_taken(visitors, server, cast, smith):
    page = visitors(timezone_id="Asia/Kathmandu")
    sign_in(page, server, cast.alice, times_of(smith))
    expect(slot(page, 10).locator(".there")).to_have_text(f"{(slot_at(2, 10) + timedelta(minutes=345)):%H:%M} yours")
    slot(page, 10).click()
    is_live(page)
    page.get_by_label("What is it about?").fill("My knee, since Tuesd")
    BookedTime.objects.update(held_until=timezone.now() - timedelta(seconds=1))
    free_what_lapsed()
    expect(page.locator("[data-hold]")).to_contain_text("It is not kept for you, but still free")
    requested(cast, patient=cast.bob, requested_time=slot_at(2, 10))
    expect(page.locator("[data-hold-says]")).to_have_text("This time is no longer free. Other times are offered.")
    expect(page.get_by_label("What is it about?")).to_be_focused()
    page.keyboard.type("ay")
    page.locator("[data-hold]").get_by_role("button").first.click()
    expect(page.locator("[data-hold]")).to_contain_text("Kept for you")
    expect(page.get_by_label("What is it about?")).to_have_value("My knee, since Tuesday")
    assert held_by(cast.alice.user).get().begins == slot_at(2, 10, 30)


def test_the_clock_of_a_hold_says_once_that_a_minute_is_left_and_when_it_is_over(visitors, server, cast, smith):
    page = sign_in(visitors(), server, cast.alice, times_of(smith))
    page.clock.install()
    slot(page, 10).click()
    expect(page.locator(".remaining")).to_contain_text("4 min")
    page.clock.fast_forward("04:05")
    expect(page.locator("[data-hold-says]")).to_have_text("The time is kept for you for one more minute.")
    page.clock.fast_forward("01:00")
    expect(page.locator("[data-hold-says]")).to_contain_text("no longer kept for you")
    expect(page.locator("[data-after]")).to_be_visible()
