"""Whatever happens to a visit, in any order: what was sent was right when it was sent, and was sent once."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appointments.models import Reminder
from appointments.reminder_choice import choose
from appointments.reminder_preferences import Role
from appointments.reminders import State
from appointments.statuses import Status
from tests.appointments.reminded import confirmed, scan

pytestmark = pytest.mark.django_db
HOURS = st.integers(1, 60)
HAPPENINGS = st.lists(
    st.one_of(
        st.tuples(st.just("wait"), HOURS),
        st.tuples(st.just("move"), HOURS),
        st.tuples(st.just("choose"), st.lists(st.sampled_from([60, 120, 24 * 60, 48 * 60]), max_size=3)),
        st.tuples(st.just("cancel"), st.just(0)),
    ),
    min_size=3,
    max_size=7,
)


class Life:
    """A visit, what happens to it, and each reminder as it was when it was sent."""

    def __init__(self, cast, clock) -> None:
        self.cast, self.clock = cast, clock
        self.visit = confirmed(cast, clock.now + timedelta(hours=50))
        self.sent: set = set()

    def wait(self, hours) -> None:
        """An hour at a time, with a worker that looks every hour."""
        for _ in range(hours):
            self.clock.forward(hours=1)
            scan()
            self.look()

    def move(self, hours) -> None:
        if self.visit.status == Status.CONFIRMED and self.visit.time > self.clock.now:
            self.visit.reschedule(by=self.cast.smith.user, time=self.clock.now + timedelta(hours=hours))

    def choose(self, leads) -> None:
        choose(self.cast.alice.user, Role.PATIENT, lead_minutes=leads, ways=["email", "notification"])

    def cancel(self, _) -> None:
        if self.visit.status == Status.CONFIRMED:
            self.visit.cancel(by=self.cast.alice.user)

    def look(self) -> None:
        for row in Reminder.objects.filter(state=State.SENT).exclude(pk__in=self.sent):
            assert self.visit.status == Status.CONFIRMED
            assert row.visit_time == self.visit.time
            assert row.due <= row.sent_at == self.clock.now < row.visit_time
            assert row.sent_at - row.due < timedelta(hours=1)
            self.sent.add(row.pk)


@given(HAPPENINGS)
@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_sent_is_right_and_sent_once(cast, clock, happenings):
    people = cast.alice, cast.smith  # made outside, so that every example finds them
    began = clock.now
    with transaction.atomic():
        life = Life(cast, clock)
        for name, given_with in happenings:
            getattr(life, name)(given_with)
        sent = Reminder.objects.filter(state=State.SENT)
        assert {row.pk for row in sent} == life.sent
        assert not Reminder.objects.waiting().filter(due__lte=clock.now - timedelta(hours=1)).exists()
        transaction.set_rollback(True)
    clock.now = began
    assert all(people)
