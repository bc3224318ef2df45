"""The main job, in two browsers: what one person saves appears on another's page by itself."""

import pytest

from appointments.models import Appointment
from tests.appointments.making import in_days, requested
from tests.e2e.acting import bell, is_live, is_live_again, sign_in, sign_in_by_hand
from tests.e2e.browser import expect
from tests.labs.making import recorded
from tests.server import Server

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def people(cast):
    return cast.alice, cast.smith, cast.bob, cast


def mark(page):
    """Lets a test notice a reload: the mark lives as long as the page."""
    page.evaluate("window.sameAsBefore = true")


def was_not_reloaded(page):
    return page.evaluate("window.sameAsBefore === true")


def test_a_request_reaches_the_doctor_and_its_answer_the_patient(visitors, server, people):
    alice, smith, _, _ = people
    doctor = sign_in_by_hand(visitors(), server, smith)
    patient = sign_in_by_hand(visitors(), server, alice)
    mark(doctor)

    patient.get_by_role("link", name="Book an appointment").first.click()
    patient.get_by_label("Doctor").select_option(label="Dr. Jane Smith, General practice")
    patient.get_by_role("button", name="Show free times").click()
    patient.get_by_role("link", name="Wish for another time").click()
    patient.get_by_label("When would suit you?").fill(in_days(3).strftime("%Y-%m-%dT10:00"))
    patient.get_by_label("What is it about?").fill("Annual checkup")
    patient.get_by_role("button", name="Send the request").click()
    expect(patient.get_by_text("Your request is with Dr. Jane Smith")).to_be_visible()

    expect(doctor.locator(".toast")).to_contain_text("Alice Johnson asks for an appointment")
    expect(bell(doctor)).to_have_accessible_name("1 unread notification")
    row = doctor.locator("tr[data-arrived]")
    expect(row).to_contain_text("Annual checkup")
    assert was_not_reloaded(doctor)

    mark(patient)
    is_live(patient)
    row.get_by_role("link", name="Answer").click()
    doctor.get_by_role("button", name="Confirm the appointment").click()
    expect(doctor.get_by_text("Confirmed: Alice Johnson")).to_be_visible()

    expect(patient.locator(".toast")).to_contain_text("An appointment is confirmed")
    expect(patient.locator("main .mark").first).to_have_text("Confirmed")
    expect(bell(patient)).to_have_accessible_name("1 unread notification")
    assert was_not_reloaded(patient)


def test_a_critical_result_raises_the_doctors_bar_until_it_is_acknowledged(visitors, server, people):
    alice, smith, bob, cast = people
    desk, phone = (
        sign_in(visitors(), server, smith),
        sign_in(visitors(viewport={"width": 390, "height": 800}), server, smith),
    )
    patient = sign_in(visitors(), server, bob, "/lab-results/")
    mark(desk)

    recorded(cast, critical=True)

    for page in (desk, phone):
        bar = page.get_by_role("region", name="Critical result")
        expect(bar).to_contain_text("Bob Wilson")
        expect(bar).to_contain_text("Potassium 7.1 mmol/L")
        expect(bar).to_contain_text("Waiting 0 min")
    expect(patient.locator("[data-key^=lab-]")).to_contain_text("BMP")
    expect(desk.locator("tr[data-critical]")).to_contain_text("Bob Wilson")

    phone.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    expect(phone.get_by_role("region", name="Critical result")).to_be_in_viewport()

    desk.get_by_role("button", name="Acknowledge", exact=True).click()
    desk.get_by_label("Read back the value").fill("7.1")
    desk.get_by_role("button", name="Acknowledge for Bob Wilson").click()
    for page in (desk, phone):
        expect(page.get_by_role("region", name="Critical result")).to_have_count(0)


def test_what_is_being_typed_survives_what_arrives(visitors, server, people):
    alice, smith, bob, cast = people
    recorded(cast, critical=True)
    doctor = sign_in(visitors(), server, smith)
    doctor.get_by_role("button", name="Acknowledge", exact=True).click()
    doctor.get_by_label("Read back the value").fill("7.1")

    recorded(cast, patient=alice, critical=True)

    expect(doctor.get_by_role("region", name="Critical result")).to_contain_text("1 of 2")
    expect(doctor.get_by_label("Read back the value")).to_have_value("7.1")
    expect(doctor.get_by_label("Read back the value")).to_be_focused()


def test_the_same_again_shows_its_newest_value_in_the_same_bar(visitors, server, people):
    _, smith, _, cast = people
    recorded(cast, critical=True)
    doctor = sign_in(visitors(), server, smith)
    doctor.get_by_role("button", name="Acknowledge", exact=True).click()
    doctor.get_by_label("Read back the value").fill("7.1")

    recorded(cast, critical=True, result_data={"Potassium": {"value": "7.6", "unit": "mmol/L"}})

    bar = doctor.get_by_role("region", name="Critical result")
    expect(bar).to_contain_text("Potassium 7.6 mmol/L")
    expect(bar).to_contain_text("2 such results since")
    expect(doctor.get_by_label("Read back the value")).to_have_value("7.1")


def test_a_server_that_restarts_is_waited_for_and_nothing_is_missed(visitors, people):
    alice, smith, _, cast = people
    server = Server().start()
    try:
        doctor = sign_in(visitors(), server, smith)
        mark(doctor)
        server.stop()
        expect(doctor.locator("[data-connection]")).not_to_have_text("Live")
        requested(cast)
        server.start()
        is_live_again(doctor)
        expect(doctor.locator("tr[data-key^=appointment-]")).to_contain_text("Annual checkup")
        expect(bell(doctor)).to_have_accessible_name("1 unread notification")
        assert was_not_reloaded(doctor)
    finally:
        server.stop()


def test_a_server_that_is_killed_is_waited_for_too(visitors, people):
    alice, smith, _, cast = people
    server = Server().start()
    try:
        doctor = sign_in(visitors(), server, smith)
        server.kill()
        expect(doctor.locator("[data-connection]")).not_to_have_text("Live")
        server.start()
        is_live_again(doctor)
        requested(cast)
        expect(doctor.locator("tr[data-arrived]")).to_contain_text("Annual checkup")
    finally:
        server.stop()


def test_signing_out_in_one_tab_takes_the_other_to_sign_in(visitors, server, people):
    alice, *_ = people
    page = sign_in(visitors(), server, alice)
    other = page.context.new_page()
    other.goto(f"{server.url}/notifications/")
    is_live(other)
    page.goto(f"{server.url}/account/")
    page.get_by_role("button", name="Sign out").click()
    expect(other.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(other.get_by_role("status")).to_contain_text("You are no longer signed in.")


def test_the_stranger_sees_nothing_arrive(visitors, server, people):
    alice, smith, _, cast = people
    charlie = sign_in(visitors(), server, cast.charlie)
    doctor = sign_in(visitors(), server, smith)
    requested(cast)
    expect(doctor.locator(".toast")).to_be_visible()
    expect(charlie.locator(".toast")).to_have_count(0)
    assert Appointment.objects.count() == 1
