"""When two spellings of a name or of a unit are the same."""

import unicodedata


def folded(text: str) -> str:
    """Names and coded answers: case, width and the number of blanks say nothing."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def unit_key(text: str) -> str:
    """Units: only blanks and the two code points of the micro sign say nothing; mg and Mg are not the same."""
    return "".join(text.split()).replace("\u03bc", "\u00b5")
