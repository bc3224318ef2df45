"""Supplies are days of the clinic's calendar, a refill never outlives its prescription, and nobody is given nothing."""

from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from django.utils import timezone

from accounts.refusals import IllegalStep
from prescriptions import supplies
from prescriptions.models import Prescription
from prescriptions.supplies import days_later
from tests.appointments.making import words_of
from tests.prescriptions.test_issue import issued
from tests.prescriptions.test_refills import days_ago

pytestmark = pytest.mark.django_db
URL = "/api/v1/refill-requests"


@pytest.fixture
def granted_late(cast):
    """Ten days and two refills: the first of these is granted on day 25, so that all ends on day 30."""
    prescription = days_ago(issued(cast, duration_days=10, refills_remaining=2), 25)
    request = prescription.ask_refill(by=cast.alice.user)
    return Prescription.objects.get(pk=prescription.pk), request


def in_utc(of_the_clinic):
    """As Django's clock gives a moment, whose addition knows no zone."""
    return timezone.make_aware(of_the_clinic).astimezone(UTC)


def again(prescription):
    return Prescription.objects.get(pk=prescription.pk)


# --- short grants and empty ones ------------------------------------------------------------------------
def test_who_grants_is_told_before_and_after_how_short_it_is(cast, granted_late, signed_in):
    prescription, _ = granted_late
    client, path = signed_in(cast.smith), prescription.get_absolute_url()
    words = f"only 5 days more, until {timezone.localtime(prescription.expires_at):%a %-d %B %Y}"
    assert f"It gives {words}" in words_of(client.get(path))
    page = words_of(client.post(f"{path}grant/", {"grant-reason": ""}, follow=True))
    assert f"Granted: {words}, when the prescription ends." in page


def test_a_whole_supply_says_so_too(cast, signed_in):
    prescription = days_ago(issued(cast, duration_days=30, refills_remaining=2), 20)
    prescription.ask_refill(by=cast.alice.user)
    page = words_of(signed_in(cast.smith).get(prescription.get_absolute_url()))
    assert "It gives 30 days more, until" in page and "For longer, renew it" not in page


def test_where_what_was_granted_lasts_to_the_end_a_refill_is_not_taken_for_nothing(cast, granted_late, signed_in):
    prescription, request = granted_late
    request.grant(by=cast.smith.user)
    prescription = again(prescription)
    assert (prescription.refills_remaining, prescription.next_refill_on, prescription.needs_renewal) == (1, None, True)
    second = prescription.ask_refill(by=cast.alice.user)
    with pytest.raises(IllegalStep, match="a refill would add nothing") as refused:
        second.grant(by=cast.smith.user)
    assert refused.value.code == "no_refill_left"
    assert again(prescription).refills_remaining == 1
    page = words_of(signed_in(cast.smith).get(prescription.get_absolute_url()))
    assert "asks for a renewal" in page and "Grant the refill" not in page


def test_the_patient_reads_until_when_it_lasts_and_that_no_refill_is_left_to_use(cast, granted_late, signed_in):
    prescription, request = granted_late
    request.grant(by=cast.smith.user)
    client, end = signed_in(cast.alice), timezone.localtime(prescription.expires_at)
    page = words_of(client.get(prescription.get_absolute_url()))
    assert f"Supply lasts until</dt><dd>{end:%a %-d %b %Y}" in page
    assert "None to use: the supply lasts until it ends" in page
    assert "The supply lasts until it ends" in words_of(client.get(f"/prescriptions/of/{cast.alice.pk}/"))


def test_over_rest_a_request_says_until_when_a_grant_would_last(cast, granted_late, api):
    prescription, request = granted_late
    client, end = api(cast.smith), f"{prescription.expires_at:%Y-%m-%dT%H:%M:%S}"
    body = client.get(f"{URL}/{request.pk}").json()
    assert body["would_last_until"].startswith(end) and body["needs_renewal"] is False
    assert client.post(f"{URL}/{request.pk}/grant").json()["would_last_until"] is None
    assert client.get(f"/api/v1/prescriptions/{prescription.pk}").json()["supply_ends_at"].startswith(end)
    second = again(prescription).ask_refill(by=cast.alice.user)
    assert client.get(f"{URL}/{second.pk}").json()["needs_renewal"] is True
    assert client.post(f"{URL}/{second.pk}/grant").json()["code"] == "no_refill_left"


# --- days of the calendar -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "begins, days, last",
    [
        (datetime(2026, 10, 25, 0, 30), 10, date(2026, 11, 4)),  # a day of 25 hours lies in between
        (datetime(2026, 3, 1, 23, 30), 10, date(2026, 3, 11)),  # one of 23 hours
        (datetime(2026, 10, 31, 23, 30), 1, date(2026, 11, 1)),
        (datetime(2026, 3, 7, 0, 30), 1, date(2026, 3, 8)),
    ],
)
def test_so_many_days_later_it_is_the_same_time_of_day(settings, begins, days, last):
    settings.TIME_ZONE = "America/New_York"
    end = days_later(in_utc(begins), days)
    assert timezone.localtime(end).replace(tzinfo=None) == datetime.combine(last, begins.time())
    assert end.tzinfo == UTC


def test_it_ends_on_the_day_that_the_calendar_says(cast, settings, monkeypatch):
    settings.TIME_ZONE = "America/New_York"
    autumn = in_utc(datetime(2026, 10, 25, 0, 30))
    monkeypatch.setattr("prescriptions.models.timezone.now", lambda: autumn)
    prescription = issued(cast, duration_days=10, refills_remaining=1)
    assert (prescription.ends_on, prescription.next_refill_on) == (date(2026, 11, 14), date(2026, 11, 4))
    assert prescription.refills_at_first == 1


def test_a_supply_across_the_change_of_the_clock_is_no_short_one(cast, settings, monkeypatch):
    settings.TIME_ZONE = "America/New_York"
    now = in_utc(datetime(2026, 10, 25, 0, 30))
    monkeypatch.setattr("prescriptions.models.timezone.now", lambda: now)
    prescription = issued(cast, duration_days=10, refills_remaining=1)
    supply = prescription.next_supply
    assert supply and (supply.days, supply.is_short, supply.until) == (10, False, prescription.expires_at)


def test_what_was_issued_in_steps_of_24_hours_is_not_supplied_beyond_its_end(cast):
    prescription = issued(cast, duration_days=10)
    Prescription.objects.filter(pk=prescription.pk).update(expires_at=prescription.expires_at - timedelta(hours=1))
    prescription.refresh_from_db()
    assert prescription.supply_ends_at == prescription.expires_at
    assert supplies.Supply(prescription.expires_at, 0, 10).is_short


def test_who_reads_from_which_day_they_can_ask_can_ask_all_that_day(cast, settings, monkeypatch):
    settings.TIME_ZONE = "America/New_York"
    issued_at = in_utc(datetime(2026, 2, 8, 0, 30))
    monkeypatch.setattr("prescriptions.models.timezone.now", lambda: issued_at)
    prescription = issued(cast, duration_days=30)  # until 10 March, two days after the clock goes forward
    assert "You can ask from 24 February 2026 on" in prescription.why_no_refill()[0]
    for day, may in ((datetime(2026, 2, 23, 23, 59), False), (datetime(2026, 2, 24, 0, 1), True)):
        monkeypatch.setattr("prescriptions.models.timezone.now", partial(in_utc, day))
        assert prescription.may_ask_refill(cast.alice.user) is may


# --- what patients read ---------------------------------------------------------------------------------
def test_a_refill_that_is_overdue_is_due_since_then(cast, signed_in, api):
    prescription = days_ago(issued(cast, duration_days=10, refills_remaining=2), 13)
    day = timezone.localdate() - timedelta(days=3)
    client = signed_in(cast.alice)
    for path in (prescription.get_absolute_url(), f"/prescriptions/of/{cast.alice.pk}/"):
        assert f"is due since {day:%a %-d %b %Y}" in words_of(client.get(path))
    paper = words_of(client.get(f"/prescriptions/of/{cast.alice.pk}/?print"))
    assert f"due since {day:%-d %b %Y}" in paper
    assert all(f'class="fold-only quiet">{label} </span>' in paper for label in ("Next refill", "Ends", "By"))


def test_what_is_on_hold_stands_apart_with_the_warning_first_and_no_refill(cast, signed_in, api):
    issued(cast, medication="Metformin", duration_days=30)
    held = issued(cast, medication="Warfarin 5 mg", dosage="1 tablet", duration_days=30, refills_remaining=2)
    held.hold(by=cast.smith.user, reason="Bleeding")
    client = signed_in(cast.alice)
    page = words_of(client.get(f"/prescriptions/of/{cast.alice.pk}/"))
    order = ["What you take now", "Metformin", ">Not for now</h2>", "Warfarin", "Do not take it until", "1 tablet"]
    assert [page.index(words) for words in order] == sorted(page.index(words) for words in order)
    assert "<strong>1 tablet" not in page and "Next refill" not in page
    assert "the next one" not in words_of(client.get(held.get_absolute_url()))
    assert "not for now" in words_of(client.get(f"/prescriptions/of/{cast.alice.pk}/?print"))
    assert api(cast.alice).get(f"/api/v1/prescriptions/{held.pk}").json()["next_refill_on"] is None


@pytest.mark.parametrize(
    "frequency, words",
    [
        ("tid", "(3 times a day)"),
        ("BID with food", "(twice a day)"),
        ("q8h", "(every 8 hours)"),
        ("qid prn", "(when needed, up to 4 times a day)"),
        ("prn", "(when needed)"),
        ("2x a week", "(twice a week)"),
    ],
)
def test_a_patient_reads_shorthand_in_plain_words_beside_it(cast, signed_in, frequency, words):
    prescription = issued(cast, frequency=frequency)
    for path in (prescription.get_absolute_url(), f"/prescriptions/of/{cast.alice.pk}/"):
        page = words_of(signed_in(cast.alice).get(path))
        assert f"500 mg, {frequency}" in page and words in page
        assert words not in words_of(signed_in(cast.smith).get(path))


@pytest.mark.parametrize("frequency", ["three times a day", "every 8 hours", "bidet", "tid or qid", "as directed"])
def test_what_is_plain_or_not_understood_is_left_as_it_is(cast, frequency):
    assert issued(cast, frequency=frequency).frequency_in_plain_words == ""
