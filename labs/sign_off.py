"""Signing many normal results at once: each by its own rules, and a report of what went through."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from accounts.models import User
from accounts.refusals import IllegalStep, Refused

if TYPE_CHECKING:
    from labs.models import LabResult

MOST_AT_ONCE = 100


@dataclass
class SignOff:
    """`refused` has the reason beside each result that was not signed."""

    signed: list["LabResult"] = field(default_factory=list)
    refused: list[tuple["LabResult", str]] = field(default_factory=list)


def sign_off(results: Iterable["LabResult"], *, by: User) -> SignOff:
    """Each in a transaction of its own: one that cannot be signed keeps no other from being signed."""
    report = SignOff()
    for result in results:
        try:
            refuse_unless_plain(result)
            result.review_with(by=by)
            report.signed.append(result)
        except Refused as refused:
            report.refused.append((result, refused.detail))
    return report


def refuse_unless_plain(result: "LabResult") -> None:
    """Raises IllegalStep unless every value was classified as normal and nobody called it critical."""
    if result.critical or not result.all_normal:
        raise IllegalStep(
            "Not every value of this result is known to be normal: review it by itself.", code="not_normal"
        )
