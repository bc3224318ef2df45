"""What the flags of a result's values say of it as a whole. A value without a flag was not classified."""

from typing import Any

from labs.judging import CRITICAL_FLAGS, SEVERITY

ABNORMAL_FLAGS = frozenset({"L", "H", "LL", "HH", "A", "AA"})
NORMAL_FLAG = "N"


def is_abnormal(entries: list[dict[str, Any]]) -> bool:
    return any(entry.get("flag") in ABNORMAL_FLAGS for entry in entries)


def critical_findings(test_type: str, entries: list[dict[str, Any]]) -> list[str]:
    """What a repeat is recognised by: each critical value with its direction, or the test where somebody said so."""
    named = [
        f"{entry.get('analyte') or entry['name'].casefold()} {entry['flag']}"
        for entry in entries
        if entry.get("flag") in CRITICAL_FLAGS
    ]
    return named or [test_type.casefold()]


def is_all_normal(entries: list[dict[str, Any]]) -> bool:
    """Every value was classified, and every one as normal: what was not classified is never normal."""
    return bool(entries) and all(entry.get("flag") == NORMAL_FLAG for entry in entries)


def is_critical(entries: list[dict[str, Any]]) -> bool:
    return any(entry.get("flag") in CRITICAL_FLAGS for entry in entries)


def worst_first(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Critical, then abnormal, then the rest, each in the order in which they were sent."""
    return sorted(entries, key=lambda entry: -SEVERITY[entry.get("flag")])


def leaves_alarm_open(before: list[dict[str, Any]], now: list[dict[str, Any]]) -> bool:
    """Is a value that raised the alarm gone now, or not classified? Then nobody knows that the alarm may end.

    Where none of the earlier values is critical by itself, the alarm was carried on from before: all of them count.
    """
    settled = {entry["name"].casefold() for entry in now if entry.get("flag")}
    settled |= {entry["analyte"] for entry in now if entry.get("flag") and entry.get("analyte")}
    raised = [entry for entry in before if entry.get("flag") in CRITICAL_FLAGS] or before
    return any(not {entry["name"].casefold(), entry.get("analyte")} & settled for entry in raised)
