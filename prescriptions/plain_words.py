"""How often, for who does not read a prescriber's shorthand: "tid" is "3 times a day". What was written stays."""

import re

from prescriptions.dosing import Rhythm

SHORTHAND = re.compile(r"\b(?:bid|bd|tid|tds|qid|qds|prn|q ?(?P<hours>\d{1,2}) ?h|\d{1,2} ?x)\b", re.ASCII)

PERIODS = {1: "a day", 7: "a week"}


def in_plain_words(frequency: str, rhythm: Rhythm | None) -> str:
    """Empty where the text is plain already, and where it is not understood: nothing is guessed."""
    found = SHORTHAND.search(frequency.casefold())
    if found is None or rhythm is None:
        return ""
    often = f"every {int(found['hours'])} hours" if found["hours"] else _often(rhythm)
    if not rhythm.as_needed:
        return often
    return f"when needed, up to {often}" if often else "when needed"


def _often(rhythm: Rhythm) -> str:
    if rhythm.times is None:
        return ""
    times = {1: "once", 2: "twice"}.get(rhythm.times, f"{rhythm.times} times")
    return f"{times} {PERIODS.get(rhythm.days, f'in {rhythm.days} days')}"
