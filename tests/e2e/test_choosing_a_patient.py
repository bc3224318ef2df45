"""In a real browser: a patient is searched for, told from their namesake, seen beside the form, and changed."""

from datetime import date

import pytest

from appointments.models import Appointment
from labs.models import LabOrder
from prescriptions.models import Allergy, Prescription
from tests.appointments.making import requested
from tests.cast import make_patient
from tests.e2e.acting import is_live, sign_in
from tests.e2e.browser import expect
from tests.e2e.test_every_page import scrolls_sideways, violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("rules")]


@pytest.fixture
def namesake(cast):
    other = make_patient("alice.2@example.com", "Alice", "Johnson", date(1951, 3, 9))
    requested(cast)
    requested(cast, patient=other)
    return other


def test_a_namesake_is_chosen_by_keyboard_and_the_check_follows_whoever_is_chosen(visitors, server, cast, namesake):
    Allergy.record(by=cast.admin, patient=namesake, substance="penicillin")
    page = sign_in(visitors(viewport={"width": 360, "height": 780}), server, cast.smith, "/prescriptions/new/")
    is_live(page)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    patient, check = page.get_by_role("combobox", name="Patient"), page.locator(".check")
    patient.press_sequentially("alice j")
    options = page.get_by_role("option")
    expect(options).to_have_count(2)
    expect(options.filter(has_text="born 9 Mar 1951")).to_contain_text(f"ID {namesake.display_id}")
    assert violations(page) == []
    assert not scrolls_sideways(page)
    at = ["1951" in text for text in options.all_inner_texts()].index(True)
    for _ in range(at + 1):
        patient.press("ArrowDown")
    patient.press("Enter")
    chosen = page.get_by_role("radio", name=f"Alice Johnson born 9 Mar 1951 ID {namesake.display_id}")
    expect(chosen).to_be_checked()
    page.get_by_role("combobox", name="Medication").fill("amoxicillin")
    expect(check).to_contain_text("amoxicillin despite an allergy")
    assert violations(page) == []
    patient.fill("1988-08-14")
    expect(check).to_contain_text("not checked: no patient is chosen")
    expect(chosen).to_have_count(0)
    expect(options).to_have_count(1)
    options.click()
    expect(check).to_contain_text("born 14 Aug 1988")
    expect(check).to_contain_text("Checked, clear")
    patient.fill(namesake.display_id)
    patient.press("Tab")
    expect(chosen).to_be_checked()
    expect(check).to_contain_text("amoxicillin despite an allergy")
    assert not any(words in url.lower() for url in asked for words in ("alice", "1988", "amox"))


def test_who_is_not_chosen_is_asked_for_and_nothing_that_was_typed_is_lost(visitors, server, cast, namesake):
    page = sign_in(visitors(viewport={"width": 320, "height": 700}), server, cast.smith, "/lab-results/orders/new/")
    page.get_by_role("combobox", name="Patient").fill("Johnson")
    page.get_by_label("Test").fill("TSH")
    page.get_by_label("Reason").fill("Tired")
    page.get_by_role("button", name="Order the test").click()
    expect(page.get_by_role("radio", name="Alice Johnson")).to_have_count(2)
    assert violations(page) == []
    assert not scrolls_sideways(page)
    page.get_by_role("radio", name="born 9 Mar 1951").check()
    page.get_by_role("button", name="Order the test").click()
    expect(page.get_by_text("Ordered for Alice Johnson")).to_be_visible()
    assert LabOrder.objects.get().patient == namesake


def test_a_whole_name_typed_and_issued_at_once_is_held_until_it_was_seen_who_it_is(visitors, server, cast):
    layla = make_patient("layla@example.com", "ليلى", "حداد", date(1990, 2, 7))
    requested(cast, patient=layla)
    page = sign_in(visitors(viewport={"width": 360, "height": 780}), server, cast.smith, "/prescriptions/new/")
    is_live(page)
    page.clock.install()
    page.get_by_role("combobox", name="Medication").fill("Paracetamol")
    for label, words in (("Dosage", "1 g"), ("Frequency", "daily"), ("Duration", "5")):
        page.get_by_label(label).fill(words)
    patient, issue = page.get_by_role("combobox", name="Patient"), page.get_by_role("button", name="Issue")
    patient.fill("ليلى حداد")
    issue.click()
    chosen = page.get_by_role("radio", name=f"born 7 Feb 1990 ID {layla.display_id}")
    expect(chosen).to_be_focused()
    expect(page.get_by_text("Look whether this is the right person")).to_be_in_viewport()
    expect(patient).to_have_value(f"{layla.display_id} ليلى حداد")
    assert violations(page) == []
    assert not scrolls_sideways(page)
    issue.click()
    expect(chosen).to_be_focused()
    assert not Prescription.objects.exists()
    page.clock.fast_forward(1000)
    issue.click()
    expect(page.get_by_text("Prescribed.")).to_be_visible()
    assert Prescription.objects.get().patient == layla


def test_without_scripts_a_visit_is_booked_for_one_of_two_namesakes(visitors, server, cast, namesake):
    page = visitors(java_script_enabled=False, viewport={"width": 320, "height": 700})
    sign_in(page, server, cast.smith, "/appointments/new/wish/", state="Connecting")
    page.get_by_role("textbox", name="Patient", exact=True).fill("alice johnson")
    page.get_by_label("What is it about?").fill("Her knee")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_text("2 patients are found")).to_be_visible()
    assert not scrolls_sideways(page)
    page.get_by_label("born 9 Mar 1951").check()
    page.get_by_label("When would suit you?").fill("2027-06-01T10:00")
    page.get_by_role("button", name="Send the request").click()
    expect(page.get_by_text("Your request is with")).to_be_visible()
    assert Appointment.objects.get(reason="Her knee").patient == namesake
