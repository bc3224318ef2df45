"""A file of results that somebody brought. models.py makes it known to Django."""

import uuid
from typing import Any, BinaryIO, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.fields import UNSTORABLE
from accounts.models import User
from accounts.refusals import IllegalStep, NotAllowed
from labs.imports.items import CsvImportItem, Tally

LONGEST_FILE_NAME = 200


class CsvImportQuerySet(QuerySet[Any]):
    def with_tally(self) -> Self:
        counts = {
            f"{state}_count": Count("items", filter=Q(items__state=state)) for state in CsvImportItem.State.values
        }
        return self.annotate(**counts)


class CsvImport(models.Model):
    """Its verbs are the only way to change it: taken in, then started or discarded, then done."""

    class State(models.TextChoices):
        PREVIEW = "preview", "Not started"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        DISCARDED = "discarded", "Discarded"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file_name = models.CharField("file", max_length=LONGEST_FILE_NAME)
    sender = models.ForeignKey(
        User,
        verbose_name="laboratory",
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Whose message ids they are.",
    )
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    decimal_comma = models.BooleanField(default=False)
    columns = models.JSONField()
    lines = models.PositiveIntegerField(default=0, help_text="Of values, without the first one and empty ones.")
    state = models.CharField(max_length=10, choices=State, default=State.PREVIEW)
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = CsvImportQuerySet.as_manager()

    class Meta:
        verbose_name = "CSV import"
        ordering = ["-uploaded_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["preview", "running", "done", "discarded"]), name="csv_import_state_in_set"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["preview", "discarded"], started_at=None, started_by=None)
                | Q(state__in=["running", "done"], started_at__isnull=False, started_by__isnull=False),
                name="csv_import_started_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state="done", finished_at__isnull=False) | (~Q(state="done") & Q(finished_at=None)),
                name="csv_import_done_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} of {self.sender.full_name}"

    def get_absolute_url(self) -> str:
        return reverse("admin:labs_csvimport_change", args=[self.pk])

    @property
    def tally(self) -> Tally:
        counted = self.items.order_by().values_list("state").annotate(Count("pk"))
        return Tally(**dict(counted))

    @classmethod
    @transaction.atomic
    def take_in(cls, file: BinaryIO, *, name: str, sender: User, by: User, decimal_comma: bool = False) -> "CsvImport":
        """Reads the file line by line and keeps what it says of each result, and what is wrong with it.

        Records no result. Raises NotAllowed, and ValidationError under `file` for what is no table of results, under
        `sender` for who is no laboratory.
        """
        from labs.imports.staging import stage  # which needs the results, so that it is loaded later

        cls.refuse_unless_importer(by)
        refuse_unless_laboratory(sender)
        taken = cls(
            file_name=UNSTORABLE.sub("\ufffd", name.strip())[:LONGEST_FILE_NAME] or "without a name",
            sender=sender,
            uploaded_by=by,
            uploaded_at=timezone.now(),
            decimal_comma=decimal_comma,
        )
        try:
            stage(taken, file)
        except ValidationError as error:
            raise ValidationError({"file": error.messages}) from None
        return taken

    @staticmethod
    def refuse_unless_importer(user: User) -> None:
        if not user.is_administrator:
            raise NotAllowed("Files of results are imported by administrators.")

    @transaction.atomic
    def start(self, *, by: User, in_worker: bool = True) -> None:
        """What is ready is recorded by a worker, one result after another; without `in_worker`, by the caller.

        Raises NotAllowed, IllegalStep, ValidationError.
        """
        self._look_again(by)
        if self.state != self.State.PREVIEW:
            raise IllegalStep(f"This import is {self.get_state_display().lower()} already.")
        refuse_unless_laboratory(self.sender)
        self.state, self.started_by, self.started_at = self.State.RUNNING, by, timezone.now()
        self.save(update_fields=["state", "started_by", "started_at"])
        if in_worker:
            self._hand_to_worker()

    @transaction.atomic
    def go_on(self, *, by: User) -> None:
        """For one that has stopped moving: another worker takes it up. Whatever was recorded is not recorded again."""
        self._look_again(by)
        if self.state != self.State.RUNNING:
            raise IllegalStep("This import is not running.")
        self._hand_to_worker()

    @transaction.atomic
    def discard(self, *, by: User) -> None:
        """Nothing of it was recorded, and what was kept of the file is forgotten. Raises NotAllowed, IllegalStep."""
        self._look_again(by)
        if self.state != self.State.PREVIEW:
            raise IllegalStep("Only an import that was not started can be discarded.")
        self.items.all().delete()
        self.state = self.State.DISCARDED
        self.save(update_fields=["state"])

    @transaction.atomic
    def finish_if_done(self) -> bool:
        """Whether nothing is left to record."""
        if self.items.filter(state=CsvImportItem.State.READY).exists():
            return False
        running = CsvImport.objects.filter(pk=self.pk, state=self.State.RUNNING)
        running.update(state=self.State.DONE, finished_at=timezone.now())
        self.refresh_from_db()
        return True

    def _hand_to_worker(self) -> None:
        from labs.tasks import run_import  # which runs what this module keeps, so that it is loaded later

        run_import.defer(import_id=str(self.pk))

    def _look_again(self, by: User) -> None:
        self.refuse_unless_importer(by)
        self.state = CsvImport.objects.select_for_update(of=("self",)).get(pk=self.pk).state


def refuse_unless_laboratory(sender: User) -> None:
    if not (sender.is_laboratory and sender.is_active):
        raise ValidationError({"sender": "Choose the active account of a laboratory: the message ids are its own."})
