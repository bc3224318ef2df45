"""Who would be told next, and what is known of who was told: by name, and as cover and rota stand for that time."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from notifications import ladder
from notifications.alerts import acknowledge
from notifications.models import Alert, Cover, Notification, OnCall
from notifications.next_step import say_who_is_next
from notifications.receipts import mark
from tests.cast import make_doctor, make_patient, make_user
from tests.labs.making import recorded
from tests.notifications.test_ladder import in_force

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/notifications/alerts/"


@pytest.fixture
def alert(cast, outbox):
    recorded(cast, critical=True)
    return Alert.objects.get()


def next_of(alert):
    alert = Alert.objects.select_related("doctor__user").get(pk=alert.pk)
    say_who_is_next([alert])
    return alert.next_words


def time_passes(alert, minutes):
    """As if the alert had been opened so much earlier; then the worker looks at the clock."""
    gap = timedelta(minutes=minutes)
    for model, fields in [(Alert, ("opened_at", "asked_at", "deadline")), (Notification, ("created_at",))]:
        for row in model.objects.all():
            for field in fields:
                if getattr(row, field):
                    setattr(row, field, getattr(row, field) - gap)
            row.save()
    for step in alert.steps.all():
        step.at -= gap
        step.save()
    ladder.escalate_due()


def test_the_covering_doctor_is_named(cast, alert):
    in_force(Cover, doctor=cast.smith, covering=cast.brown)
    assert next_of(alert) == "Next: the covering doctor (Emily Brown)"


def test_where_nobody_covers_it_says_who_is_told_instead(cast, alert):
    assert cast.admin
    in_force(OnCall, doctor=cast.brown)
    assert next_of(alert) == (
        "Next: the covering doctor (nobody), so everyone on call and the administrators (Emily Brown, Ada Min)"
    )


def test_a_cover_that_ends_before_the_step_is_not_named_and_one_that_begins_until_then_is(cast, alert):
    now = timezone.now()
    times = {"begins": now - timedelta(hours=1), "ends": now + timedelta(minutes=10)}
    Cover.objects.create(doctor=cast.smith, covering=cast.brown, **times)
    assert "Emily Brown" not in next_of(alert)
    times = {"begins": now + timedelta(minutes=10), "ends": now + timedelta(hours=1)}
    Cover.objects.create(doctor=cast.smith, covering=cast.trainee, **times)
    assert next_of(alert) == "Next: the covering doctor (Tom Young)"


def test_whoever_left_or_was_told_already_is_not_named(cast, alert):
    in_force(Cover, doctor=cast.smith, covering=cast.brown)
    in_force(OnCall, doctor=cast.smith)
    in_force(OnCall, doctor=cast.trainee)
    cast.brown.user.is_active = False
    cast.brown.user.save()
    words = "Next: the covering doctor (nobody), so everyone on call and the administrators (Tom Young, Ada Min)"
    assert next_of(alert) == words


def test_who_is_named_is_who_is_told(cast, alert):
    """The same rule says it and does it, whatever the ladder and the rota are."""
    in_force(Cover, doctor=cast.smith, covering=cast.brown)
    in_force(OnCall, doctor=cast.brown)
    in_force(OnCall, doctor=cast.trainee)
    assert cast.admin
    for minutes, words, last in [
        (16, "Next: the covering doctor (Emily Brown)", {"Emily Brown"}),
        (15, "Next: everyone on call and the administrators (Tom Young, Ada Min)", {"Tom Young", "Ada Min"}),
    ]:
        assert next_of(alert) == words
        before = set(Notification.objects.values_list("stream_id", flat=True))
        time_passes(alert, minutes)
        fresh = set(Notification.objects.values_list("stream_id", flat=True)) - before
        people = {str(one.pk): one.full_name for one in (cast.brown.user, cast.trainee.user, cast.admin)}
        assert {people[channel.split(":")[1]] for channel in fresh} == last
    assert next_of(alert) == "Next: nobody: a breach is recorded"
    time_passes(alert, 60)
    assert next_of(alert) == ""


def test_of_many_some_are_named_and_the_rest_counted(cast, alert):
    for number in range(6):
        make_user(f"admin{number}@example.com", "Ada", f"Min{number}", is_staff=True)
    assert next_of(alert).endswith("(Ada Min, Ada Min0, Ada Min1 and 4 more)")


def test_what_is_acknowledged_has_no_next(cast, alert):
    acknowledge(alert, by=cast.smith.user)
    assert next_of(alert) == ""


# --- the page of all open ones ------------------------------------------------------------------------


def many_alerts(cast, count, start=0):
    for number in range(start, start + count):
        patient = make_patient(f"p{number}@example.com", f"Pat{number}", "Case")
        recorded(cast, patient=patient, critical=True)


def test_it_asks_the_same_few_questions_however_many_are_open(cast, signed_in, outbox):
    in_force(Cover, doctor=cast.smith, covering=cast.brown)
    client, counts = signed_in(cast.admin), []
    for start, count in [(0, 2), (2, 10)]:
        many_alerts(cast, count, start)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(PAGE)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_none_of_many_is_cut_away(cast, signed_in, outbox):
    many_alerts(cast, 27)
    client = signed_in(cast.smith)
    pages = [client.get(f"{PAGE}?page={number}").content.decode() for number in (1, 2)]
    assert [sum(f"Pat{number} Case</a>" in page for number in range(27)) for page in pages] == [25, 2]
    assert "1 to 25 of 27" in pages[0]
    assert "/notifications/partials/alerts/?page=2" in pages[1]
    assert client.get("/notifications/partials/alerts/?page=2").content.decode().count(" Case</a>") == 2


@pytest.mark.parametrize("page", ["0", "x", "999999999999999999999"])
def test_a_page_of_nonsense_is_a_page(cast, alert, signed_in, page):
    assert signed_in(cast.smith).get(f"{PAGE}?page={page}").status_code == 200


# --- the story of one ---------------------------------------------------------------------------------


def story(client, alert):
    return " ".join(client.get(f"{PAGE}{alert.pk}/").content.decode().split())


def test_its_steps_name_whom_they_told(cast, alert, signed_in):
    in_force(Cover, doctor=cast.smith, covering=cast.brown)
    assert cast.admin
    time_passes(alert, 16)
    time_passes(alert, 15)
    page = story(signed_in(cast.smith), alert)
    for name in ("Jane Smith", "Emily Brown", "Ada Min"):
        assert f"Told: {name}<" in page


def test_a_repeat_and_a_new_round_name_only_those_whom_the_step_told(cast, alert, signed_in):
    in_force(Cover, doctor=cast.smith, covering=cast.brown)
    time_passes(alert, 16)
    acknowledge(alert, by=cast.brown.user)
    recorded(cast, critical=True)
    page = story(signed_in(cast.smith), alert)
    # The repeat went to Dr. Brown too, who holds it; the step that began the ladder anew told Dr. Smith.
    assert page.count("Told: Jane Smith<") + page.count("1 told<") == 2
    assert "Told: Jane Smith, Emily Brown" not in page
    assert page.count("<strong>Emily Brown</strong>") == 2


def test_delivered_seen_and_acknowledged_stand_with_who_and_when(cast, alert, signed_in):
    in_force(Cover, doctor=cast.smith, covering=cast.brown)
    time_passes(alert, 16)
    noon = timezone.localtime(alert.opened_at).replace(hour=12, minute=34, second=0)
    to_smith = Notification.objects.get(stream=f"doctor:{cast.smith.pk}:notifications")
    mark("delivered_at", [(to_smith.pk, cast.smith.pk)], noon)
    mark("seen_at", [(to_smith.pk, cast.smith.pk)], noon + timedelta(minutes=1))
    rows = story(signed_in(cast.admin), alert).split("<tr ")[2:]
    (smith,) = [row for row in rows if "Jane Smith" in row]
    (brown,) = [row for row in rows if "Emily Brown" in row]
    assert "12:34:00" in smith
    assert "12:35:00" in smith
    assert (smith.count("not yet"), brown.count("not yet")) == (1, 3)
    acknowledge(alert, by=cast.brown.user)
    rows = story(signed_in(cast.admin), alert).split("<tr ")[2:]
    (brown,) = [row for row in rows if "Emily Brown" in row]
    assert brown.count("not yet") == 1  # acknowledging is seeing; nothing was handed to a socket of hers


def test_a_link_to_the_result_is_for_those_it_has_reached(cast, alert, signed_in):
    in_force(Cover, doctor=cast.smith, covering=cast.brown)
    brown = signed_in(cast.brown)
    page = story(brown, alert)
    assert alert.link not in page
    assert f"/patients/{cast.bob.pk}/" not in page
    assert brown.get(alert.link).status_code == 404
    assert alert.link in story(signed_in(cast.smith), alert)
    assert alert.link in story(signed_in(cast.admin), alert)
    time_passes(alert, 16)
    assert alert.link in story(brown, alert)
    assert brown.get(alert.link).status_code == 200


def test_its_story_goes_on_by_itself_for_those_who_see_it(cast, alert, signed_in):
    partial = f"/notifications/partials/alerts/{alert.pk}/"
    assert f'data-live-url="{partial}"' in story(signed_in(cast.smith), alert)
    assert "Jane Smith" in signed_in(cast.smith).get(partial).content.decode()
    assert signed_in(cast.trainee).get(partial).status_code == 404
    assert signed_in(cast.charlie).get(partial).status_code == 404


def test_the_story_asks_few_questions(cast, alert, signed_in, django_assert_max_num_queries):
    for number in range(8):
        in_force(OnCall, doctor=make_doctor(f"d{number}@example.com", "Don", f"Call{number}", f"L-2{number}"))
    time_passes(alert, 31)
    client = signed_in(cast.admin)
    with django_assert_max_num_queries(30):
        client.get(f"{PAGE}{alert.pk}/")
