"""Which names look like a word, for suggestions. Nothing is ever taken because it looks like something."""

from collections.abc import Iterable
from difflib import get_close_matches

MOST_SUGGESTIONS = 3
CLOSE = 0.75


class Alike:
    """Folded names, so arranged that most of those that cannot be close are passed over without being compared."""

    def __init__(self, names: Iterable[str]) -> None:
        self._letters = [(name, len(name), _letters(name)) for name in names]

    def to(self, word: str) -> list[str]:
        """Those at least CLOSE to it, the closest first."""
        return get_close_matches(word, self._possible(word), n=MOST_SUGGESTIONS, cutoff=CLOSE)

    def _possible(self, word: str) -> list[str]:
        """All that have enough letters in common: twice the common ones are CLOSE of both words' letters or more."""
        length, letters = len(word), _letters(word)
        return [
            name
            for name, its_length, its_letters in self._letters
            if 2 * min(length - (letters & ~its_letters).bit_count(), its_length - (its_letters & ~letters).bit_count())
            >= CLOSE * (length + its_length)
        ]


def _letters(word: str) -> int:
    """A bit for each letter that occurs; two letters may have the same one."""
    bits = 0
    for letter in word:
        bits |= 1 << ord(letter) % 64
    return bits
