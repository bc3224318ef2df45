"""Will monitor: an overridden alert comes back on its day, and goes when somebody has looked."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.refusals import IllegalStep, NotAllowed
from prescriptions.models import PrescriptionFollowUp
from tests.appointments.making import requested, words_of
from tests.prescriptions.answering import ANTICOAGULANT, NSAID, answers, prescribe

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rules")]
API = "/api/v1/prescription-follow-ups"


@pytest.fixture
def planned(cast):
    requested(cast)
    prescribe(cast.smith, cast.alice, ANTICOAGULANT)
    prescribe(cast.smith, cast.alice, NSAID, answers(cast.alice, NSAID, "will_monitor", "INR every week"))
    return PrescriptionFollowUp.objects.get()


@pytest.fixture
def due(planned):
    PrescriptionFollowUp.objects.filter(pk=planned.pk).update(due=timezone.localdate())
    planned.refresh_from_db()
    return planned


def test_it_comes_back_on_its_day_and_not_before(cast, planned):
    assert list(PrescriptionFollowUp.objects.due_for(cast.smith)) == []
    PrescriptionFollowUp.objects.update(due=timezone.localdate())
    assert list(PrescriptionFollowUp.objects.due_for(cast.smith)) == [planned]
    assert list(PrescriptionFollowUp.objects.due_for(cast.brown)) == []


def test_an_administrator_who_is_the_patient_reads_none_about_them(cast, planned, signed_in):
    cast.alice.user.is_staff = True
    cast.alice.user.save()
    assert list(PrescriptionFollowUp.objects.visible_to(cast.alice.user)) == []
    assert list(PrescriptionFollowUp.objects.visible_to(cast.admin)) == [planned]
    answer = signed_in(cast.alice).get(f"/admin/prescriptions/prescriptionfollowup/{planned.pk}/change/", follow=True)
    assert NSAID not in answer.content.decode()


def test_it_is_done_once(cast, due):
    due.done(by=cast.smith.user)
    assert list(PrescriptionFollowUp.objects.due_for(cast.smith)) == []
    with pytest.raises(IllegalStep):
        due.done(by=cast.smith.user)


@pytest.mark.parametrize("who", ["brown", "alice", "charlie", "admin", "laboratory"])
def test_nobody_else_says_that_it_is_done(cast, planned, who):
    person = getattr(cast, who)
    with pytest.raises(NotAllowed, match=r"Dr\. Jane Smith"):
        planned.done(by=getattr(person, "user", person))


def test_the_database_knows_who_was_done_by(planned):
    with pytest.raises(IntegrityError), transaction.atomic():
        PrescriptionFollowUp.objects.update(done_at=timezone.now())


@pytest.mark.django_db(transaction=True)
def test_done_refreshes_the_prescribers_pages(cast, planned, outbox):
    outbox.clear()
    planned.done(by=cast.smith.user)
    assert outbox == [{"channel": f"user:{cast.smith.pk}:session", "type": "refresh", "topic": "prescriptions"}]


def test_what_is_due_stands_on_the_prescribers_home_alone(cast, signed_in, due):
    html = words_of(signed_in(cast.smith).get("/"))
    assert "1 to look at again" in html
    assert "INR every week" in html
    assert "ibuprofen 400 mg, major alert overridden" in html
    for other in (cast.brown, cast.alice, cast.charlie, cast.admin):
        assert "INR every week" not in words_of(signed_in(other).get("/"))


def test_the_page_of_the_prescription_says_when_and_ends_it(cast, signed_in, planned):
    doctor, path = signed_in(cast.smith), planned.prescription.get_absolute_url()
    done = f"/prescriptions/follow-ups/{planned.pk}/done/"
    assert "Follow-up is done" in words_of(doctor.get(path))
    assert "Follow-up is done" not in words_of(signed_in(cast.admin).get(path))
    for stranger in (cast.charlie, cast.alice, cast.brown):
        assert signed_in(stranger).post(done).status_code == 404
    assert doctor.get(done).status_code == 405
    assert "off your worklist" in words_of(doctor.post(done, follow=True))
    assert "done already" in words_of(doctor.post(done, follow=True))
    assert "Follow-up is done" not in words_of(doctor.get(path))


def test_the_api_lists_and_ends_it(cast, api, planned):
    client = api(cast.smith)
    (row,) = client.get(API).json()["results"]
    assert (row["prescription_id"], row["due"]) == (str(planned.prescription_id), planned.due.isoformat())
    assert (row["note"], row["done_at"]) == ("INR every week", None)
    done = f"{API}/{row['id']}/done"
    assert api(cast.admin).post(done).status_code == 403
    assert client.post(done).json()["done_at"].endswith("Z")
    assert client.post(done).status_code == 409
    assert client.get(API).json()["results"] == []
    for stranger in (cast.charlie, cast.alice, cast.brown, cast.laboratory):
        assert api(stranger).get(API).json()["results"] == []
        assert api(stranger).post(done).status_code == 404
