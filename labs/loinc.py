"""LOINC codes: digits, a hyphen, and a check digit that catches a slip of the finger."""

import re

from django.core.exceptions import ValidationError

CODE = re.compile(r"(?P<digits>\d{1,7})-(?P<check>\d)\Z", re.ASCII)


def loinc_code(text: str) -> None:
    """Raises ValidationError for what is no LOINC code, or one with a wrong check digit (Mod 10)."""
    found = CODE.match(text)
    if found is None:
        raise ValidationError("A LOINC code has digits, a hyphen and a check digit.", code="no_loinc")
    if _check_digit(found["digits"]) != int(found["check"]):
        raise ValidationError("The last digit does not fit the others: look the code up again.", code="check_digit")


def _check_digit(digits: str) -> int:
    """Every second digit from the right counts double, and a sum of two digits counts as both."""
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(digits))]
    return -sum(number // 10 + number % 10 for number in doubled) % 10
