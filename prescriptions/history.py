"""The audit trail of a prescription: facts that are added and never changed. models.py makes it known to Django."""

from typing import Any, NoReturn

from django.db import models
from django.db.models import Q

from accounts.facts import Fact
from accounts.fields import no_control_characters
from accounts.models import User
from prescriptions.reasons import MAX_REASON
from prescriptions.statuses import Refill, Status

EXPIRED_WORDS = "it has expired"
REFILL_WORDS: dict[str, str] = {
    Refill.REQUESTED: "asked for a refill",
    Refill.GRANTED: "granted the refill",
    Refill.REFUSED: "refused the refill",
    Refill.RENEWED: "renewed it",
    Refill.WITHDRAWN: "withdrawn the request",
}


class HistoryQuerySet(models.QuerySet["PrescriptionStatusChange"]):
    def update(self, **kwargs: Any) -> NoReturn:
        raise TypeError("The history of a prescription is only ever added to.")

    def delete(self) -> NoReturn:
        raise TypeError("The history of a prescription is kept.")


class PrescriptionStatusChange(Fact):
    """Who took which step, when and why; nobody where the clock did. Its saving is what people are told about."""

    prescription = models.ForeignKey("prescriptions.Prescription", on_delete=models.PROTECT, related_name="history")
    from_status = models.CharField(max_length=20, choices=Status)
    to_status = models.CharField(max_length=20, choices=Status)
    refill = models.CharField(max_length=10, blank=True, choices=Refill, default=Refill.NONE)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=MAX_REASON, blank=True, validators=[no_control_characters])

    objects = HistoryQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(from_status__in=Status.values, to_status__in=Status.values, refill__in=Refill.values),
                name="prescription_change_in_set",
            ),
            models.CheckConstraint(
                condition=Q(by=None, to_status=Status.EXPIRED) | Q(by__isnull=False), name="prescription_change_by_whom"
            ),
            models.UniqueConstraint(
                fields=["prescription"], condition=Q(by=None), name="prescription_expires_by_the_clock_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.what} by {self.who}"

    @property
    def who(self) -> str:
        return self.by.full_name if self.by else "the clock"

    @property
    def what(self) -> str:
        """A step in words, for a line of the history."""
        return Refill(self.refill).label if self.refill else Status(self.to_status).label

    @property
    def in_words(self) -> str:
        """ "Jane Smith has set it to on hold": for a person whose page is older than this."""
        if self.by is None:
            return EXPIRED_WORDS
        return f"{self.by.full_name} has {REFILL_WORDS.get(self.refill) or f'set it to {self.what.lower()}'}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("The history of a prescription is only ever added to.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("The history of a prescription is kept.")
