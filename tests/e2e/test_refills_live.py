"""A refill in two browsers: the question comes to the doctor's worklist and goes, the answer to the patient's page."""

import pytest

from tests.e2e.acting import sign_in
from tests.e2e.browser import expect
from tests.e2e.test_live import mark, was_not_reloaded
from tests.prescriptions.test_issue import issued
from tests.prescriptions.test_refills import days_ago

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_refill_is_asked_for_and_granted_live(visitors, server, cast, rules):
    prescription = issued(cast, refills_remaining=1)
    doctor = sign_in(visitors(), server, cast.smith)
    patient = sign_in(visitors(), server, cast.alice, path=prescription.get_absolute_url())
    mark(doctor)

    patient.get_by_label("Anything the doctor should know?").fill("Going away")
    patient.get_by_role("button", name="Ask for a refill").click()
    expect(patient.get_by_text("You have asked for more.")).to_be_visible()

    row = doctor.locator("tr[data-arrived]")
    expect(row).to_contain_text("Going away")
    assert was_not_reloaded(doctor)

    mark(patient)
    row.get_by_role("link", name="Answer").click()
    doctor.get_by_role("button", name="Grant the refill").click()
    expect(doctor.get_by_text("The patient is told now.")).to_be_visible()

    expect(patient.locator(".toast")).to_contain_text("A refill is granted: Amoxicillin")
    expect(patient.locator("#history ~ *, [aria-labelledby=history]").first).to_contain_text("Refill granted")
    expect(patient.get_by_text("You have asked for more.")).to_have_count(0)
    assert was_not_reloaded(patient)


def test_a_question_that_is_taken_back_leaves_the_worklist_live(visitors, server, cast, rules):
    prescription = days_ago(issued(cast, refills_remaining=1), 3)
    prescription.ask_refill(by=cast.alice.user, note="Going away")
    doctor = sign_in(visitors(), server, cast.smith)
    expect(doctor.get_by_text("Going away")).to_be_visible()
    patient = sign_in(visitors(), server, cast.alice)
    mark(doctor)

    patient.get_by_text("Take the request back").press("Enter")
    patient.get_by_role("button", name="Withdraw the request").press("Enter")
    expect(patient.get_by_text("The request is withdrawn.")).to_be_visible()

    expect(doctor.get_by_text("Going away")).to_have_count(0)
    expect(doctor.locator(".toast")).to_contain_text("A refill is no longer asked for: Amoxicillin")
    assert was_not_reloaded(doctor)
