"""A slot that becomes free stands on the page of the one it is offered to by itself, and is theirs with one press."""

import re

import pytest

from appointments.models import Appointment, SlotOffer
from tests.appointments.opening import office_hours, slot_at
from tests.appointments.waiting import visit, waits
from tests.e2e.acting import sign_in
from tests.e2e.browser import expect
from tests.worker import Worker

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_freed_slot_appears_live_and_is_claimed(visitors, server, cast, no_jobs):
    office_hours(cast.smith)
    early, mine = visit(cast, cast.bob, 2), visit(cast, cast.alice, 9)
    waits(mine)
    page = sign_in(visitors(), server, cast.alice)
    doctor = sign_in(visitors(), server, cast.smith, "/appointments/wait-list/")
    with Worker():
        early.cancel(by=cast.bob.user)
        expect(page.locator(".toast")).to_contain_text("Dr. Smith has an earlier time for you")
        expect(page.locator("main .notice[data-key]")).to_contain_text("An earlier time is kept for you")
        expect(doctor.get_by_role("row", name="Alice Johnson")).to_contain_text("Being asked")

        page.locator("main .notice[data-key]").get_by_role("link", name="See it and answer").click()
        expect(page.locator("[data-until]")).to_have_text(re.compile(r"^14 min \d+ s$|^15 min 0 s$"))
        page.get_by_role("button", name="Take it").click()
        expect(page.get_by_text("It is yours")).to_be_visible()
        expect(doctor.get_by_text("Nobody waits")).to_be_visible()
    assert Appointment.objects.get(pk=mine.pk).scheduled_time == slot_at(2, 10)
    assert SlotOffer.objects.get().answer == "claimed"


def test_an_offer_that_is_withdrawn_goes_from_the_open_page(visitors, server, cast):
    from tests.appointments.waiting import offered

    office_hours(cast.smith)
    early, mine = visit(cast, cast.bob, 2), visit(cast, cast.alice, 9)
    waits(mine)
    early.cancel(by=cast.bob.user)
    offered()
    page = sign_in(visitors(), server, cast.alice, SlotOffer.objects.get().get_absolute_url())
    expect(page.get_by_role("button", name="Take it")).to_be_visible()
    Appointment.objects.get(pk=mine.pk).cancel(by=cast.smith.user)
    expect(page.get_by_role("heading", name="This offer is over")).to_be_visible()
    expect(page.get_by_role("button", name="Take it")).to_have_count(0)
