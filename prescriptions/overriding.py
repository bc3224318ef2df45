"""Which alerts stop a prescription, and what it takes to go on all the same."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from accounts.fields import no_control_characters, says_something
from accounts.refusals import IllegalStep
from prescriptions.checks import Alert, Check
from prescriptions.rules import Severity

if TYPE_CHECKING:
    from prescriptions.models import Prescription

STOPPING = (Severity.CONTRAINDICATED, Severity.MAJOR)
MAX_NOTE = 500
FURTHEST = timedelta(days=731)
"""How far ahead one can mean to look again."""


class OverrideReason(models.TextChoices):
    """After the reasons that prescribers give most."""

    WILL_MONITOR = "will_monitor", "I will monitor the patient"
    TOLERATED_BEFORE = "tolerated_before", "The patient has tolerated this before"
    BENEFIT_OUTWEIGHS = "benefit_outweighs", "The benefit outweighs the risk"
    NO_ALTERNATIVE = "no_alternative", "There is no suitable alternative"
    DOSE_ADJUSTED = "dose_adjusted", "Dose or timing is adjusted"
    OTHER_IS_STOPPED = "other_is_stopped", "The other medication is being stopped"
    RECORD_IS_WRONG = "record_is_wrong", "The allergy or medication on record is not right"
    OTHER = "other", "Another reason"


@dataclass(frozen=True)
class Override:
    """One prescriber's answer to one alert. `alert` is its id; `monitor_until` is for `will_monitor` only."""

    alert: str
    reason: str
    note: str = ""
    monitor_until: date | None = None


class OverrideNeeded(IllegalStep):
    """The prescriber is stopped. `keeping_stops` keeps by what, outside of the transaction that fails."""

    def __init__(self, prescription: "Prescription", check: Check, missing: Sequence[Alert]) -> None:
        worst = missing[0].severity
        count = "An alert needs" if len(missing) == 1 else f"{len(missing)} alerts need"
        name = prescription.patient.full_name
        super().__init__(
            f"Not issued. {count} your answer before {name} gets {prescription.medication}, the worst {worst}: "
            "override each with a reason, or prescribe something else.",
            code="override_needed",
        )
        self.prescription, self.check, self.missing = prescription, check, missing

    def more(self) -> dict[str, Any]:
        return self.check.as_json()


@contextmanager
def keeping_stops() -> Iterator[None]:
    """Around the transaction in which a prescription is issued: a stop is recorded although all else is undone."""
    try:
        yield
    except OverrideNeeded as stop:
        from prescriptions.recorded_checks import RecordedCheck

        RecordedCheck.keep_stop(stop)
        raise


def stops(alert: Alert) -> bool:
    """Only what speaks against the medication that is asked for: the rest is there already."""
    return alert.is_new and alert.severity in STOPPING


def answers_to(check: Check, overrides: Iterable[Override]) -> dict[str, Override]:
    """The overrides by alert. Each fits an alert of this very check and says enough.

    Raises ValidationError under `overrides`.
    """
    alerts = {alert.id: alert for alert in check.alerts}
    answers: dict[str, Override] = {}
    problems: list[str] = []
    for override in overrides:
        alert = alerts.get(override.alert)
        if alert is None:
            problems.append(f"The check has no alert {override.alert} any longer. Look at the check again.")
        elif override.alert in answers:
            problems.append(f"{_named(alert)}: answer each alert once.")
        else:
            problems += [f"{_named(alert)}: {problem}" for _, problem in problems_of(override, alert)]
            answers[override.alert] = override
    if problems:
        raise ValidationError({"overrides": problems})
    return answers


def unanswered(check: Check, answers: Mapping[str, Override]) -> list[Alert]:
    return [alert for alert in check.alerts if stops(alert) and alert.id not in answers]


def problems_of(override: Override, alert: Alert) -> Iterator[tuple[str, str]]:
    """(field, what is wrong) of an answer to this alert."""
    is_told, today = says_something(override.note), timezone.localdate()
    if override.reason not in OverrideReason.values:
        yield "reason", f"give a reason, one of {', '.join(OverrideReason.values)}."
    if len(override.note) > MAX_NOTE:
        yield "note", f"the note may have {MAX_NOTE} characters at most."
    try:
        no_control_characters(override.note)
    except ValidationError as error:
        yield "note", " ".join(error.messages)
    if not is_told and alert.severity == Severity.CONTRAINDICATED:
        yield "note", "it is contraindicated: write a note beside the reason."
    elif not is_told and override.reason == OverrideReason.OTHER:
        yield "note", "write which other reason."
    if override.monitor_until and override.reason != OverrideReason.WILL_MONITOR:
        yield "monitor_until", "a day to look again belongs to the reason will_monitor."
    elif override.monitor_until and not today < override.monitor_until <= today + FURTHEST:
        yield "monitor_until", "choose a day from tomorrow to two years ahead to look again."


def _named(alert: Alert) -> str:
    return f"{alert.severity.capitalize()}, {' with '.join(dict.fromkeys(alert.medications))}"
