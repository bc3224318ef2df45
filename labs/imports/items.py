"""What became of each message in a file. models.py makes it known to Django."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast
from uuid import UUID

from django.db import models
from django.db.models import Q

from accounts.models import Doctor, Patient

if TYPE_CHECKING:
    from labs.imports.lines import Problem
    from labs.messages import Message
    from labs.models import LabResult


@dataclass(frozen=True)
class Tally:
    """How many results of a file stand where."""

    ready: int = 0
    recorded: int = 0
    known: int = 0
    refused: int = 0

    @property
    def total(self) -> int:
        return self.ready + self.settled

    @property
    def settled(self) -> int:
        return self.recorded + self.known + self.refused


class CsvImportItem(models.Model):
    """One message of a file: the lines that say it, and what became of it."""

    class State(models.TextChoices):
        READY = "ready", "Ready"
        RECORDED = "recorded", "Recorded"
        KNOWN = "known", "On record already"
        REFUSED = "refused", "Refused"

    run = models.ForeignKey("labs.CsvImport", on_delete=models.CASCADE, related_name="items")
    first_line = models.PositiveIntegerField()
    last_line = models.PositiveIntegerField()
    message_id = models.CharField(max_length=200, blank=True)
    rows = models.JSONField(help_text="A list of lines as they stand in the file, cells under their columns.")
    state = models.CharField(max_length=10, choices=State, default=State.READY)
    problems = models.JSONField(default=list, blank=True, help_text="A list of {line, field, text}.")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    doctor = models.ForeignKey(Doctor, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    result = models.ForeignKey("labs.LabResult", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["first_line"]
        constraints = [
            models.UniqueConstraint(fields=["run", "first_line"], name="csv_item_begins_once"),
            models.UniqueConstraint(
                fields=["run", "message_id"], condition=~Q(state="refused"), name="csv_item_message_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["ready", "recorded", "known", "refused"]), name="csv_item_state_in_set"
            ),
            models.CheckConstraint(
                condition=Q(state="refused") & ~Q(problems=[]) | ~Q(state="refused") & Q(problems=[]),
                name="csv_item_refused_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["ready", "refused"]) | Q(result__isnull=False), name="csv_item_recorded_is_there"
            ),
            models.CheckConstraint(
                condition=Q(state="refused") | Q(patient__isnull=False, doctor__isnull=False) & ~Q(message_id=""),
                name="csv_item_ready_is_of_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["run", "state", "first_line"], name="csv_item_of_import"),
            models.Index(fields=["run", "message_id"], name="csv_item_of_message"),
        ]

    def __str__(self) -> str:
        return f"{self.message_id or 'Without an id'}, {self.get_state_display().lower()}"

    def message(self) -> "Message":
        """As the API would have it. Only of one that has a patient and a doctor."""
        from labs.imports.said import said_by_rows  # which needs the results, so that it is loaded later

        said = said_by_rows(self.rows, decimal_comma=self.run.decimal_comma)
        ids = {"patient_id": cast(UUID, self.patient_id), "doctor_id": cast(UUID, self.doctor_id)}
        return said.message(**ids, decimal_comma=self.run.decimal_comma)

    def settle(self, state: str, result: "LabResult") -> None:
        self.state, self.result = state, result

    def refuse(self, problems: "list[Problem]", *, add: bool = False) -> None:
        """`add`: to those that it has already."""
        kept = [problem.as_kept() for problem in problems]
        self.state, self.problems, self.result = self.State.REFUSED, [*self.problems, *kept] if add else kept, None
