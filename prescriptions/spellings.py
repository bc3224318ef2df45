"""When two spellings of a drug's name are the same."""

import re
import unicodedata

WORD = re.compile(r"\w+")
UNSEEN = re.compile("['\u2019\u02bc`\u00ae\u2122\u2120\u00a9]")


def plain(text: str) -> str:
    """Case and accents say nothing; an apostrophe or a trade mark does not part a word, nor what cannot be seen."""
    letters = unicodedata.normalize("NFKD", UNSEEN.sub("", text)).casefold()
    return "".join(letter for letter in letters if not unicodedata.combining(letter) and _is_seen(letter))


def _is_seen(letter: str) -> bool:
    return letter.isascii() or unicodedata.category(letter) != "Cf"


def words(text: str) -> list[str]:
    return WORD.findall(plain(text))


def folded(text: str) -> str:
    """What a name is found by: its words, whatever stands between them."""
    return " ".join(words(text))
