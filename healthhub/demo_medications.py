"""What became of the demo's prescriptions, and what its patients do not tolerate; all fictional."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from prescriptions.models import Allergy, Prescription
from prescriptions.supplies import days_later

if TYPE_CHECKING:
    from healthhub.demo_seed import History

Step = tuple[datetime, Callable[[], object]]

# name, doctor, days ago, substance, reaction, severity
ALLERGIES: list[tuple[str, str, int, str, str, str]] = [
    ("Grace Okafor", "Smith", 20, "Penicillins", "Throat swelled, needed adrenaline", "severe"),
    ("Noor Haddad", "Brown", 64, "amoxicillin", "Itchy rash on the fifth day", "mild"),
    ("Maria Rossi", "Smith", 119, "Strawberries", "Tingling lips", "mild"),
]


def steps_of(history: "History") -> Iterator[Step]:
    for name, doctor, days_ago, *said in ALLERGIES:
        substance, reaction, severity = said
        record = partial(Allergy.record, substance=substance, reaction=reaction, severity=severity)
        people: dict[str, Any] = {"by": history.doctors[doctor].user, "patient": history.patients[name]}
        yield history.now - timedelta(days=days_ago), partial(record, **people)
    grace, carol = history.patients["Grace Okafor"].user, history.doctors["Brown"].user
    yield (
        history.now - timedelta(hours=2),
        lambda: _of("Grace Okafor").ask_refill(by=grace, note="I am away for two weeks from Saturday."),
    )
    yield (
        history.now - timedelta(days=4),
        lambda: _of("Carol Nguyen").hold(by=carol, reason="Stomach pain. We go on when it has settled."),
    )


def ends_of(issued: datetime, days: int, refills: int, name: str, now: datetime) -> Iterator[Step]:
    """The clock's step, where the end of a prescription is past."""
    end = days_later(issued, days * (1 + refills))
    if end < now:
        yield end + timedelta(minutes=1), lambda: _of(name).expire()


def _of(name: str) -> Prescription:
    first, last = name.split()
    of_them = Prescription.objects.filter(patient__user__first_name=first, patient__user__last_name=last)
    prescription: Prescription = of_them.get()
    return prescription
