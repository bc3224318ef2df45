"""That a patient sees results of a kind after the doctor has commented: their choice, and what waits because of it.

models.py makes both known to Django.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.facts import Fact
from accounts.models import Patient, User
from accounts.refusals import NotAllowed
from labs.life import lock_versions
from labs.release_categories import CATEGORIES, categories_of

if TYPE_CHECKING:
    from labs.models import LabResult


class ReleaseChoiceQuerySet(QuerySet[Any]):
    def waiting(self, patient_id: UUID) -> Self:
        """What the patient wants to see after the doctor's comment only."""
        return self.filter(patient=patient_id, after_comment=True)


class ReleaseChoice(models.Model):
    """What a patient chose for one category. Without a row it is "at once"."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="release_choices")
    category = models.CharField(max_length=20)
    after_comment = models.BooleanField()
    changed_at = models.DateTimeField()

    objects = ReleaseChoiceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["patient", "category"], name="one_release_choice_per_category"),
            models.CheckConstraint(condition=Q(category__in=CATEGORIES), name="release_choice_category_in_set"),
        ]

    def __str__(self) -> str:
        return f"{self.patient_id} {self.category}"


class ResultWaitQuerySet(QuerySet[Any]):
    def open(self) -> Self:
        return self.filter(ended_at=None)


class ResultWait(Fact):
    """That a result, in all its versions, waits for the doctor: begins when it is recorded, ends once."""

    class End(models.TextChoices):
        REVIEWED = "reviewed", "The doctor has looked at it"
        ASKED = "asked", "The patient asked to see it"
        CHOICE = "choice", "The patient chose to see its category at once"

    original = models.OneToOneField(
        "labs.LabResult", on_delete=models.PROTECT, primary_key=True, related_name="release_wait"
    )
    categories = models.JSONField(help_text="Those of its values for which the patient had chosen to wait.")
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    end = models.CharField(max_length=10, choices=End, blank=True)

    objects = ResultWaitQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None, end="")
                | Q(ended_at__isnull=False, ended_by__isnull=False, end__in=["reviewed", "asked", "choice"]),
                name="result_wait_ended_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.original_id} {', '.join(self.categories)}"

    def finish(self, end: "ResultWait.End", *, by: User) -> None:
        """Under the lock of its result."""
        self.end, self.ended_at, self.ended_by = end, timezone.now(), by
        self.save(update_fields=["end", "ended_at", "ended_by"])


def begin_wait(result: "LabResult") -> None:
    """Once its values are indexed, before anybody is told. The choices stay locked until the commit: one that is
    changed meanwhile finds this result, or is found by it.
    """
    if result.supersedes_id or result.patient_id == result.doctor_id:
        return
    chosen = ReleaseChoice.objects.waiting(result.patient_id).select_for_update(no_key=True).order_by("pk")
    waiting = {choice.category for choice in chosen}
    if not waiting:
        return
    its = categories_of(result.index.values_list("analyte__category", flat=True))
    if waiting & its:
        ResultWait(original=result, categories=sorted(waiting & its), since=result.created_at).save(force_insert=True)


def finish_wait(result: "LabResult", end: ResultWait.End, *, by: User) -> bool:
    """False where it does not wait. Under the lock of the result."""
    wait = ResultWait.objects.open().filter(pk=result.first_id).first()
    if wait:
        wait.finish(end, by=by)
    return wait is not None


@transaction.atomic
def choose_release(patient: Patient, after_comment: Iterable[str], *, by: User, now: datetime | None = None) -> None:
    """From now on: these categories after the doctor's comment, all others at once. What waits for none of them any
    more is shown now; what the patient can see already stays.

    Raises NotAllowed for anybody but the patient, ValidationError for a category that is none.
    """
    if by.pk != patient.pk or not by.is_active:
        raise NotAllowed("When a patient sees results, only the patient chooses.")
    wanted = set(after_comment)
    if unknown := sorted(wanted - set(CATEGORIES)):
        raise ValidationError(
            {"after_comment": f"{unknown[0][:40]} is no category. Choose of {', '.join(CATEGORIES)}."}
        )
    _keep_choices(patient, wanted, now or timezone.now())
    waits = ResultWait.objects.open().filter(original__patient=patient)
    over = [wait.pk for wait in waits if not wanted & set(wait.categories)]
    lock_versions(*over)
    for wait in ResultWait.objects.open().filter(pk__in=over):
        wait.finish(ResultWait.End.CHOICE, by=by)


def _keep_choices(patient: Patient, wanted: set[str], now: datetime) -> None:
    """A row for every category, locked in one order before it is looked at."""
    fresh = [ReleaseChoice(patient=patient, category=name, after_comment=False, changed_at=now) for name in CATEGORIES]
    ReleaseChoice.objects.bulk_create(fresh, ignore_conflicts=True)
    rows = ReleaseChoice.objects.filter(patient=patient).select_for_update(no_key=True).order_by("pk")
    changed = [row for row in rows if row.after_comment != (row.category in wanted)]
    for row in changed:
        row.after_comment, row.changed_at = row.category in wanted, now
    ReleaseChoice.objects.bulk_update(changed, ["after_comment", "changed_at"])
