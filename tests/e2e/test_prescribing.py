"""In a real browser: the check beside the form follows what is typed and what changes elsewhere; a stop is answered."""

import pytest

from prescriptions.models import Allergy, Prescription, ShownAlert
from tests.appointments.making import requested
from tests.e2e.acting import is_live, sign_in
from tests.e2e.browser import expect
from tests.e2e.test_every_page import scrolls_sideways, violations
from tests.prescriptions.answering import ANTICOAGULANT, prescribe

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("rules")]


@pytest.fixture
def doctor(visitors, server, cast):
    requested(cast)
    return sign_in(visitors(), server, cast.smith)


def test_a_name_is_chosen_by_keyboard_and_the_check_follows_it_and_the_allergies(doctor, server, cast):
    doctor.goto(f"{server.url}/prescriptions/new/?patient={cast.alice.pk}")
    is_live(doctor)
    check, medication = doctor.locator(".check"), doctor.get_by_role("combobox", name="Medication")
    expect(check).to_contain_text("Nothing is checked yet")
    medication.press_sequentially("amoxic")
    expect(medication).to_have_attribute("aria-expanded", "true")
    medication.press("ArrowDown")
    assert violations(doctor) == []
    expect(medication).to_have_attribute("aria-activedescendant", "drug-0")
    medication.press("Enter")
    expect(medication).to_have_value("amoxicillin")
    expect(medication).to_have_attribute("aria-expanded", "false")
    expect(check).to_contain_text("Checked, clear")
    assert violations(doctor) == []
    Allergy.record(by=cast.admin, patient=cast.alice, substance="penicillin")
    expect(check).to_contain_text("amoxicillin despite an allergy")
    said = doctor.locator("[data-check-says]")
    expect(said).to_have_text("The check has changed. 1 alert, the worst major.")
    Allergy.record(by=cast.admin, patient=cast.bob, substance="aspirin")
    expect(doctor.locator("[data-stale-mark]")).to_be_hidden()
    expect(said).to_have_text("The check has changed. 1 alert, the worst major.")


def test_a_check_that_cannot_be_had_says_so_and_comes_back(doctor, server, cast):
    prescribe(cast.smith, cast.alice, "ibuprofn")
    doctor.goto(f"{server.url}/prescriptions/new/?patient={cast.alice.pk}")
    is_live(doctor)
    doctor.route("**/partials/check/", lambda route: route.abort())
    medication = doctor.get_by_role("combobox", name="Medication")
    medication.fill("warfrin")
    expect(doctor.locator("[data-check-says]")).to_have_text("Not checked: the server does not answer. Trying again.")
    expect(doctor.locator("[data-stale-mark]")).to_be_visible()
    doctor.unroute("**/partials/check/")
    expect(doctor.get_by_role("button", name="warfarin")).to_be_visible()
    assert doctor.get_by_role("button", name="ibuprofen").count() == 0  # what is meant by another medication
    medication.fill("warfrin, metformin")
    expect(doctor.locator(".check")).to_contain_text("warfrin, metformin")
    expect(doctor.get_by_text("Did you mean warfarin")).to_be_visible()
    assert doctor.get_by_role("button", name="warfarin").count() == 0  # metformin would go with it
    medication.fill("warfrin")
    doctor.get_by_role("button", name="warfarin").click()
    expect(medication).to_have_value("warfarin")
    expect(doctor.locator("[data-stale-mark]")).to_be_hidden()
    expect(doctor.locator(".check")).not_to_contain_text("warfrin")
    doctor.set_viewport_size({"width": 320, "height": 700})
    medication.fill("x" * 190)
    expect(doctor.locator(".check")).to_contain_text("The rule set does not know this drug")
    assert not scrolls_sideways(doctor)


def test_the_stop_is_answered_and_the_issued_check_goes_stale_by_itself(doctor, server, cast):
    prescribe(cast.smith, cast.alice, ANTICOAGULANT)
    doctor.goto(f"{server.url}/prescriptions/new/?patient={cast.alice.pk}")
    for label, text in {"Medication": "ibuprofen", "Dosage": "400 mg", "Frequency": "daily", "Duration": "5"}.items():
        doctor.get_by_label(label).first.fill(text)
    doctor.get_by_role("button", name="Issue the prescription").click()
    expect(doctor.get_by_role("heading", name="Not issued: ibuprofen")).to_be_visible()
    assert doctor.evaluate("document.querySelector('form[data-once] button').textContent") == "Prescribe something else"
    doctor.set_viewport_size({"width": 320, "height": 700})
    assert not scrolls_sideways(doctor)
    assert violations(doctor) == []
    doctor.get_by_label("The benefit outweighs the risk").check()
    doctor.get_by_role("button", name="Override this alert").click()
    expect(doctor.get_by_text("Overridden:")).to_be_visible()
    expect(doctor.get_by_text("Still as it was")).to_be_visible()
    is_live(doctor)
    Allergy.record(by=cast.admin, patient=cast.alice, substance="penicillin")
    expect(doctor.get_by_text("Allergy recorded: penicillin.")).to_be_visible()
    assert violations(doctor) == []
    assert Prescription.objects.count() == 2
    assert list(ShownAlert.objects.filter(followed_by=None).values_list("outcome", flat=True)) == ["overridden"]


def test_back_and_pressed_again_it_is_prescribed_once(doctor, server, cast):
    doctor.goto(f"{server.url}/prescriptions/new/?patient={cast.alice.pk}")
    is_live(doctor)
    said = {"Medication": "vitamin mixture", "Dosage": "1", "Frequency": "once a day", "Duration in days": "7"}
    for label, words in said.items():
        doctor.get_by_label(label, exact=True).fill(words)
    issue = doctor.get_by_role("button", name="Issue the prescription")
    issue.click()
    expect(doctor.get_by_role("heading", name="vitamin mixture")).to_be_visible()
    doctor.go_back(wait_until="commit")
    issue.click()
    expect(doctor.get_by_role("heading", name="vitamin mixture")).to_be_visible()
    assert Prescription.objects.count() == 1


def test_a_refresh_leaves_open_what_is_being_filled_in(doctor, server, cast):
    Allergy.record(by=cast.smith.user, patient=cast.alice, substance="penicillin")
    doctor.goto(f"{server.url}/prescriptions/of/{cast.alice.pk}/allergies/")
    is_live(doctor)
    doctor.get_by_text("It is an allergy no longer: penicillin").press("Enter")
    why = doctor.locator("details[open] input[type=text], details[open] input:not([type])").first
    why.fill("Challenge was neg")
    Allergy.record(by=cast.admin, patient=cast.alice, substance="aspirin")
    expect(doctor.get_by_role("heading", name="aspirin")).to_be_visible()
    expect(why).to_be_visible()
    expect(why).to_have_value("Challenge was neg")
    expect(why).to_be_focused()
