"""Whether the check with which a prescription was issued would be the same today, and what has changed since."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from prescriptions.checking import check
from prescriptions.checks import Check
from prescriptions.recorded_checks import RecordedCheck

if TYPE_CHECKING:
    from prescriptions.models import Prescription


@dataclass(frozen=True)
class Standing:
    """`now` is None for a prescription that is over: nobody asks about it any more. `changes` are sentences."""

    recorded: RecordedCheck | None
    now: Check | None
    changes: tuple[str, ...] = ()

    @property
    def is_stale(self) -> bool:
        return bool(self.changes or (self.recorded and self.now and self.recorded.fingerprint != self.now.fingerprint))

    def as_json(self) -> dict[str, Any]:
        return {
            "recorded": self.recorded.as_json() if self.recorded else None,
            "stale": self.is_stale,
            "changes": list(self.changes),
            "now": self.now.as_json() if self.now else None,
        }


def standing_of(prescription: "Prescription") -> Standing:
    """Four queries at most, beside those of the prescription with its check; more when the rules have changed."""
    recorded = prescription.recorded_check_or_none
    if prescription.over_since is not None:
        return Standing(recorded, None)
    now = check([prescription.medication], prescription.patient, leaving_out=prescription.pk)
    if recorded is None:
        return Standing(recorded, now)
    return Standing(recorded, now, tuple(_changes(recorded.found, now.as_json())))


def _changes(before: dict[str, Any], now: dict[str, Any]) -> Iterator[str]:
    """Both as a check's JSON."""
    was, stands = _taken(before), _taken(now)
    yield from (f"Also taken now: {text}." for text in (stands - was).elements())
    yield from (f"No longer taken: {text}." for text in (was - stands).elements())
    had, has = Counter(before["allergies"] or ()), Counter(now["allergies"] or ())
    yield from (f"Allergy recorded: {text}." for text in (has - had).elements())
    yield from (f"Allergy no longer on the list: {text}." for text in (had - has).elements())
    read_then, read_now = _read(before), _read(now)
    otherwise = [text for text in read_then if text in read_now and read_then[text] != read_now[text]]
    yield from (f"Understood otherwise than then: {text}." for text in otherwise)
    old, new = _version(before), _version(now)
    if old != new:
        yield f"The rules are {new} now; they were {old}."


def _taken(found: dict[str, Any]) -> "Counter[str]":
    return Counter(one["text"] for one in found["medications"])


def _read(found: dict[str, Any]) -> dict[str, tuple[list[str], bool]]:
    """Text -> its drugs, and whether something of it was not known: a newer program may read it otherwise."""
    unknown = {one["medication"] for one in found["not_checked"] if one["subject"] == "medication"}
    return {one["text"]: (list(one["drugs"]), one["text"] in unknown) for one in found["medications"]}


def _version(found: dict[str, Any]) -> str:
    return f"version {found['rule_set']['version']}" if found["rule_set"] else "not there"
