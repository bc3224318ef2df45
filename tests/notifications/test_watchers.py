"""Whatever becomes of an alert, each open page that shows it asks again: of those reached, cover, administrators."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from asgiref.sync import sync_to_async

from labs.models import LabResult
from notifications import ladder
from notifications.alerts import acknowledge, record_call
from notifications.models import Alert, Cover
from tests.labs.making import recorded
from tests.notifications.sockets import Socket
from tests.notifications.test_ladder import in_force, minutes_later

pytestmark = pytest.mark.django_db(transaction=True)
TEMPLATES = Path(__file__).parents[2] / "templates"


def asked_again(outbox):
    """Ids of the people whose pages were asked to refetch alerts, since the last time; nobody else was."""
    frames = [frame for frame in outbox if (frame["type"], frame.get("topic")) == ("refresh", "alerts")]
    outbox.clear()
    return {frame["channel"].split(":")[1] for frame in frames}


@pytest.fixture
def watching(cast, outbox):
    """Dr. Smith, whom Dr. Brown covers, and Ada; Charlie and the patient are nobody here."""
    in_force(Cover, doctor=cast.smith, covering=cast.brown)
    assert cast.charlie
    return {str(person.pk) for person in (cast.smith, cast.brown, cast.admin)}


@pytest.fixture
def alert(cast, watching, outbox):
    recorded(cast, critical=True)
    outbox.clear()
    return Alert.objects.get()


def test_when_it_opens(cast, watching, outbox):
    recorded(cast, critical=True)
    assert asked_again(outbox) == watching


def test_when_a_step_is_taken_those_told_earlier_too(cast, alert, watching, outbox):
    ladder.escalate_due(minutes_later(alert, 15))
    assert asked_again(outbox) == watching


def test_when_a_breach_is_recorded(alert, watching, outbox):
    for count in (15, 30):
        ladder.escalate_due(minutes_later(alert, count))
    outbox.clear()
    ladder.escalate_due(minutes_later(alert, 60))
    assert asked_again(outbox) == watching


def test_when_somebody_acknowledges_and_when_it_closes(cast, alert, watching, outbox):
    acknowledge(alert, by=cast.smith.user)
    assert asked_again(outbox) == watching
    record_call(alert, by=cast.smith.user, outcome="reached")
    assert asked_again(outbox) == watching


def test_when_its_result_is_reviewed(cast, alert, watching, outbox):
    LabResult.objects.get().review_with(by=cast.smith.user, notes="Called.")
    assert watching <= asked_again(outbox)


def test_who_was_told_stays_among_them_when_the_cover_has_ended(cast, alert, watching, outbox):
    ladder.escalate_due(minutes_later(alert, 15))
    Cover.objects.update(ends=alert.opened_at + timedelta(seconds=1), begins=alert.opened_at - timedelta(days=1))
    outbox.clear()
    acknowledge(alert, by=cast.smith.user)
    assert asked_again(outbox) == watching


async def test_an_administrator_whom_it_has_not_reached_hears_of_it_on_the_socket(cast, catalogue):
    await sync_to_async(lambda: (cast.smith, cast.bob, cast.admin))()
    async with Socket.of(cast.admin) as socket:
        await socket.ready()
        await sync_to_async(recorded)(cast, critical=True)
        while (await socket.next("refresh"))["topic"] != "alerts":
            pass


@pytest.mark.parametrize(
    "template, region", [("base.html", "notifications:alarms"), ("notifications/alerts.html", "alerts_partial")]
)
def test_the_bar_and_the_page_of_open_alerts_listen(template, region):
    text = (TEMPLATES / template).read_text()
    (topics,) = re.findall(rf'data-live="([^"]+)" data-live-url="{{% url \'[\w:]*{region.split(":")[-1]}\' %}}', text)
    assert "alerts" in topics.split()
