"""What somebody may have meant who wrote down an allergy. Suggested, never taken. Knows nothing of a database."""

from collections.abc import Mapping
from difflib import get_close_matches

from prescriptions.alike import CLOSE, MOST_SUGGESTIONS
from prescriptions.matching import Names
from prescriptions.spellings import folded


def may_be_meant(text: str, families: Mapping[str, str], names: Names) -> list[str]:
    """Families that look like it and names that have it as a word; only where there are none, names that look like it.

    `families` are by their folded names. What somebody is allergic to is often no drug at all, so what merely looks
    like it begins with the same letter, too.
    """
    alike = get_close_matches(folded(text), families, n=MOST_SUGGESTIONS, cutoff=CLOSE)
    having = [(name, drug) for name, drug in names.completing(text, len(names.found)) if _has_word(name, text)]
    meant = [*(families[name] for name in alike), *{drug: name for name, drug in reversed(having)}.values()]
    if not meant:
        meant = [name for name in names.close_to(text) if _has_word(text, name) or _begin_alike(text, name)]
    return list(dict.fromkeys(meant))[:MOST_SUGGESTIONS]


def _has_word(text: str, word: str) -> bool:
    return f" {folded(word)} " in f" {folded(text)} "


def _begin_alike(one: str, other: str) -> bool:
    return folded(one)[:1] == folded(other)[:1]
