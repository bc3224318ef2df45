"""What the kept flag of a value is called, and its mark. A flag is never worked out here: see judging.py."""

WORDS: dict[str | None, str] = {
    "N": "In range",
    "L": "Low",
    "H": "High",
    "A": "Abnormal",
    "LL": "Critical low",
    "HH": "Critical high",
    "AA": "Critical",
    None: "Not classified",
}
GENTLE: dict[str | None, str] = {
    "N": "In the usual range",
    "L": "Below the usual range",
    "H": "Above the usual range",
    "A": "Not the usual answer",
    "LL": "Well below the usual range",
    "HH": "Well above the usual range",
    "AA": "An answer that your doctor must know of",
    None: "Without a usual range to compare with",
}
MARKS: dict[str | None, tuple[str, str]] = {
    "N": ("good", "check"),
    "L": ("outside", "down"),
    "H": ("outside", "up"),
    "A": ("outside", "action"),
    "LL": ("critical", "critical"),
    "HH": ("critical", "critical"),
    "AA": ("critical", "critical"),
    None: ("unknown", "unknown"),
}
"""Kind and drawing of the mark of templatetags/ui.py."""
SIDES = {"L": "low", "LL": "low", "H": "high", "HH": "high"}
CODED_NORMAL, GENTLE_CODED_NORMAL = "Normal", "The usual answer"


def known(flag: str | None) -> str | None:
    """A flag that is none of ours is as good as no flag."""
    return flag if flag in WORDS else None
