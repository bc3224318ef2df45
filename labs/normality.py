"""What the flags of a result's values say of it as a whole. A value without a flag was not classified."""

from typing import Any

ABNORMAL_FLAGS = frozenset({"L", "H", "LL", "HH", "A", "AA"})
CRITICAL_FLAGS = frozenset({"LL", "HH", "AA"})
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
