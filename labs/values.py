"""The values of a result: what senders may write, and the one form in which they are kept.

Kept: {name: {"value": text, "unit": text or null, "low": text or null, "high": text or null, "sent_flag": code or null,
"plain": true where only a value was sent, "decimal_comma": true where its sender writes one}}, with every number as it
was written, so that its precision survives.
"""

import re
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError

from accounts.fields import no_control_characters
from accounts.numbers import WrittenNumber
from labs.readings import plain

MOST_VALUES = 100
LONGEST_NAME = LONGEST_VALUE = 100
LONGEST_UNIT = 40
PARTS = ("value", "unit", "low", "high")
KNOWN = (*PARTS, "flag")
FLAGS = ("N", "L", "H", "A", "LL", "HH", "AA")
PLAIN_NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,10})?\Z", re.ASCII)
Values = dict[str, dict[str, Any]]


def read_values(sent: object, *, decimal_comma: bool = False) -> Values:
    """{name: "7.5"}, in the catalogue's unit, or {name: {value, unit, low, high, flag}} in the kept form.

    With `decimal_comma` every value says so, and a number of JSON is kept as its sender would have written it: 7,5.
    Raises ValidationError (under `result_data`) that names the value it cannot take.
    """
    if not isinstance(sent, dict) or not sent:
        raise _refusal("Give at least one value, as an object of names and values.")
    if len(sent) > MOST_VALUES:
        raise _refusal(f"A result holds {MOST_VALUES} values at most.")
    return {_name(name): _parts(name, value, decimal_comma) for name, value in sent.items()}


def number(text: str | None) -> Decimal | None:
    """The plain number written in `text`; None for text, "<10", exponents and the like."""
    return Decimal(text) if text is not None and PLAIN_NUMBER.match(text) else None


def _name(name: Any) -> str:
    if not isinstance(name, str) or not name.strip() or len(name) > LONGEST_NAME:
        raise _refusal(f"The name of a value has 1 to {LONGEST_NAME} characters.")
    _no_control(name, "a name")
    return name


def _parts(name: str, sent: Any, decimal_comma: bool) -> dict[str, Any]:
    given = sent if isinstance(sent, dict) else {"value": sent}
    if unknown := sorted(set(given) - set(KNOWN)):
        raise _refusal(f"{name}: {', '.join(map(str, unknown))[:100]} is not known here. Known are {', '.join(KNOWN)}.")
    kept = {part: _text(name, part, given.get(part), decimal_comma) for part in PARTS}
    if kept["value"] is None:
        raise _refusal(f"{name}: the value is missing.")
    low, high = (plain(kept[part], decimal_comma=decimal_comma) for part in ("low", "high"))
    if low is not None and high is not None and low > high:
        raise _refusal(f"{name}: the range ends before it begins.")
    comma = {"decimal_comma": True} if decimal_comma else {}
    return {**kept, "sent_flag": _flag(name, given.get("flag")), "plain": not isinstance(sent, dict), **comma}


def _flag(name: str, sent: Any) -> str | None:
    if sent not in (None, "", *FLAGS):
        raise _refusal(f"{name}: a flag is one of {', '.join(FLAGS)}, or nothing.")
    return sent or None


def _text(name: str, part: str, sent: Any, decimal_comma: bool) -> str | None:
    if sent is None:
        return None
    if isinstance(sent, bool) or not isinstance(sent, str | int | float):
        raise _refusal(f"{name}: {part} must be a text or a number.")
    if isinstance(sent, float) and (sent != sent or sent in (float("inf"), float("-inf"))):
        raise _refusal(f"{name}: {part} must be a number that can be written down.")
    if isinstance(sent, int) and abs(sent) >= 10**15:
        raise _refusal(f"{name}: {part} is too large.")
    text = (sent.written if isinstance(sent, WrittenNumber) else str(sent)).strip()
    if decimal_comma and isinstance(sent, float):
        text = text.replace(".", ",")
    if len(text) > (LONGEST_UNIT if part == "unit" else LONGEST_VALUE):
        raise _refusal(f"{name}: {part} is too long.")
    _no_control(text, f"{name}: {part}")
    return text or None


def _no_control(text: str, what: str) -> None:
    try:
        no_control_characters(text)
    except ValidationError:
        raise _refusal(f"Remove the control characters from {what}: they cannot be stored.") from None


def _refusal(message: str) -> ValidationError:
    return ValidationError({"result_data": message})
