"""What a newer version of a result says otherwise than the one it supersedes, side by side."""

from dataclasses import dataclass

from labs.models import LabResult
from labs.values import Values


@dataclass(frozen=True)
class Change:
    """One value of either version: "7.1 mmol/L", or an empty text where a version has none of that name."""

    name: str
    before: str
    now: str

    @property
    def differs(self) -> bool:
        return self.before != self.now


def changes_of(result: LabResult) -> list[Change]:
    """Every value of the two, in the order of the newer; nothing for a first version."""
    if result.supersedes is None:
        return []
    before, now = _written(result.supersedes.result_data), _written(result.result_data)
    return [Change(name, before.get(name, ""), now.get(name, "")) for name in {**now, **before}]


def _written(values: Values) -> dict[str, str]:
    return {name: " ".join(filter(None, [parts["value"], parts["unit"]])) for name, parts in values.items()}
