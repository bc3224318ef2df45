"""Whom a form is about: by words that name one patient, or by choosing one of those whom the words found."""

from dataclasses import dataclass, field

from accounts.fields import parse_uuid
from accounts.models import Patient, User

MOST_HITS = 12
FEWEST_LETTERS = 2
LONGEST_WORDS = 220
"""Two names of 100 letters, and a record number."""

NOBODY = "Choose a patient: type a name, a birth date or an ID."
STRANGER = "This is nobody whom you may see. Choose another patient."


@dataclass(frozen=True)
class Said:
    """As the form was sent: `chosen` is the id that was ticked, `shown_for` the words with which it was on offer."""

    chosen: str = ""
    words: str = ""
    shown_for: str = ""

    @property
    def is_settled(self) -> bool:
        """The words are no newer than the choice."""
        return not self.words or self.words == self.shown_for


@dataclass(frozen=True)
class Answer:
    """The `patient`; or, where that is nobody yet, who may be meant and, as `problem`, what to do about it in words.

    A `patient` with a `problem` is named by words alone: shown, and to be looked at before anything is done to them.
    """

    patient: Patient | None = None
    offered: list[Patient] = field(default_factory=list)
    problem: str = ""


def tidy(words: object) -> str:
    return " ".join(str(words or "").replace("\x00", " ").split())[:LONGEST_WORDS]


def found_by(user: User, words: str) -> list[Patient]:
    """Whom the user may see, at most one more than are shown, in one query."""
    words = tidy(words)
    if len(words) < FEWEST_LETTERS:
        return []
    return list(Patient.objects.visible_to(user).select_related("user").search(words)[: MOST_HITS + 1])


def number_and_name(patient: Patient) -> str:
    """Words that name this patient and nobody else. The number is first: after Arabic it would read backwards."""
    return f"{patient.display_id} {patient.full_name}"


def whom(user: User, said: Said) -> Answer:
    """Never a guess: part of a name finds, and does not choose. What was ticked holds until other words are typed."""
    pk = parse_uuid(said.chosen) if said.chosen else None
    ticked = Patient.objects.visible_to(user).select_related("user").filter(pk=pk).first() if pk else None
    if ticked and said.is_settled:
        return Answer(ticked)
    found = found_by(user, said.words)
    if said.chosen and not ticked:
        return Answer(None, found[:MOST_HITS], STRANGER)
    named = named_by(said.words, found)
    if named and ticked in (None, named):
        return Answer(named, problem="" if ticked else _not_seen(said.words))
    offered = found[:MOST_HITS] + ([ticked] if ticked and ticked not in found else [])
    if named and ticked:
        return Answer(None, offered, _two_named(said.words, ticked))
    return Answer(None, offered, _not_one(said.words, found))


def named_by(words: str, found: list[Patient]) -> Patient | None:
    """The only one found, by the whole name or the record number. Less than that may be short for somebody else."""
    if len(found) != 1:
        return None
    patient, said = found[0], words.casefold().split()
    by_number = any(word.replace("-", "") == str(patient.record_number) for word in said)
    return patient if by_number or set(patient.full_name.casefold().split()) <= set(said) else None


def _not_seen(words: str) -> str:
    return f"One patient is found for “{words}”. Look whether this is the right person before you send the form."


def _two_named(words: str, ticked: Patient) -> str:
    return f"“{words}” is not {ticked.full_name}, who had been chosen. Choose one of the two."


def _not_one(words: str, found: list[Patient]) -> str:
    if not words:
        return NOBODY
    if not found:
        return f"Nobody whom you may see is found for “{words}”. Look at the spelling, or type a birth date or an ID."
    if len(found) == 1:
        return f"“{words}” is no whole name. If this is the patient, choose them."
    if len(found) > MOST_HITS:
        return f"More than {MOST_HITS} patients are found for “{words}”. Choose one of these, or type more of the name."
    return f"{len(found)} patients are found for “{words}”. Choose one of them."
