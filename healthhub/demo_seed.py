"""The demo's people and their history, all fictional. Everything goes through the models' own verbs."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Doctor, Patient, User
from appointments.models import Appointment, AppointmentStatusChange
from healthhub import demo_people as people
from labs.models import LabResult, LabReview
from notifications.inbox import mark_seen
from notifications.models import Alert, Notification
from prescriptions.models import Prescription

ACCOUNTS = [
    ("Patient", "alice@example.com", people.PATIENT_PASSWORD),
    ("Patient", "bob@example.com", people.PATIENT_PASSWORD),
    ("Doctor", "dr.smith@example.com", people.DOCTOR_PASSWORD),
    ("Doctor", "dr.brown@example.com", people.DOCTOR_PASSWORD),
    ("Administrator", "admin@example.com", people.ADMINISTRATOR_PASSWORD),
]
UNREAD = 3


def seed() -> bool:
    """True when it made the demo now, False when it was there already and stays as it is."""
    if User.objects.filter(email="admin@example.com").exists():
        return False
    with transaction.atomic():
        Seeding().run()
    return True


class Seeding:
    """Verbs act now, so what lies in the past is done now and dated back: the only writes beside the verbs."""

    def __init__(self) -> None:
        self.now = timezone.now().replace(second=0, microsecond=0)
        self.admin = self._user("admin@example.com", "Ada", "Lindqvist", people.ADMINISTRATOR_PASSWORD, is_staff=True)
        self.doctors = {row["last"]: self._doctor(**row) for row in people.DOCTORS}
        self.patients = {f"{row['first']} {row['last']}": self._patient(**row) for row in people.PATIENTS}

    def run(self) -> None:
        for row in people.VISITS:
            self._visit(*row)
        for row in people.MEDICATIONS:
            self._prescription(*row)
        for row in people.RESULTS:
            self._result(*row)
        self._read_most_of_it()

    def _user(self, email: str, first: str, last: str, password: str, **fields: Any) -> User:
        joined = self.now - timedelta(days=900)
        return User.objects.create_user(
            email, password, first_name=first, last_name=last, date_joined=joined, **fields
        )

    def _doctor(self, email: str, first: str, last: str, specialization: str, license_number: str) -> Doctor:
        user = self._user(email, first, last, people.DOCTOR_PASSWORD)
        return Doctor.objects.create(user=user, specialization=specialization, license_number=license_number)

    def _patient(self, first: str, last: str, born: date, sex: str, blood_type: str, phone: str) -> Patient:
        user = self._user(f"{first.lower()}@example.com", first, last, people.PATIENT_PASSWORD)
        return Patient.objects.create(
            user=user, date_of_birth=born, sex=sex, blood_type=blood_type, phone=phone
        )

    def _visit(self, name: str, doctor_name: str, day: int, hour: float, reason: str, end: str) -> None:
        """A visit `day` days from today by the clinic's clock, taken as far as `end`."""
        patient, doctor = self.patients[name], self.doctors[doctor_name]
        when = self._at(day, hour)
        if end in ("completed", "no_show"):  # however early in the day the demo is made
            when = min(when, self.now - timedelta(hours=1))
        visit = Appointment.request(
            by=patient.user, patient=patient, doctor=doctor, requested_time=self.now + timedelta(days=1), reason=reason
        )
        steps = {
            "requested": [],
            "confirmed": ["confirm"],
            "completed": ["confirm", "start", "complete"],
            "cancelled": ["cancel"],
            "no_show": ["confirm"],
        }[end]
        for step in steps:
            getattr(visit, step)(by=doctor.user)
        self._date_back(visit, when, asked=min(when, self.now) - timedelta(days=3 if end != "requested" else 0, hours=2))
        if end == "no_show":
            visit.refresh_from_db()
            visit.mark_no_show(by=doctor.user)

    def _date_back(self, visit: Appointment, when: datetime, asked: datetime) -> None:
        scheduled = when if visit.scheduled_time else None
        Appointment.objects.filter(pk=visit.pk).update(
            requested_time=when, scheduled_time=scheduled, created_at=asked
        )
        for number, change in enumerate(visit.history.all()):
            at = asked if number == 0 else min(self.now, max(asked, when - timedelta(hours=20 - 10 * number)))
            AppointmentStatusChange.objects.filter(pk=change.pk).update(at=at)

    def _prescription(
        self, name: str, doctor_name: str, days_ago: int, drug: tuple[str, str, str], days: int, refills: int
    ) -> None:
        issued = Prescription.issue(
            by=self.doctors[doctor_name].user,
            patient=self.patients[name],
            medication=drug[0],
            dosage=drug[1],
            frequency=drug[2],
            duration_days=days,
            refills_remaining=refills,
        )
        gap = timedelta(days=days_ago)
        Prescription.objects.filter(pk=issued.pk).update(
            created_at=issued.created_at - gap, expires_at=issued.expires_at - gap
        )

    def _result(
        self, name: str, doctor_name: str, hours_ago: float, test: str, values: dict[str, Any], critical: bool, notes: str
    ) -> None:
        result = LabResult.record(
            by=self.admin,
            patient=self.patients[name],
            doctor=self.doctors[doctor_name],
            test_type=test,
            result_data=values,
            critical=critical,
        )
        arrived = self.now - timedelta(hours=hours_ago)
        if notes:
            result.review_with(by=result.doctor.user, notes=notes)
            LabReview.objects.filter(result=result).update(at=arrived + timedelta(hours=2))
        LabResult.objects.filter(pk=result.pk).update(created_at=arrived)
        Alert.objects.filter(subject_id=result.pk).update(opened_at=arrived)

    def _at(self, day: int, hour: float) -> datetime:
        local = timezone.localtime(self.now) + timedelta(days=day)
        whole = int(hour)
        return local.replace(hour=whole, minute=int((hour - whole) * 60))

    def _read_most_of_it(self) -> None:
        """A history that everyone has seen, but for the last few: a bell with 60 on it says nothing."""
        for user in User.objects.select_related("doctor", "patient"):
            rows = Notification.objects.unread_by(user).filter(alert=None).newest_first()
            mark_seen(user, rows[UNREAD if user.doctor_or_none else 1 :])
