"""The demo: made once, kept at the second start, and coherent."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Doctor, Patient, User
from appointments.calendar import published_slots
from appointments.models import Appointment, VisitKind
from healthhub.demo_seed import ACCOUNTS, clock_at, seed
from labs.models import LabFollowUp, LabOrder, LabResult
from notifications.inbox import unread_count
from notifications.models import Alert, Notification
from prescriptions.models import Allergy, Prescription, RefillRequest

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo():
    assert seed() is True


def test_each_account_that_is_printed_can_sign_in(demo):
    roles = {"Patient": "patient", "Doctor": "doctor", "Laboratory": "laboratory", "Administrator": "admin"}
    for role, email, password in ACCOUNTS:
        client = Client()
        answer = client.post("/account/sign-in/", {"username": email, "password": password})
        assert (email, answer.status_code) == (email, 302)
        assert (email, client.get("/").status_code) == (email, 403 if role == "Laboratory" else 200)
        assert (email, User.objects.get(email=email).role) == (email, roles[role])


def test_a_second_start_keeps_what_is_there(demo):
    User.objects.filter(email="alice@example.com").update(first_name="Alicia")
    assert seed() is False
    assert User.objects.get(email="alice@example.com").first_name == "Alicia"


def test_alice_and_bob_have_no_drugs_in_use_and_are_dr_smiths_patients(demo):
    smith, brown = (User.objects.get(email=f"dr.{name}@example.com") for name in ("smith", "brown"))
    for name in ("alice", "bob"):
        patient = Patient.objects.get(user__email=f"{name}@example.com")
        assert patient.sex in ("female", "male")
        assert not Prescription.objects.filter(patient=patient).exists()
        assert Patient.objects.visible_to(smith).filter(pk=patient.pk).exists()
        assert not Patient.objects.visible_to(brown).filter(pk=patient.pk).exists()


@pytest.mark.parametrize("hour", [0, 2, 10, 18])
def test_no_bell_is_absurd_whenever_the_demo_is_made(hour):
    with clock_at(timezone.localtime().replace(hour=hour, minute=5)):
        seed()
        assert max(unread_count(user) for user in User.objects.all()) in range(1, 6)


def test_no_page_is_empty(demo):
    assert {"requested", "confirmed", "completed", "cancelled", "no_show"} <= set(
        Appointment.objects.values_list("status", flat=True)
    )
    assert LabResult.objects.filter(review__isnull=True).exists()
    assert LabResult.objects.filter(critical=True, review__isnull=False).exists()
    assert {"preliminary", "final", "corrected"} <= set(LabResult.objects.values_list("status", flat=True))
    assert {"ordered", "collected"} <= set(LabOrder.objects.values_list("status", flat=True))
    assert LabFollowUp.objects.due_for(Doctor.objects.get(user__last_name="Smith")).exists()
    assert not Alert.objects.filter(closed_at=None).exists()


def test_the_past_lies_in_the_past_and_in_its_order(demo):
    for stream in set(Notification.objects.values_list("stream_id", flat=True)):
        times = list(Notification.objects.filter(stream=stream).order_by("seq").values_list("created_at", flat=True))
        assert times == sorted(times)
    oldest = LabResult.objects.earliest("created_at")
    assert (User.objects.latest("date_joined").date_joined) < oldest.created_at


def test_prescriptions_are_in_every_common_state_and_a_refill_waits(demo):
    assert set(Prescription.objects.values_list("status", flat=True)) == {"active", "on_hold", "expired"}
    assert not Prescription.objects.due_to_expire().exists()
    asked = RefillRequest.objects.open().get()
    assert (asked.prescription.doctor.user.email, asked.prescription.patient.full_name) == (
        "dr.smith@example.com",
        "Grace Okafor",
    )
    coded = [bool(allergy.code) for allergy in Allergy.objects.all()]
    assert True in coded and False in coded


def test_the_doctors_publish_half_hours_on_weekdays_from_nine_to_five(demo):
    monday = timezone.localdate() + timedelta(days=7 - timezone.localdate().weekday())
    for doctor in Doctor.objects.all():
        slots = published_slots(doctor, monday, monday + timedelta(days=6), VisitKind.default())
        times = [timezone.localtime(slot.start) for slot in slots]
        assert {time.weekday() for time in times} == {0, 1, 2, 3, 4}
        assert [f"{time:%H:%M}" for time in times if time.weekday() == 0] == [
            f"{hour:02d}:{minute}" for hour in range(9, 17) for minute in ("00", "30")
        ]


def test_a_result_waits_for_alices_doctor_and_one_of_bobs_is_held(demo):
    found = {
        name: [result.release.state for result in LabResult.objects.withheld_from(User.objects.get(email=email))]
        for name, email in (("alice", "alice@example.com"), ("bob", "bob@example.com"))
    }
    assert found == {"alice": ["waiting"], "bob": ["held"]}
