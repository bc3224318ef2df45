"""A laboratory that is not there: results of the demo's people, by chance, through the verb of the real ones."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from accounts.models import User
from labs.models import LabResult

LABORATORY = "lab@example.com"
CRITICAL_EVERY, FIRST_CRITICAL = 8, 3
STAYS = 0.7
"""How much of its last distance from the usual a value keeps: it wanders, and comes back."""


class NoDemo(Exception):
    """One line: whom the simulation needs, and what makes them."""


@dataclass(frozen=True)
class Course:
    """One value of one patient: it wanders about `usual`; in a critical result it is `alarming`."""

    name: str
    unit: str
    usual: float
    wander: float
    places: int
    alarming: str = ""


@dataclass(frozen=True)
class Watched:
    patient: str
    doctor: str
    test: str
    courses: tuple[Course, ...]


WATCHED = (
    Watched(
        "bob@example.com",
        "dr.smith@example.com",
        "BMP",
        (
            Course("Potassium", "mmol/L", 4.7, 0.25, 1, alarming="7.1"),
            Course("Sodium", "mmol/L", 139, 2, 0),
            Course("Creatinine", "mg/dL", 1.15, 0.08, 2),
        ),
    ),
    Watched(
        "tom@example.com",
        "dr.smith@example.com",
        "BMP",
        (Course("Glucose", "mg/dL", 128, 15, 0, alarming="512"), Course("Potassium", "mmol/L", 4.4, 0.2, 1)),
    ),
    Watched(
        "carol@example.com",
        "dr.smith@example.com",
        "CBC",
        (
            Course("Hemoglobin", "g/dL", 10.4, 0.4, 1, alarming="6.6"),
            Course("WBC", "10*3/uL", 6.2, 0.8, 1),
            Course("Platelets", "10*3/uL", 310, 20, 0),
        ),
    ),
)


class SimulatedLab:
    """Only ever of the demo's people, so that it can do no harm beside real ones."""

    def __init__(self, random: Random) -> None:
        """Raises NoDemo where the demo's people are not all there."""
        emails = {LABORATORY, *(email for watched in WATCHED for email in (watched.patient, watched.doctor))}
        people = User.objects.filter(email__in=emails, is_active=True).select_related("doctor", "patient")
        self._people = {person.email: person for person in people}
        if missing := sorted(emails - self._people.keys()):
            raise NoDemo(f"The simulated laboratory needs the demo's people ({', '.join(missing)}): make demo")
        self._random = random
        self._away: dict[tuple[str, str], float] = {}
        """How far each value was from its usual the last time."""

    def results(self) -> Iterator[LabResult]:
        """One after another, for as long as they are asked for; each is on record when it comes out."""
        number = 0
        while True:
            for watched in WATCHED:
                number += 1
                yield self._record(watched, critical=number % CRITICAL_EVERY == FIRST_CRITICAL)

    def _record(self, watched: Watched, *, critical: bool) -> LabResult:
        return LabResult.record(
            by=self._people[LABORATORY],
            patient=self._people[watched.patient].patient,
            doctor=self._people[watched.doctor].doctor,
            test_type=watched.test,
            result_data={course.name: self._value(watched, course, critical) for course in watched.courses},
        )

    def _value(self, watched: Watched, course: Course, critical: bool) -> dict[str, str]:
        if critical and course.alarming:
            return {"value": course.alarming, "unit": course.unit}
        key = watched.patient, course.name
        self._away[key] = STAYS * self._away.get(key, 0) + self._random.gauss(0, course.wander)
        return {"value": f"{course.usual + self._away[key]:.{course.places}f}", "unit": course.unit}
