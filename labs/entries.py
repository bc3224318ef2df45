"""The values of a result as its row keeps them: what was sent, and beside it what it was judged to be."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from accounts.models import Patient
from labs.catalogue import judge
from labs.flags import SIDES, WORDS, known
from labs.judging import CRITICAL_FLAGS, FLAG_WORDS, Known
from labs.normality import worst_first
from labs.readings import with_point
from labs.references import reference_of
from labs.values import PARTS, read_values

Entry = dict[str, Any]
BEFORE_THE_CATALOGUE = "Recorded before results were classified."
SENDERS_WORD = "Its sender called it critical."
CARRIED = "It was critical before, and what was critical is not classified now."
SUMMARY_LENGTH, MORE = 300, "; and {} more"


def read_entries(result_data: object, *, decimal_comma: bool = False) -> list[Entry]:
    """Not judged yet. Raises ValidationError for values that cannot be."""
    return [{"name": name, **parts} for name, parts in read_values(result_data, decimal_comma=decimal_comma).items()]


def judged(
    entries: list[Entry], patient: Patient, *, at: datetime, test_type: str, known: Mapping[str, Known] | None = None
) -> list[Entry]:
    """What was judged stays as it is, whatever the catalogue says today; the rest is judged now.

    `known`: as for `judge`.
    """
    new = {entry["name"]: entry for entry in entries if "flag" not in entry}
    who: dict[str, Any] = {"patient_sex": patient.sex, "born": patient.date_of_birth}
    found = judge(new, at=at, test_type=test_type, known=known, **who) if new else {}
    return [{**entry, **found[entry["name"]].as_kept()} if entry["name"] in found else entry for entry in entries]


def shown(entries: list[Entry]) -> dict[str, Entry]:
    """Under the names and in the order that were sent: what was sent, and what it was judged to be.

    value, unit, low, high, sent_flag: as sent. flag: the class, or null, then with `why`. reference: the bounds that it
    was judged by. canonical: {value, unit} in the catalogue's unit, or null. reasons: what its sender says of it that
    is not normal. decimal_comma: only where its sender writes one, and then true.
    """
    return {entry["name"]: _shown(entry) for entry in entries}


def _shown(entry: Entry) -> Entry:
    flag, why = entry.get("flag"), entry.get("why", BEFORE_THE_CATALOGUE)
    canonical = entry.get("canonical")
    return {
        **{part: entry[part] for part in PARTS},
        "flag": flag,
        **({"why": why} if why or flag is None else {}),
        "reference": entry.get("reference"),
        "canonical": None if canonical is None else {"value": canonical, "unit": entry["canonical_unit"]},
        "sent_flag": entry.get("sent_flag"),
        "reasons": entry.get("reasons", []),
        **({"decimal_comma": True} if entry.get("decimal_comma") else {}),
    }


def typed(entry: Entry) -> dict[str, str | None]:
    """As somebody would type it on our page: numbers with a point, and with the unit that was meant."""
    sent = {part: entry[part] for part in PARTS}
    if entry.get("decimal_comma"):
        sent |= {part: with_point(entry[part]) for part in ("value", "low", "high")}
    return {**sent, "unit": shown_unit(entry)}


def summary(entries: list[Entry]) -> str:
    """The worst value in a line, and every other critical one: "Potassium 7.1 mmol/L"."""
    return _joined([_line(entry) for entry in _that_matter(entries)])


def alarm_summary(entries: list[Entry]) -> str:
    """For who must answer: "Potassium 7.1 mmol/L, critical high (3.5 to 5.1, critical above 6.1)"."""
    return _joined([_alarming_line(entry) for entry in _that_matter(entries)])


def _that_matter(entries: list[Entry]) -> list[Entry]:
    worst, *rest = worst_first(entries)
    return [worst, *(entry for entry in rest if entry.get("flag") in CRITICAL_FLAGS)]


def _joined(lines: list[str]) -> str:
    """Whole lines only: half a number is another number."""
    shown = lines[:1]
    for line in lines[1:]:
        if len("; ".join([*shown, line])) > SUMMARY_LENGTH - len(MORE.format(len(lines))):
            return "; ".join(shown) + MORE.format(len(lines) - len(shown))
        shown.append(line)
    return "; ".join(shown)


def _alarming_line(entry: Entry) -> str:
    flag, reference = known(entry.get("flag")), reference_of(entry)
    limits = reference.words_on(SIDES.get(flag or "")) if reference else ""
    return f"{_line(entry)}, {WORDS[flag].lower()}{f' ({limits})' if limits else ''}"


def _line(entry: Entry) -> str:
    return " ".join(filter(None, [entry["name"], entry["value"], shown_unit(entry)]))


def shown_unit(entry: Entry) -> str | None:
    return entry["unit"] or _assumed_unit(entry)


def _assumed_unit(entry: Entry) -> str | None:
    """The catalogue's, where the plain form meant it: a value is never shown without what it is measured in."""
    bare = entry.get("plain") and entry["value"][-1:].isdigit()
    return entry.get("canonical_unit") if bare else None


def critical_reasons(entries: list[Entry], *, critical: bool, sent_critical: bool) -> list[str]:
    """Why a result is critical, a sentence for each ground; nothing for one that is not."""
    if not critical:
        return []
    reasons = [
        f"{_line(entry)} is {FLAG_WORDS[entry['flag']]}." for entry in entries if entry.get("flag") in CRITICAL_FLAGS
    ]
    if sent_critical:
        reasons.append(SENDERS_WORD)
    return reasons or [CARRIED]
