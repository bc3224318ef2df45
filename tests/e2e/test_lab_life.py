"""In a real browser: a correction arrives on the page of the old result, and normal results are signed together."""

import pytest

from tests.e2e.acting import is_live, sign_in
from tests.e2e.browser import expect
from tests.labs.making import classified, recorded

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_open_page_of_a_result_says_by_itself_that_it_was_corrected(visitors, server, cast):
    old = recorded(cast, critical=True)
    doctor = sign_in(visitors(), server, cast.smith)
    doctor.goto(f"{server.url}{old.get_absolute_url()}")
    is_live(doctor)
    expect(doctor.locator("#alarms")).to_contain_text("Potassium 7.1")
    old.correct(by=cast.admin, critical=False, reason="Haemolysed sample", result_data={"Potassium": "4.1"})
    expect(doctor.get_by_text("This is no longer the result: it was corrected")).to_be_visible()
    expect(doctor.locator(".toast")).to_contain_text("A result was corrected: BMP")
    expect(doctor.locator("#alarms")).not_to_contain_text("Potassium 7.1")


def test_ticked_results_are_signed_together(visitors, server, cast):
    for patient in (cast.alice, cast.bob):
        classified(recorded(cast, patient=patient))
    doctor = sign_in(visitors(), server, cast.smith)
    doctor.goto(f"{server.url}/lab-results/")
    doctor.get_by_role("link", name="Sign 2 normal").click()
    doctor.get_by_label("Sign BMP of Alice Johnson").check()
    doctor.get_by_role("button", name="Sign those ticked").click()
    expect(doctor.get_by_text("1 result signed: BMP of Alice Johnson")).to_be_visible()
    expect(doctor.get_by_text("1 result of 1 patient")).to_be_visible()
