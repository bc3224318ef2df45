"""Which version of the drugs and rules is in force, and the one door through which they change.

models.py makes it known to Django.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.fields import no_control_characters
from accounts.models import User
from accounts.refusals import IllegalStep, NotAllowed

EXAMPLE = "Example content, to be approved locally"
MAY_CHANGE = {"approved_by", "approved_at"}

_changing: ContextVar[bool] = ContextVar("rule_set_is_changing", default=False)


class RuleSetQuerySet(QuerySet[Any]):
    def in_force(self, at: datetime | None = None) -> Self:
        """The newest first; the first is the rule set."""
        return self.filter(effective_from__lte=at or timezone.now()).order_by("-version")


class RuleSet(models.Model):
    """One version of all drugs and rules. Its row says what changed; the tables hold what is in force now."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.PositiveIntegerField(unique=True)
    effective_from = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    source = models.CharField(max_length=200, validators=[no_control_characters])
    note = models.CharField(max_length=500, blank=True, validators=[no_control_characters])
    changes = models.JSONField(default=list, help_text="What was added, changed and removed, field by field.")
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    recheck_asked_at = models.DateTimeField(
        null=True, editable=False, help_text="When a re-check of everybody by this version was asked for."
    )

    objects = RuleSetQuerySet.as_manager()

    class Meta:
        ordering = ["-version"]
        constraints = [
            models.CheckConstraint(condition=Q(version__gt=0) & ~Q(source=""), name="rule_set_has_version_and_source"),
            models.CheckConstraint(
                condition=Q(approved_by=None, approved_at=None)
                | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="rule_set_approved_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.version}"

    @property
    def label(self) -> str:
        """What stands beside every check."""
        return EXAMPLE if self.approved_at is None else f"Approved locally on {timezone.localdate(self.approved_at)}"

    @classmethod
    @contextmanager
    def change(cls, *, by: User, source: str, note: str = "") -> Iterator[None]:
        """All that is saved inside becomes one new version, or nothing does. Without a difference there is none.

        Raises NotAllowed for who is no administrator, ValidationError for rules that cannot be.
        """
        from prescriptions.rule_store import from_database
        from prescriptions.rule_tables import differences, problems
        from prescriptions.rules_in_force import out_of_force

        if not by.is_administrator:
            raise NotAllowed("Drugs and rules are changed by an administrator.")
        with transaction.atomic():
            cls.objects.select_for_update().order_by("-version").first()
            before = from_database()
            token = _changing.set(True)
            try:
                yield
            finally:
                _changing.reset(token)
            after = from_database()
            wrong = [*problems(after), *out_of_force(before, after, timezone.localdate())]
            if wrong:
                raise ValidationError([str(problem) for problem in wrong])
            changes = differences(before, after)
            if changes:
                newest = cls.objects.aggregate(newest=models.Max("version"))["newest"] or 0
                made = cls(version=newest + 1, made_by=by, source=source, note=note[:500])
                made.changes = [change.as_json() for change in changes]
                made.full_clean(validate_constraints=False)
                made.save(force_insert=True)

    @transaction.atomic
    def approve(self, *, by: User) -> None:
        """Raises NotAllowed for who is no administrator, IllegalStep for a second time or an old version."""
        if not by.is_administrator:
            raise NotAllowed("A rule set is approved by an administrator, on the word of those who answer for it.")
        newest = RuleSet.objects.select_for_update(no_key=True).order_by("-version").first()
        if newest is None or newest.pk != self.pk:
            raise IllegalStep("A newer version has taken its place. Approve that one.")
        if newest.approved_at:
            raise IllegalStep("This version is approved already.")
        self.approved_by, self.approved_at = by, timezone.now()
        self.save(update_fields=sorted(MAY_CHANGE))

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding and not set(kwargs.get("update_fields") or ["all"]) <= MAY_CHANGE:
            raise TypeError("A version of the rule set is not changed once it is made.")
        super().save(*args, **kwargs)


class OfRuleSet(models.Model):
    """A row of the drugs and rules. `update()` and `bulk_create()` make no version: they are for rule_tables alone."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        _refuse_unless_changing()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        _refuse_unless_changing()
        return super().delete(*args, **kwargs)


def _refuse_unless_changing() -> None:
    if not _changing.get():
        raise TypeError("Drugs and rules are changed inside RuleSet.change(), so that a new version says so.")
