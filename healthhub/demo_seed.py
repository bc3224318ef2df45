"""The demo's people and their history, all fictional, through the models' own verbs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from typing import Any
from unittest.mock import patch

from django.db import transaction
from django.utils import timezone

from accounts.models import Doctor, Patient, User
from appointments.models import Appointment, AvailabilityRule
from appointments.tasks import send_invitation
from healthhub import demo_medications, demo_release
from healthhub import demo_people as people
from healthhub.demo_wait_list import let_alice_wait
from labs.models import LabOrder, LabResult
from notifications import ladder
from notifications.inbox import mark_seen
from notifications.models import Cover, Notification, OnCall
from prescriptions.checking import check
from prescriptions.models import Prescription
from prescriptions.overriding import Override, stops

ACCOUNTS = [
    ("Patient", "alice@example.com", people.PATIENT_PASSWORD),
    ("Patient", "bob@example.com", people.PATIENT_PASSWORD),
    ("Doctor", "dr.smith@example.com", people.DOCTOR_PASSWORD),
    ("Doctor", "dr.brown@example.com", people.DOCTOR_PASSWORD),
    ("Laboratory", "lab@example.com", people.LABORATORY_PASSWORD),
    ("Administrator", "admin@example.com", people.ADMINISTRATOR_PASSWORD),
]
UNREAD_FOR = timedelta(hours=3)
JOINED = timedelta(days=900)
OVER = ("completed", "no_show")
Step = tuple[datetime, Callable[[], object]]


def seed() -> bool:
    """True when it made the demo now, False when it was there already and stays as it is."""
    if User.objects.filter(email="admin@example.com").exists():
        return False
    with transaction.atomic():
        History().play()
    return True


@contextmanager
def clock_at(moment: datetime) -> Iterator[None]:
    """Everything inside happens at `moment`: a verb acts now, and the demo's past lies before now.

    Nobody is sent an e-mail about the past.
    """
    with (
        patch.object(timezone, "now", lambda: moment),
        patch.object(ladder, "mail_those_who_are_away", lambda _: None),
        patch.object(send_invitation, "defer", lambda **_: None),
    ):
        yield


class History:
    """What happened, as steps in time; played from the first to the last, as it would have been."""

    def __init__(self) -> None:
        self.now = timezone.now().replace(second=0, microsecond=0)
        self.admin = self._user("admin@example.com", "Ada", "Lindqvist", people.ADMINISTRATOR_PASSWORD, is_staff=True)
        self.laboratory = self._user(
            "lab@example.com", "Central", "Laboratory", people.LABORATORY_PASSWORD, is_laboratory=True
        )
        self.doctors = {row["last"]: self._doctor(**row) for row in people.DOCTORS}
        self.patients = {f"{row['first']} {row['last']}": self._patient(**row) for row in people.PATIENTS}
        self.steps: list[Step] = []

    def play(self) -> None:
        for visit in people.VISITS:
            self._visit(*visit)
        for medication in people.MEDICATIONS:
            self._prescription(*medication)
        for result in people.RESULTS:
            self._result(*result)
        for order in people.ORDERS:
            self._order(*order)
        for finding in people.PRELIMINARY:
            self._preliminary(*finding)
        self.steps += [*demo_medications.steps_of(self), *demo_release.steps_of(self)]
        for moment, act in sorted(self.steps, key=lambda step: step[0]):
            with clock_at(moment):
                act()
        self._read_what_is_old()
        self._arrange_cover()
        self._publish_hours()
        let_alice_wait(self.doctors["Smith"], self.patients)

    def _user(self, email: str, first: str, last: str, password: str, **fields: Any) -> User:
        return User.objects.create_user(
            email, password, first_name=first, last_name=last, date_joined=self.now - JOINED, **fields
        )

    def _doctor(self, email: str, first: str, last: str, **fields: Any) -> Doctor:
        return Doctor.objects.create(user=self._user(email, first, last, people.DOCTOR_PASSWORD), **fields)

    def _patient(self, first: str, last: str, **fields: Any) -> Patient:
        user = self._user(f"{first.lower()}@example.com", first, last, people.PATIENT_PASSWORD)
        return Patient.objects.create(user=user, **fields)

    def _visit(self, name: str, doctor_name: str, day: int, hour: float, reason: str, end: str) -> None:
        """A visit `day` days from today by the clinic's clock, taken as far as `end`."""
        patient, doctor = self.patients[name], self.doctors[doctor_name]
        when, by = self._at(day, hour), doctor.user
        if end in OVER:  # however early in the day the demo is made, it is over and read about
            when -= self._earlier() if day == 0 else timedelta(0)
        asked = min(when, self.now) - (timedelta(hours=2) if end == "requested" else timedelta(days=3))
        made: list[Appointment] = []
        asking: dict[str, Any] = {"patient": patient, "doctor": doctor, "requested_time": when, "reason": reason}
        self.steps.append((asked, lambda: made.append(Appointment.request(by=patient.user, **asking))))
        answered = asked + timedelta(hours=5)
        if end == "cancelled":
            self.steps.append((answered, lambda: made[0].cancel(by=patient.user, reason="Feeling better")))
        elif end != "requested":
            self.steps.append((answered, lambda: made[0].confirm(by=by)))
        if end == "completed":
            self.steps.append((when, lambda: made[0].start(by=by)))
            self.steps.append((when + timedelta(minutes=20), lambda: made[0].complete(by=by)))
        if end == "no_show":
            self.steps.append((when + timedelta(minutes=30), lambda: made[0].mark_no_show(by=by)))

    def _earlier(self) -> timedelta:
        """By how much today's visits that are over lie before their hours, all alike, so no two are at one time."""
        over = [self._at(0, hour) for _, _, day, hour, _, end in people.VISITS if day == 0 and end in OVER]
        return max(max(over) - (self.now - UNREAD_FOR - timedelta(hours=1)), timedelta(0))

    def _prescription(
        self, name: str, doctor_name: str, days_ago: int, drug: tuple[str, str, str], days: int, refills: int
    ) -> None:
        medication, dosage, frequency = drug
        issued = self.now - timedelta(days=days_ago)
        self.steps += demo_medications.ends_of(issued, days, refills, name, self.now)
        self.steps.append(
            (
                issued,
                lambda: Prescription.issue(
                    by=self.doctors[doctor_name].user,
                    patient=self.patients[name],
                    medication=medication,
                    dosage=dosage,
                    frequency=frequency,
                    duration_days=days,
                    refills_remaining=refills,
                    overrides=self._overrides(name, medication),
                ),
            )
        )

    def _overrides(self, name: str, medication: str) -> list[Override]:
        answer = people.OVERRIDDEN.get((name, medication))
        alerts = check([medication], self.patients[name]).alerts if answer else ()
        return [Override(alert.id, *answer) for alert in alerts if answer and stops(alert)]

    def _result(
        self,
        name: str,
        doctor_name: str,
        hours_ago: float,
        test: str,
        values: dict[str, Any],
        critical: bool,
        notes: str,
    ) -> None:
        doctor, arrived = self.doctors[doctor_name], self.now - timedelta(hours=hours_ago)
        made: list[LabResult] = []
        finding: dict[str, Any] = {
            "patient": self.patients[name],
            "doctor": doctor,
            "test_type": test,
            "result_data": values,
        }
        self.steps.append(
            (arrived, lambda: made.append(LabResult.record(by=self.laboratory, critical=critical, **finding)))
        )
        if notes:
            reviewed = arrived + timedelta(minutes=10 if critical else 90)
            plan = self._plan_of(name, test, reviewed)
            self.steps.append((reviewed, lambda: made[0].review_with(by=doctor.user, notes=notes, **plan)))
        for patient, corrected, right, why, later in people.CORRECTIONS:
            if (patient, corrected) == (name, test):
                self._correction(made, right, why, arrived + timedelta(hours=later), doctor)

    def _plan_of(self, name: str, test: str, reviewed: datetime) -> dict[str, Any]:
        """What the doctor wanted to look at again, so that it is due now."""
        if (name, test) not in people.FOLLOW_UPS:
            return {}
        days, note = people.FOLLOW_UPS[name, test]
        return {"monitor_until": timezone.localdate(reviewed) + timedelta(days=days), "monitor_note": note}

    def _correction(
        self, made: list[LabResult], right: dict[str, Any], why: str, moment: datetime, doctor: Doctor
    ) -> None:
        newer: list[LabResult] = []
        self.steps.append(
            (moment, lambda: newer.append(made[0].correct(by=self.laboratory, reason=why, result_data=right)))
        )
        seen = moment + timedelta(hours=2)
        self.steps.append(
            (seen, lambda: newer[0].review_with(by=doctor.user, notes="The corrected value is fine too."))
        )

    def _order(self, name: str, doctor_name: str, days_ago: int, test: str, priority: str, why: str) -> None:
        patient, by = self.patients[name], self.doctors[doctor_name].user
        placed = self.now - timedelta(days=days_ago, minutes=40)
        made: list[LabOrder] = []
        asked: dict[str, Any] = {"patient": patient, "test_type": test, "priority": priority, "reason": why}
        self.steps.append((placed, lambda: made.append(LabOrder.place(by=by, **asked))))
        if days_ago:
            self.steps.append((placed + timedelta(hours=2), lambda: made[0].collect(by=by)))

    def _preliminary(self, name: str, doctor_name: str, hours_ago: float, test: str, values: dict[str, Any]) -> None:
        finding: dict[str, Any] = {
            "patient": self.patients[name],
            "doctor": self.doctors[doctor_name],
            "test_type": test,
            "result_data": values,
            "status": "preliminary",
        }
        arrived = self.now - timedelta(hours=hours_ago)
        self.steps.append((arrived, lambda: LabResult.record(by=self.laboratory, **finding)))

    def _at(self, day: int, hour: float) -> datetime:
        local = timezone.localtime(self.now) + timedelta(days=day)
        return local.replace(hour=int(hour), minute=int(hour % 1 * 60))

    def _arrange_cover(self) -> None:
        """So that a critical result of Dr. Smith's, left alone, has somewhere to go."""
        year = {"begins": self.now, "ends": self.now + timedelta(days=365)}
        smith, brown = self.doctors["Smith"], self.doctors["Brown"]
        Cover.objects.create(doctor=smith, covering=brown, **year)
        OnCall.objects.create(doctor=brown, **year)

    def _publish_hours(self) -> None:
        """Weekdays from nine to five. Last, so that the history before them stays as it was wished for."""
        for doctor in self.doctors.values():
            for weekday in range(5):
                AvailabilityRule.objects.create(doctor=doctor, weekday=weekday, begins=time(9), ends=time(17))

    def _read_what_is_old(self) -> None:
        """Everyone has seen what is old: a bell with 60 on it says nothing."""
        for user in User.objects.select_related("doctor", "patient"):
            rows = Notification.objects.unread_by(user).filter(created_at__lt=self.now - UNREAD_FOR)
            mark_seen(user, rows)
