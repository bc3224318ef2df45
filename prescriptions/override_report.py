"""How often each rule's alerts are overridden, and why: a rule that nearly everyone overrides wants a look."""

import csv
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from io import StringIO
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.utils import timezone

from accounts.fields import sane_date
from prescriptions.overriding import STOPPING, OverrideReason
from prescriptions.recorded_checks import ShownAlert
from prescriptions.rules import WORST_FIRST

USUAL = timedelta(days=90)
MOST_REASONS = 3
COLUMNS = [
    "rule", "kind", "severity", "shown", "informed", "heeded", "overridden", "obeyed", "override_rate", "reasons",
]  # fmt: skip


class PeriodForm(forms.Form):
    """Days by the clinic's clock, both inclusive."""

    since = forms.DateField(label="From", validators=[sane_date], widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label="To", validators=[sane_date], widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, asked: Mapping[str, Any]) -> None:
        today = timezone.localdate()
        usual = {"since": (today - USUAL).isoformat(), "until": today.isoformat()}
        super().__init__({name: asked.get(name) or default for name, default in usual.items()})

    def clean(self) -> dict[str, Any]:
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and until < since:
            raise ValidationError("The period ends before it begins.")
        return self.cleaned_data


@dataclass
class Line:
    """What became of the alerts of one rule with one severity. Each question counts once, however often asked.

    `heeded` were seen beside the form, and what they speak against was never asked for; `obeyed` had stopped somebody.
    """

    rule: str
    kind: str
    severity: str
    informed: int = 0
    heeded: int = 0
    overridden: int = 0
    obeyed: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    @property
    def shown(self) -> int:
        return self.informed + self.heeded + self.overridden + self.obeyed

    @property
    def rate(self) -> float | None:
        """Of those who were stopped, how many overrode, 0 to 1; None where nobody was.

        Who answers what does not stop had no need to, so they say nothing of how many would.
        """
        stopped = self.overridden + self.obeyed if self.severity in STOPPING else 0
        return self.overridden / stopped if stopped else None

    @property
    def percent(self) -> str:
        return "" if self.rate is None else f"{self.rate:.0%}"

    @property
    def commonest(self) -> list[str]:
        """ "The benefit outweighs the risk (12)", the commonest first."""
        return [f"{OverrideReason(code).label} ({count})" for code, count in self.reasons.most_common(MOST_REASONS)]


def override_report(since: date, until: date) -> list[Line]:
    """One query. Only alerts about what was prescribed, not those between what the patient had already."""
    ends = ShownAlert.objects.filter(
        followed_by=None,
        is_new=True,
        recorded_check__at__gte=_midnight(since),
        recorded_check__at__lt=_midnight(until + timedelta(days=1)),
    )
    counted = ends.order_by().values_list("rule", "kind", "severity", "outcome", "reason").annotate(count=Count("pk"))
    lines: dict[tuple[str, str, str], Line] = {}
    for rule, kind, severity, outcome, reason, count in counted:
        line = lines.setdefault((rule, kind, severity), Line(rule, kind, severity))
        if outcome == ShownAlert.Outcome.OVERRIDDEN:
            line.overridden += count
            line.reasons[reason] += count
        elif outcome == ShownAlert.Outcome.STOPPED:
            line.obeyed += count
        elif outcome == ShownAlert.Outcome.SHOWN:
            line.heeded += count
        else:
            line.informed += count
    return sorted(lines.values(), key=lambda one: (-one.overridden, -one.shown, WORST_FIRST[one.severity], one.rule))


def as_csv(lines: Iterable[Line]) -> str:
    text = StringIO()
    table = csv.writer(text)
    table.writerow(COLUMNS)
    for one in lines:
        rate = "" if one.rate is None else f"{one.rate:.3f}"
        counts = [one.shown, one.informed, one.heeded, one.overridden, one.obeyed]
        reasons = ";".join(f"{code}={count}" for code, count in one.reasons.most_common())
        table.writerow([one.rule, one.kind, one.severity, *counts, rate, reasons])
    return text.getvalue()


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
