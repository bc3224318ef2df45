"""A value as pages show it: with the flag it was given when it was recorded, its limits, and a bar."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from labs import flags
from labs.bars import Bar, bar_of
from labs.entries import BEFORE_THE_CATALOGUE, Entry, shown_unit
from labs.judging import CRITICAL_FLAGS
from labs.normality import worst_first
from labs.plain_words import Plain, plain_words
from labs.readings import Reading, read
from labs.references import Reference, reference_of, sent_range

A_LITTLE_OF_WIDTH, A_LITTLE_OF_BOUND = Decimal("0.25"), Decimal("0.1")
"""Both must hold: a quarter of a wide range can be all there is below it."""


@dataclass(frozen=True)
class Line:
    """`reading` is a sentence where the value is no number. `sent_range` and `sent_flag` only where they differ."""

    name: str
    value: str
    unit: str
    flag: str | None
    why: str
    reasons: tuple[str, ...]
    reference: Reference | None
    sent_range: str
    sent_flag: str
    reading: Reading | str
    is_coded: bool
    plain: Plain | None
    entry: Entry

    @property
    def is_critical(self) -> bool:
        return self.flag in CRITICAL_FLAGS

    @property
    def is_outside(self) -> bool:
        return self.flag not in (None, "N")

    @property
    def bar(self) -> Bar | None:
        return bar_of(self.reading, self.reference)

    @property
    def shape(self) -> str:
        """What stands in the bar: "in", "outside", "critical", or "unknown"."""
        if self.is_critical:
            return "critical"
        return "unknown" if self.flag is None else ("outside" if self.is_outside else "in")

    @property
    def mark_kind(self) -> str:
        return flags.MARKS[self.flag][0]

    @property
    def mark_icon(self) -> str:
        return flags.MARKS[self.flag][1]

    @property
    def flag_words(self) -> str:
        return flags.CODED_NORMAL if self.is_coded and self.flag == "N" else flags.WORDS[self.flag]

    @property
    def gentle_words(self) -> str:
        """Of a value that lies only just outside, a patient is told so."""
        if self.is_coded and self.flag == "N":
            return flags.GENTLE_CODED_NORMAL
        words = flags.GENTLE[self.flag]
        return f"A little {words[0].lower()}{words[1:]}" if self._is_just_outside else words

    @property
    def _is_just_outside(self) -> bool:
        """Chooses words within a class; the class itself is the kept flag, and a critical value never is a little."""
        bounds = (self.reference.low, self.reference.high) if self.reference else (None, None)
        bound = {"L": bounds[0], "H": bounds[1]}.get(self.flag or "")
        if bound is None or isinstance(self.reading, str) or self.reading.sign:
            return False
        away = self.reading.number - bound.at if self.flag == "H" else bound.at - self.reading.number
        width = bounds[1].at - bounds[0].at if bounds[0] and bounds[1] else abs(bound.at)
        return 0 <= away <= min(width * A_LITTLE_OF_WIDTH, abs(bound.at) * A_LITTLE_OF_BOUND)

    @property
    def range_words(self) -> str:
        """What is needed beside it at a glance: the critical limit only where it is what was passed."""
        if self.reference is None:
            return ""
        return self.reference.words_on(flags.SIDES.get(self.flag or "") if self.is_critical else None)

    @property
    def written(self) -> str:
        return " ".join(filter(None, [self.value, self.unit]))

    @property
    def told(self) -> str:
        """The picture in words, for those who cannot see it."""
        limits = f"; range {self.reference.all_words}" if self.reference and self.reference.all_words else ""
        return f"{self.written}, {self.flag_words.lower()}{limits}"

    @property
    def gently_told(self) -> str:
        limits = f"; usual range {self.reference.words}" if self.reference and self.reference.words else ""
        return f"{self.written}, {self.gentle_words[0].lower()}{self.gentle_words[1:]}{limits}"


def line_of(entry: Entry) -> Line:
    flag, reference = flags.known(entry.get("flag")), reference_of(entry)
    sent_flag = entry.get("sent_flag") or ""
    return Line(
        name=entry["name"],
        value=entry["value"] or "",
        unit=shown_unit(entry) or "",
        flag=flag,
        why=entry.get("why", BEFORE_THE_CATALOGUE),
        reasons=tuple(entry.get("reasons") or ()),
        reference=reference,
        sent_range=sent_range(entry, reference),
        sent_flag=sent_flag if sent_flag != flag else "",
        reading=read(str(entry["value"]), decimal_comma=bool(entry.get("decimal_comma"))),
        is_coded=bool(flag and entry.get("analyte") and entry.get("canonical_unit") is None),
        plain=plain_words(entry.get("loinc")),
        entry=entry,
    )


def lines_of(entries: list[Entry]) -> list[Line]:
    """The most urgent first, otherwise as they were sent."""
    return [line_of(entry) for entry in worst_first(entries)]


def tally(entries: list[dict[str, Any]]) -> str:
    """ "1 critical, 3 outside the range, 8 in range, 1 not classified"."""
    shapes = [line_of(entry).shape for entry in entries]
    words = {"critical": "critical", "outside": "outside the range", "in": "in range", "unknown": "not classified"}
    return ", ".join(f"{count} {word}" for shape, word in words.items() if (count := shapes.count(shape)))
