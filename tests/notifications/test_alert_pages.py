"""One page with all open alerts; each is open until it is acknowledged and something was done."""

from datetime import timedelta

import pytest
from django.utils import timezone

from notifications import ladder
from notifications.models import Alert, CallLogEntry, Cover
from tests.labs.making import recorded
from tests.notifications.test_ladder import in_force

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/notifications/alerts/"


@pytest.fixture
def alert(cast, outbox):
    recorded(cast, critical=True)
    return Alert.objects.get()


def shows(client, path=PAGE):
    return "Bob Wilson" in client.get(path).content.decode()


def test_it_shows_doctors_their_own_and_administrators_all(cast, alert, signed_in):
    assert shows(signed_in(cast.smith))
    assert shows(signed_in(cast.admin))
    assert not shows(signed_in(cast.brown))


def test_it_shows_a_doctor_those_they_cover(cast, alert, signed_in):
    in_force(Cover, doctor=cast.smith, covering=cast.brown)
    assert shows(signed_in(cast.brown))


def test_it_shows_who_is_next_and_when(cast, alert, signed_in):
    page = signed_in(cast.smith).get(PAGE).content.decode()
    assert "Next: the covering doctor" in page
    ladder.escalate_due(alert.opened_at + timedelta(hours=2))
    page = signed_in(cast.admin).get(PAGE).content.decode()
    assert "Breach" in page
    assert "Everyone has been told" in page


@pytest.mark.parametrize("who", ["bob", "alice", "charlie"])
@pytest.mark.parametrize("path", [PAGE, "/notifications/partials/alerts/", "/notifications/cover/"])
def test_it_is_no_patients(cast, alert, signed_in, who, path):
    assert signed_in(getattr(cast, who)).get(path).status_code == 404


def test_acknowledging_alone_leaves_it_open_until_an_action_is_recorded(cast, alert, signed_in):
    smith = signed_in(cast.smith)
    smith.post(f"{PAGE}{alert.pk}/acknowledge/", {"note": "7.1"})
    assert "An action is still missing" in smith.get(PAGE).content.decode()
    smith.post(f"{PAGE}{alert.pk}/call/", {"outcome": "read_back", "note": "Comes in now"})
    assert "is closed" in smith.get(PAGE).content.decode()
    assert not shows(smith)
    alert.refresh_from_db()
    assert (alert.closed_by, alert.closing_action, alert.acknowledgement_note) == (cast.smith.user, "read_back", "7.1")


@pytest.mark.parametrize("outcome", CallLogEntry.Outcome.values)
def test_each_outcome_of_a_call_is_kept_with_who_and_when(cast, alert, signed_in, outcome):
    signed_in(cast.smith).post(f"{PAGE}{alert.pk}/call/", {"outcome": outcome, "note": "Said so"})
    entry = CallLogEntry.objects.get()
    assert (entry.alert, entry.by, entry.outcome, entry.note) == (alert, cast.smith.user, outcome, "Said so")
    assert alert.opened_at < entry.at <= timezone.now()


@pytest.mark.parametrize("outcome", ["", "asleep"])
def test_a_call_without_an_outcome_is_refused(cast, alert, signed_in, outcome):
    page = signed_in(cast.smith).post(f"{PAGE}{alert.pk}/call/", {"outcome": outcome, "note": "Busy & gone"})
    assert page.status_code == 400
    assert "Busy &amp; gone" in page.content.decode()
    assert not CallLogEntry.objects.exists()


@pytest.mark.parametrize("stranger", ["brown", "bob", "charlie"])
def test_the_stranger_gets_404(cast, alert, signed_in, stranger):
    client = signed_in(getattr(cast, stranger))
    assert client.get(f"{PAGE}{alert.pk}/").status_code == 404
    assert client.post(f"{PAGE}{alert.pk}/call/", {"outcome": "reached"}).status_code == 404
    assert Alert.objects.get().closed_at is None


def test_the_alerts_page_tells_its_story(cast, alert, signed_in):
    ladder.escalate_due(alert.opened_at + timedelta(minutes=15))
    page = signed_in(cast.smith).get(f"{PAGE}{alert.pk}/").content.decode()
    assert "The ordering doctor" in page
    assert "Nobody new to tell" in page
    assert "Acknowledge for Bob Wilson" in page


def test_a_doctor_names_who_covers_them_and_takes_it_back(cast, signed_in):
    smith, now = signed_in(cast.smith), timezone.localtime()
    times = {"begins": now - timedelta(hours=1), "ends": now + timedelta(hours=8)}
    typed = {name: moment.strftime("%Y-%m-%dT%H:%M") for name, moment in times.items()}
    assert smith.post("/notifications/cover/", {"covering": str(cast.brown.pk), **typed}).status_code == 302
    cover = Cover.objects.get()
    assert (cover.doctor, cover.covering) == (cast.smith, cast.brown)
    assert signed_in(cast.brown).post(f"/notifications/cover/{cover.pk}/end/").status_code == 404
    smith.post(f"/notifications/cover/{cover.pk}/end/")
    assert not Cover.objects.in_force().exists()


@pytest.mark.parametrize("changes", [{"ends": "2020-01-01T10:00"}, {"begins": "0001-01-01T00:00"}, {"covering": "x"}])
def test_a_cover_that_cannot_be_is_a_field_error(cast, signed_in, changes):
    typed = {"covering": str(cast.brown.pk), "begins": "2026-01-01T10:00", "ends": "2026-01-02T10:00", **changes}
    page = signed_in(cast.smith).post("/notifications/cover/", typed)
    assert page.status_code == 400
    assert not Cover.objects.exists()


def test_nobody_covers_themselves(cast, signed_in):
    typed = {"covering": str(cast.smith.pk), "begins": "2026-01-01T10:00", "ends": "2026-01-02T10:00"}
    assert signed_in(cast.smith).post("/notifications/cover/", typed).status_code == 400
