"""What a form shows of its patient, read from the page."""

import html
import re
from typing import Any

CHOICE = re.compile(
    r'<input type="radio" name="patient" value="([^"]+)"[^>]*?( checked)?><label[^>]*>(.*?)</label>', re.DOTALL
)


def offered_on(answer: Any) -> dict[str, str]:
    """id -> name, birth date and record number, of each patient who can be chosen."""
    rows = CHOICE.findall(answer.content.decode())
    return {pk: html.unescape(" ".join(re.sub("<[^>]+>", "", label).split())) for pk, _, label in rows}


def chosen_on(answer: Any) -> str | None:
    """The id of the patient who is chosen."""
    return next((pk for pk, checked, _ in CHOICE.findall(answer.content.decode()) if checked), None)


def words_on(answer: Any) -> str:
    """What stands in the field in which one searches."""
    found = re.search(r'name="patient-words" value="([^"]*)"', answer.content.decode())
    return html.unescape(found[1]) if found else ""
