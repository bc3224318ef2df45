"""Whoever is the patient reads as the patient: no check and no override about themselves, whatever else they are."""

from datetime import timedelta

import pytest
from django.utils import timezone

from notifications.models import Cover
from prescriptions.models import Prescription, PrescriptionFollowUp, RecordedCheck, RefillRequest, ShownAlert
from tests.appointments.making import requested, words_of
from tests.cast import make_user
from tests.notifications.test_own_alerts import as_patient
from tests.prescriptions.answering import ANTICOAGULANT, MAOI, NSAID, SSRI, answers, prescribe, stopped
from tests.prescriptions.test_refills import days_ago

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rules")]
API, ADMIN = "/api/v1", "/admin/prescriptions"
NOTE = "Does not take what one tells them"
SECRETS = [NOTE, "overridden", "Bleeding", "The check when it was issued", "All of it together"]
WHO = pytest.mark.parametrize("who", ["brown", "admin"])


@pytest.fixture
def own(cast, who):
    """Dr. Smith has overridden an alert about a doctor, or an administrator, and says why."""
    person = getattr(cast, who)
    patient = as_patient(getattr(person, "user", person))
    requested(cast, patient=patient)
    prescribe(cast.smith, patient, ANTICOAGULANT)
    prescription = prescribe(cast.smith, patient, NSAID, answers(patient, NSAID, "will_monitor", NOTE))
    PrescriptionFollowUp.objects.update(due=timezone.localdate())
    stopped(cast.smith, patient, "aspirin 100 mg")
    return prescription


def pages_of(prescription):
    return [
        "/",
        "/prescriptions/",
        "/partials/home/worklist/",
        prescription.get_absolute_url(),
        f"{prescription.get_absolute_url()}partial/",
        f"{prescription.get_absolute_url()}check/",
        f"/prescriptions/of/{prescription.patient_id}/",
        f"/prescriptions/of/{prescription.patient_id}/partial/",
        f"/patients/{prescription.patient_id}/",
    ]


@WHO
def test_no_page_shows_them_what_was_said_about_them(own, signed_in):
    client = signed_in(own.patient.user)
    for path in pages_of(own):
        page = words_of(client.get(path))
        assert [secret for secret in SECRETS if secret in page] == [], path


@pytest.mark.parametrize("who", ["brown"])
def test_their_doctor_reads_all_of_it(cast, own, signed_in):
    pages = " ".join(words_of(signed_in(cast.smith).get(path)) for path in pages_of(own))
    assert [secret for secret in SECRETS if secret not in pages] == []


@WHO
def test_their_own_prescription_speaks_to_them_as_to_every_patient(own, signed_in):
    own.hold(by=own.doctor.user, reason="Dizzy")
    client = signed_in(own.patient.user)
    page = words_of(client.get(own.get_absolute_url()))
    assert "Do not take it for now." in page and "Daily dose" not in page
    assert "Your medications" in words_of(client.get(f"/prescriptions/of/{own.patient_id}/"))


@WHO
def test_over_rest_the_check_of_their_own_prescription_is_not_theirs(own, api):
    client = api(own.patient.user)
    assert client.get(f"{API}/prescriptions/{own.pk}").json()["check"] is None
    assert {row["check"] for row in client.get(f"{API}/prescriptions").json()["results"]} == {None}
    assert client.get(f"{API}/prescriptions/{own.pk}/check").status_code == 403
    assert client.get(f"{API}/prescription-follow-ups").json()["results"] == []
    assert api(own.doctor).get(f"{API}/prescriptions/{own.pk}/check").json()["recorded"]["alerts"]


@WHO
def test_they_have_everybody_checked_but_themselves(cast, own, api):
    client, url = api(own.patient.user), f"{API}/prescriptions/check-interactions"
    refused = client.post(url, {"medications": ["aspirin"], "patient_id": str(own.patient_id)}, format="json")
    assert (refused.status_code, "You are the patient" in refused.json()["detail"]) == (403, True)
    assert client.post(url, {"medications": ["aspirin", "warfarin"]}, format="json").json()["status"] == "alerts"
    if own.patient.user.is_administrator:
        asked = {"medications": ["aspirin"], "patient_id": str(cast.alice.pk)}
        assert client.post(url, asked, format="json").status_code == 200


@pytest.mark.parametrize("who", ["admin"])
def test_the_administration_leaves_out_what_is_about_them(cast, own, signed_in):
    other = prescribe(cast.brown, as_seen(cast), SSRI)
    client = signed_in(cast.admin)
    check, alert, follow_up = RecordedCheck.objects.get(prescription=own), _alert_of(own), own.follow_ups.get()
    for name, pk in (("recordedcheck", check.pk), ("shownalert", alert.pk), ("prescriptionfollowup", follow_up.pk)):
        for path in (f"{ADMIN}/{name}/", f"{ADMIN}/{name}/{pk}/change/", f"{ADMIN}/{name}/{pk}/history/"):
            page = words_of(client.get(path, follow=True))
            assert NOTE not in page and "ibuprofen" not in page and "aspirin" not in page, path
    kept = f"{ADMIN}/recordedcheck/{other.recorded_check.pk}/change/"
    assert client.get(kept).status_code == 200


def as_seen(cast):
    requested(cast, doctor=cast.brown)
    return cast.alice


def _alert_of(prescription):
    return ShownAlert.objects.filter(recorded_check__prescription=prescription).first()


@pytest.mark.parametrize("who", ["admin"])
def test_what_was_shown_is_seen_by_administrators_and_the_doctors_of_the_patient(cast, own):
    everything = ShownAlert.objects.count()
    other = make_user("other@example.com", "Otto", "Min", is_staff=True)
    seen = {other: everything, cast.smith.user: everything, cast.admin: 0, cast.stranger.user: 0, cast.laboratory: 0}
    for reader, count in seen.items():
        assert ShownAlert.objects.visible_to(reader).count() == count


def test_who_prescribes_for_themselves_answers_for_it_and_reads_it_as_its_prescriber(cast, api, signed_in):
    me = as_patient(cast.smith.user)
    prescribe(cast.smith, me, MAOI)
    own = prescribe(cast.smith, me, SSRI, answers(me, SSRI, "no_alternative", NOTE))
    assert NOTE in words_of(signed_in(cast.smith).get(own.get_absolute_url()))
    assert api(cast.smith).get(f"{API}/prescriptions/{own.pk}/check").status_code == 200
    assert RecordedCheck.objects.visible_to(cast.smith.user).count() == 2


@pytest.mark.parametrize("who", ["alice", "brown"])
def test_no_patient_reads_a_check_by_renewing(cast, who, signed_in):
    person = getattr(cast, who)
    me = person if who == "alice" else as_patient(person.user)
    requested(cast, patient=me)
    prescribe(cast.smith, me, ANTICOAGULANT)
    old = prescribe(cast.smith, me, NSAID, answers(me, NSAID))
    alert = ShownAlert.objects.get(recorded_check__prescription=old).alert
    data = {"renew-duration_days": 14, "renew-refills_remaining": 0, "alert": alert, f"{alert}-reason": "other"}
    answer = signed_in(me.user).post(f"{old.get_absolute_url()}renew/", data)
    assert answer.status_code == 409 and "Bleeding" not in words_of(answer)
    assert not Prescription.objects.filter(renews=old).exists()


def test_who_covers_their_own_doctor_is_not_asked_to_answer_themselves(cast):
    now = timezone.now()
    for cover in (cast.brown, cast.stranger):
        Cover.objects.create(doctor=cast.smith, covering=cover, begins=now, ends=now + timedelta(days=1))
    me = as_patient(cast.brown.user)
    requested(cast, patient=me)
    prescription = days_ago(prescribe(cast.smith, me, "paracetamol", refills_remaining=1), 3)
    request = prescription.ask_refill(by=me.user)
    assert [doctor.pk for doctor in request.covers.all()] == [cast.stranger.pk]
    assert not RefillRequest.objects.waiting_for(cast.brown).exists()
