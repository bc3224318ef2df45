"""When two spellings of a drug's name are the same."""

import re
import unicodedata

WORD = re.compile(r"\w+")
APOSTROPHES = re.compile("['\u2019\u02bc`]")


def plain(text: str) -> str:
    """Case and accents say nothing; an apostrophe does not part a word."""
    letters = unicodedata.normalize("NFKD", APOSTROPHES.sub("", text)).casefold()
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def words(text: str) -> list[str]:
    return WORD.findall(plain(text))


def folded(text: str) -> str:
    """What a name is found by: its words, whatever stands between them."""
    return " ".join(words(text))
