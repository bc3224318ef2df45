"""Results that the demo's patients do not see yet: one waits, as Alice chose, and one is held; all fictional."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from labs.models import LabResult
from labs.release_categories import OTHER
from labs.waits import choose_release

if TYPE_CHECKING:
    from healthhub.demo_seed import History

Step = tuple[datetime, Callable[[], object]]
GENES = {"HLA-DQ2": "not found", "HLA-DQ8": "found"}
FERRITIN = {"Ferritin": {"value": "412", "unit": "ng/mL"}}
WHY = "The label on the tube has another birth date. The laboratory is checking whose it is."


def steps_of(history: "History") -> Iterator[Step]:
    alice, bob, smith = history.patients["Alice Johnson"], history.patients["Bob Wilson"], history.doctors["Smith"]
    yield history.now - timedelta(days=300), lambda: choose_release(alice, [OTHER], by=alice.user)

    def record(patient: Any, test: str, values: dict[str, Any]) -> LabResult:
        people: dict[str, Any] = {"by": history.laboratory, "patient": patient, "doctor": smith}
        return LabResult.record(test_type=test, result_data=values, **people)

    def hold() -> None:
        result = record(bob, "Iron", FERRITIN)
        result.hold(by=smith.user, basis="doubtful_data", reason=WHY, ends_at=history.now + timedelta(days=3))

    yield history.now - timedelta(hours=4), lambda: record(alice, "Celiac genes", GENES)
    yield history.now - timedelta(hours=6), hold
