"""What is checked, and what a check says: the words between the checker and whoever asks it."""

from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

CLEAR, ALERTS, NOT_CHECKED = "clear", "alerts", "not_checked"


@dataclass(frozen=True)
class Taken:
    """A medication to check: as it was written, and whether it is asked about or one that the patient has already."""

    text: str
    is_new: bool = True


@dataclass(frozen=True)
class Allergen:
    """An allergy on record: `code` is "class:...", "ingredient:..." or empty."""

    text: str
    code: str
    reaction: str = ""
    is_severe: bool = False

    def __str__(self) -> str:
        return f"{self.text} ({self.reaction})" if self.reaction else self.text


@dataclass(frozen=True)
class Alert:
    """`id` is the same whenever the same rules say the same of the same ingredients with the same severity: an override
    is for what was read.

    `medications` are as they were written; `about` is two ingredients, one, or the code of an allergy and one.
    `is_new` where one of the medications is asked about and not only taken already.
    """

    id: str
    kind: str
    severity: str
    medications: tuple[str, ...]
    about: tuple[str, ...]
    description: str
    source: str
    rules: tuple[str, ...]
    is_new: bool


@dataclass(frozen=True)
class NotChecked:
    """`medication` is what was written, be it a drug, an allergy or nothing at all; `subject` says which.

    `about` are the parts of a medication that nobody knows, or the kind of rules that is missing.
    """

    medication: str
    why: str
    suggestions: tuple[str, ...] = ()
    subject: str = "medication"
    about: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ran:
    """One medication that the check ran against, with what it was understood as."""

    text: str
    drugs: tuple[str, ...]
    ingredients: tuple[str, ...]
    is_new: bool


@dataclass(frozen=True)
class Check:
    """`fingerprint` changes with the drugs, the allergies, the rules in force and what they say: then this is stale."""

    status: str
    alerts: tuple[Alert, ...]
    not_checked: tuple[NotChecked, ...]
    rule_set: dict[str, Any] | None
    checked_at: datetime
    medications: tuple[Ran, ...]
    allergies: tuple[str, ...] | None
    covers: tuple[str, ...]
    summary: str
    fingerprint: str = field(repr=False)

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "checked_at": wire_time(self.checked_at)}


def wire_time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
