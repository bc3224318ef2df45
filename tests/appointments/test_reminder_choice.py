"""People choose when and how they are reminded; what became of each reminder is seen by whom it concerns."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.refusals import NotAllowed
from appointments.models import Reminder, ReminderPreferences
from appointments.reminder_choice import choose
from appointments.reminder_preferences import Role
from appointments.reminders import State
from tests.appointments.making import words_of
from tests.appointments.reminded import confirmed, notified, scan, states

pytestmark = pytest.mark.django_db
PAGE, API = "/account/reminders/", "/api/v1/me/reminder-preferences"
WEEK, DAY, HOUR = 7 * 24 * 60, 24 * 60, 60


def test_a_choice_holds_for_visits_that_are_confirmed_already_and_for_those_to_come(cast, clock):
    first = confirmed(cast, clock.now + timedelta(days=10))
    choose(cast.alice.user, Role.PATIENT, lead_minutes=[HOUR, WEEK], ways=["email"])
    second = confirmed(cast, clock.now + timedelta(days=11))
    for visit in (first, second):
        waiting = {key for key, state in states(visit).items() if state == State.PENDING}
        assert waiting == {(WEEK, "email"), (HOUR, "email")}


def test_a_lead_time_that_has_passed_is_not_made_up_for(cast, clock):
    visit = confirmed(cast, clock.now + timedelta(days=3))
    choose(cast.alice.user, Role.PATIENT, lead_minutes=[WEEK], ways=["email"])
    assert State.PENDING not in states(visit).values()
    clock.forward(days=2, hours=23)
    scan()
    assert (notified(), mail.outbox) == ([], [])


def test_what_was_sent_stays_and_a_time_that_is_chosen_again_is_planned_again(cast, clock):
    visit = confirmed(cast, clock.now + timedelta(days=3))
    clock.forward(days=2)
    scan()
    choose(cast.alice.user, Role.PATIENT, lead_minutes=[], ways=["email"])
    assert states(visit)[120, "email"] == State.GONE
    choose(cast.alice.user, Role.PATIENT, lead_minutes=[DAY, 120], ways=["email"])
    assert states(visit)[DAY, "email"] == State.SENT
    assert states(visit)[120, "email"] == State.PENDING
    clock.forward(hours=22)
    scan()
    assert len(mail.outbox) == 2


def test_a_choice_changes_nobody_elses_reminders(cast, clock):
    bobs = confirmed(cast, clock.now + timedelta(days=3), cast.bob)
    assert cast.alice
    choose(cast.alice.user, Role.PATIENT, lead_minutes=[], ways=["email"])
    assert set(states(bobs).values()) == {State.PENDING}


def test_nobody_chooses_for_a_role_that_they_have_not(cast):
    with pytest.raises(NotAllowed):
        choose(cast.alice.user, Role.DOCTOR, lead_minutes=[DAY], ways=["email"])


@pytest.mark.parametrize(
    "chosen, field",
    [
        ({"lead_minutes": [17], "ways": ["email"]}, "lead_minutes"),
        ({"lead_minutes": [DAY], "ways": []}, "ways"),
        ({"lead_minutes": [DAY], "ways": ["pigeon"]}, "ways"),
    ],
)
def test_a_choice_that_cannot_be_is_refused(cast, chosen, field):
    with pytest.raises(ValidationError) as refused:
        choose(cast.alice.user, Role.PATIENT, **chosen)
    assert field in refused.value.message_dict


@pytest.mark.parametrize(
    "wrong", [{"lead_minutes": [17]}, {"by_email": False, "by_notification": False}, {"role": "cat"}]
)
def test_the_database_knows_what_can_be_chosen(cast, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        ReminderPreferences.objects.create(**{"person": cast.alice.user, "role": "patient", **wrong})


def test_a_doctors_many_visits_are_planned_with_few_questions(cast, clock, django_assert_max_num_queries):
    for hour in range(12):
        confirmed(cast, clock.now + timedelta(days=3, hours=hour))
    with django_assert_max_num_queries(14):
        choose(cast.smith.user, Role.DOCTOR, lead_minutes=[HOUR], ways=["notification"])
    assert Reminder.objects.filter(person=cast.smith.pk).count() == 12


# --- the page ---------------------------------------------------------------------------------------
def test_a_patient_chooses_on_a_page_of_their_account(cast, signed_in):
    client = signed_in(cast.alice)
    assert PAGE in words_of(client.get("/account/"))
    said = words_of(client.get(PAGE))
    assert "24 hours before" in said
    assert "patients have with you" not in said
    chosen = {"patient-lead_minutes": ["60"], "patient-ways": ["email"]}
    assert client.post(PAGE, chosen).status_code == 302
    kept = ReminderPreferences.objects.get(person=cast.alice.pk)
    assert (kept.lead_minutes, kept.ways) == ([60], ["email"])


def test_the_page_says_what_is_wrong_and_keeps_what_was_ticked(cast, signed_in):
    answer = signed_in(cast.alice).post(PAGE, {"patient-lead_minutes": ["60"]})
    assert answer.status_code == 400
    assert "Tick at least one way" in words_of(answer)
    assert re.findall(r'value="(\w+)"[^>]* checked', words_of(answer)) == ["60"]
    assert not ReminderPreferences.objects.exists()


@pytest.mark.parametrize("nonsense", ["17", "9" * 30, "x", "\x00"])
def test_nonsense_is_an_error_beside_the_field(cast, signed_in, nonsense):
    answer = signed_in(cast.alice).post(PAGE, {"patient-lead_minutes": [nonsense], "patient-ways": ["email"]})
    assert answer.status_code == 400


def test_who_has_no_visits_is_told_so(cast, signed_in):
    assert "Nothing to be reminded of" in words_of(signed_in(cast.admin).get(PAGE))


def test_nobody_chooses_without_signing_in(client):
    assert client.get(PAGE).headers["Location"].startswith("/account/sign-in/")


# --- REST -------------------------------------------------------------------------------------------
def test_the_usual_is_what_rest_answers_until_one_chooses(cast, api):
    assert api(cast.alice).get(API).json() == {
        "patient": {"lead_minutes": [DAY, 120], "ways": ["notification", "email"], "invitations": True}
    }
    assert api(cast.smith).get(API).json() == {
        "doctor": {"lead_minutes": [], "ways": ["notification", "email"], "invitations": False}
    }
    assert api(cast.admin).get(API).json() == {}


def test_a_put_replaces_what_it_names(cast, api):
    chosen = {"patient": {"lead_minutes": [60, DAY, 60], "ways": ["email"]}}
    answer = api(cast.alice).put(API, chosen)
    assert answer.status_code == 200
    assert answer.json() == api(cast.alice).get(API).json()
    assert answer.json() == {"patient": {"lead_minutes": [DAY, 60], "ways": ["email"], "invitations": True}}
    assert api(cast.alice).put(API, {}).json() == answer.json()


@pytest.mark.parametrize(
    "body",
    [
        {"patient": {"lead_minutes": [17], "ways": ["email"]}},
        {"patient": {"lead_minutes": [10**30], "ways": ["email"]}},
        {"patient": {"lead_minutes": [True], "ways": ["email"]}},
        {"patient": {"lead_minutes": "60", "ways": ["email"]}},
        {"patient": {"lead_minutes": [60], "ways": []}},
        {"patient": {"lead_minutes": [60], "ways": [["email"]]}},
        {"patient": {"lead_minutes": [60]}},
        {"patient": None},
        {"patient": []},
        {"doctor": {"lead_minutes": [60], "ways": ["email"]}},
        [],
    ],
)
def test_a_body_that_cannot_be_is_400_and_changes_nothing(cast, api, body):
    answer = api(cast.alice).put(API, body)
    assert answer.status_code == 400, answer.content
    assert answer.json()["code"] in ("invalid", "parse_error")
    assert not ReminderPreferences.objects.exists()


def test_rest_wants_a_token(api):
    assert api(None).get(API).status_code == api(None).put(API, {}).status_code == 401


def test_rest_lists_the_reminders_of_a_visit_for_those_whom_they_concern(cast, api, clock):
    visit = confirmed(cast, clock.now + timedelta(days=3))
    path = f"/api/v1/appointments/{visit.pk}/reminders"
    clock.forward(days=2)
    scan()
    rows = api(cast.alice).get(path).json()["results"]
    assert [(row["lead_minutes"], row["state"]) for row in rows] == [
        (DAY, "sent"),
        (DAY, "sent"),
        (120, "pending"),
        (120, "pending"),
    ]
    assert rows[0]["person"] == {"id": str(cast.alice.pk), "name": "Alice Johnson"}
    assert rows[0]["due"].endswith("Z")
    assert api(cast.smith).get(path).json()["results"] == rows
    assert api(cast.charlie).get(path).status_code == api(cast.brown).get(path).status_code == 404


# --- seen -------------------------------------------------------------------------------------------
def failed_one(cast, clock):
    visit = confirmed(cast, clock.now + timedelta(days=3))
    why = "The mail server refused the address."
    Reminder.objects.filter(way="email", lead_minutes=DAY).update(state=State.FAILED, why=why, tries=1)
    return visit


def test_the_page_of_the_visit_shows_each_reminder_and_why_one_failed(cast, clock, signed_in):
    visit = failed_one(cast, clock)
    own = words_of(signed_in(cast.alice).get(visit.get_absolute_url()))
    assert "The mail server refused the address. Tried 1 time" in own
    assert PAGE in own
    doctors = words_of(signed_in(cast.smith).get(visit.get_absolute_url()))
    assert "By e-mail, to Alice Johnson" in doctors
    assert PAGE not in doctors


def test_another_doctor_of_the_patient_sees_the_visit_without_its_reminders(cast, clock, signed_in):
    visit = failed_one(cast, clock)
    confirmed(cast, clock.now + timedelta(days=4), doctor=cast.brown)
    said = words_of(signed_in(cast.brown).get(visit.get_absolute_url()))
    assert "The visit" in said
    assert "Reminders" not in said


def test_a_patient_who_wants_none_sees_that_there_are_none(cast, clock, signed_in):
    choose(cast.alice.user, Role.PATIENT, lead_minutes=[], ways=["email"])
    visit = confirmed(cast, clock.now + timedelta(days=3))
    assert "None for this appointment" in words_of(signed_in(cast.alice).get(visit.get_absolute_url()))


def test_administrators_find_the_failed_ones_and_have_them_tried_again(cast, clock, signed_in):
    failed_one(cast, clock)
    admin = signed_in(cast.admin)
    rows = "/admin/appointments/reminder/"
    assert "The mail server refused the address." in words_of(admin.get(rows, {"state": "failed"}))
    failed = Reminder.objects.get(state=State.FAILED)
    admin.post(rows, {"action": "try_again", "_selected_action": [str(failed.pk)]})
    scan()
    failed.refresh_from_db()
    assert failed.state == State.SENT
    said = words_of(admin.post(rows, {"action": "try_again", "_selected_action": [str(failed.pk)]}, follow=True))
    assert "only a failed one is tried again" in said
    assert signed_in(cast.smith).get(rows).status_code == 302
