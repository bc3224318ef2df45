"""The wait list for programs."""

from datetime import timedelta

import pytest
from django.utils import timezone

from appointments.models import SlotOffer, WaitingEntry
from tests.appointments.making import requested
from tests.appointments.opening import office_hours, slot_at
from tests.appointments.waiting import offered, visit, waits, waits_without

pytestmark = pytest.mark.django_db
LIST, OFFERS = "/api/v1/wait-list", "/api/v1/slot-offers"


@pytest.fixture
def smith(cast):
    office_hours(cast.smith)
    return cast.smith


@pytest.fixture
def offer(cast, smith):
    """Of the day after tomorrow at ten, to Alice, who has a visit in nine days."""
    early = visit(cast, cast.bob, 2)
    waits(visit(cast, cast.alice, 9))
    early.cancel(by=cast.bob.user)
    offered()
    return SlotOffer.objects.get()


def test_a_patient_waits_for_something_earlier_than_their_visit(cast, smith, api):
    appointment = visit(cast, cast.alice, 9)
    answer = api(cast.alice).post(LIST, {"appointment_id": str(appointment.pk)}, format="json")
    body = answer.json()
    assert answer.status_code == 201
    assert (body["doctor_id"], body["appointment_id"], body["kind"]) == (
        str(cast.smith.pk),
        str(appointment.pk),
        "consultation",
    )
    assert (body["ended_at"], body["ending"]) == (None, None)


def test_a_patient_waits_for_a_first_visit_on_some_days(cast, smith, api):
    days = {"from_day": f"{timezone.localdate()}", "until_day": f"{timezone.localdate() + timedelta(days=5)}"}
    asked = {"doctor_id": str(cast.smith.pk), "reason": "A mole", "kind": "follow-up", **days}
    body = api(cast.alice).post(LIST, asked, format="json").json()
    assert {name: body[name] for name in ("reason", "kind", *days)} == {"reason": "A mole", "kind": "follow-up", **days}


@pytest.mark.parametrize(
    "wrong, field",
    [
        ({"reason": " "}, "reason"),
        ({"reason": "a\x00b"}, "reason"),
        ({"kind": "a\x00b"}, "kind"),
        ({"kind": "surgery"}, "kind"),
        ({"from_day": "9999-12-31"}, "from_day"),
        ({"until_day": "2020-01-01"}, "until_day"),
        ({"until_day": "soon"}, "until_day"),
        ({"until_day": 7}, "until_day"),
        ({"appointment_id": "00000000-0000-4000-8000-000000000000", "doctor_id": None}, "doctor_id"),
        ({"doctor_id": "x"}, "doctor_id"),
    ],
)
def test_bad_input_is_400_and_named(cast, smith, api, wrong, field):
    asked = {"doctor_id": str(cast.smith.pk), "reason": "A mole", "kind": "follow-up", **wrong}
    answer = api(cast.alice).post(LIST, asked, format="json")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])


def test_the_list_is_the_doctors_in_order_and_each_patients_own(cast, smith, api):
    first, second = waits_without(cast, cast.bob), waits(visit(cast, cast.alice, 9))
    first.leave(by=cast.bob.user)
    assert [row["id"] for row in api(smith).get(LIST).json()["results"]] == [str(second.pk)]
    visit(cast, cast.bob, 8)
    assert [row["id"] for row in api(smith).get(LIST).json()["results"]] == [str(first.pk), str(second.pk)]
    assert [row["id"] for row in api(smith).get(f"{LIST}?open=true").json()["results"]] == [str(second.pk)]
    assert [row["id"] for row in api(cast.alice).get(LIST).json()["results"]] == [str(second.pk)]
    assert api(cast.charlie).get(LIST).json()["results"] == []


def test_waiting_twice_is_409(cast, smith, api):
    entry = waits(visit(cast, cast.alice, 9))
    answer = api(cast.alice).post(LIST, {"appointment_id": str(entry.appointment_id)}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, "already_waiting")


def test_with_a_visit_nothing_else_is_named(cast, smith, api):
    sent = {"appointment_id": str(visit(cast, cast.alice, 9).pk), "doctor_id": str(cast.brown.pk)}
    answer = api(cast.alice).post(LIST, sent, format="json")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["doctor_id"])


def test_one_leaves(cast, smith, api):
    entry = waits(visit(cast, cast.alice, 9))
    assert api(cast.alice).post(f"{LIST}/{entry.pk}/leave").json()["ending"] == "left"
    assert api(cast.alice).post(f"{LIST}/{entry.pk}/leave").status_code == 409


def test_an_offer_is_read_and_claimed(cast, offer, api):
    client = api(cast.alice)
    (row,) = client.get(f"{OFFERS}?open=true").json()["results"]
    assert (row["id"], row["answer"], row["appointment_id"]) == (str(offer.pk), None, None)
    answer = client.post(f"{OFFERS}/{offer.pk}/claim")
    assert (answer.status_code, answer.json()["id"]) == (200, str(offer.entry.appointment_id))
    assert answer.json()["scheduled_time"] == row["start"]
    row = client.get(f"{OFFERS}/{offer.pk}").json()
    assert (row["answer"], row["appointment_id"]) == ("claimed", str(offer.entry.appointment_id))
    again = client.post(f"{OFFERS}/{offer.pk}/claim")
    assert (again.status_code, again.json()["code"]) == (409, "offer_over")


def test_an_offer_is_declined(cast, offer, api):
    answer = api(cast.alice).post(f"{OFFERS}/{offer.pk}/decline")
    assert (answer.status_code, answer.json()["answer"]) == (200, "declined")
    assert WaitingEntry.objects.get().ended_at is None


def test_the_doctor_answers_for_a_patient_who_calls(cast, offer, api):
    answer = api(cast.smith).post(f"{OFFERS}/{offer.pk}/claim")
    assert answer.status_code == 200
    assert answer.json()["history"][-1]["by"]["name"] == "Jane Smith"


def test_the_stranger_finds_nothing_and_another_doctor_may_not_answer(cast, offer, api):
    for path in (f"{OFFERS}/{offer.pk}", f"{LIST}/{offer.entry_id}", f"{OFFERS}/nonsense"):
        assert api(cast.charlie).get(path).status_code == 404
    for verb in ("claim", "decline"):
        assert api(cast.charlie).post(f"{OFFERS}/{offer.pk}/{verb}").status_code == 404
    assert api(cast.charlie).post(f"{LIST}/{offer.entry_id}/leave").status_code == 404
    requested(cast, doctor=cast.brown, requested_time=slot_at(20, 10))
    assert api(cast.brown).get(f"{OFFERS}/{offer.pk}").status_code == 200
    assert api(cast.brown).post(f"{OFFERS}/{offer.pk}/claim").status_code == 403
    assert api(None).get(OFFERS).status_code == 401
