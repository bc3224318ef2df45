"""The list, its filters, and the parts of pages that refetch themselves."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments.statuses import Status
from tests.appointments.making import in_status, requested, words_of

pytestmark = pytest.mark.django_db
LIST = "/appointments/"


def reasons_in(answer):
    return {row.reason for row in answer.context["page_obj"]}


def test_the_list_is_narrowed_by_status_by_when_and_by_patient(cast, signed_in):
    requested(cast, reason="asked")
    gone = in_status(cast, Status.CONFIRMED, past=True)
    requested(cast, patient=cast.bob, reason="bob")
    client = signed_in(cast.smith)
    assert reasons_in(client.get(f"{LIST}?status=confirmed")) == {gone.reason}
    assert reasons_in(client.get(f"{LIST}?when=past")) == {gone.reason}
    assert reasons_in(client.get(f"{LIST}?when=coming")) == {"asked", "bob"}
    assert reasons_in(client.get(f"{LIST}?patient=wilson")) == {"bob"}
    assert reasons_in(client.get(f"{LIST}?when=coming&patient=johnson")) == {"asked"}


def test_a_filter_keeps_the_search_and_the_search_keeps_the_filter(cast, signed_in):
    requested(cast)
    page = words_of(signed_in(cast.smith).get(f"{LIST}?patient=Johnson&when=coming"))
    assert 'href="?status=requested&patient=Johnson"' in page
    assert 'name="when" value="coming"' in page


@pytest.mark.parametrize(
    "query", ["status=asleep", "when=never", "page=x", "page=99", "patient=%00", "patient=" + "9" * 200]
)
def test_an_odd_question_still_gets_a_list(cast, signed_in, query):
    requested(cast)
    assert signed_in(cast.smith).get(f"{LIST}?{query}").status_code == 200


@pytest.mark.parametrize("who", ["alice", "smith", "admin"])
def test_a_list_asks_the_database_as_often_for_twenty_as_for_one(cast, signed_in, who, django_assert_num_queries):
    client = signed_in(getattr(cast, who))
    requested(cast)
    with CaptureQueriesContext(connection) as one:
        client.get(f"{LIST}partials/list/")
    for _ in range(19):
        requested(cast)
    with django_assert_num_queries(len(one)):
        assert len(client.get(f"{LIST}partials/list/").context["page_obj"]) == 20


def test_a_page_holds_twenty_five(cast, signed_in):
    for _ in range(26):
        requested(cast)
    client = signed_in(cast.smith)
    assert len(client.get(LIST).context["page_obj"]) == 25
    assert len(client.get(f"{LIST}?page=2").context["page_obj"]) == 1


def test_the_live_part_refetches_the_same_page_of_the_same_filter(cast, signed_in):
    requested(cast)
    page = words_of(signed_in(cast.smith).get(f"{LIST}?status=requested&page=1"))
    assert 'data-live-url="/appointments/partials/list/?status=requested&page=1"' in page


def test_an_open_page_hints_that_somebody_else_has_changed_it_beside_the_form(cast, signed_in):
    appointment, client = requested(cast), signed_in(cast.alice)
    page = words_of(client.get(f"{LIST}{appointment.pk}/"))
    live = f"{LIST}{appointment.pk}/partial/?seen=requested"
    assert f'data-live-url="{live}"' in page
    assert "has set it" not in words_of(client.get(live))
    appointment.confirm(by=cast.smith.user)
    part = words_of(client.get(live))
    assert "Jane Smith has set it to confirmed" in part
    assert "<form" not in part
    assert client.get(f"{LIST}{appointment.pk}/partial/?seen=%00").status_code == 200
