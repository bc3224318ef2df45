"""Who has seen a result: the people that its correction must reach. models.py makes the facts known to Django."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from notifications.dispatch import reached_by

if TYPE_CHECKING:
    from labs.models import LabResult

ALERT = "lab_result"


class LabResultView(models.Model):
    """That a person saw values of a result: opened its page, fetched it by itself, or read a page about its patient.

    A row of the clinic's lists does not count: whoever passes twenty of them has not read twenty results.
    """

    result = models.ForeignKey("labs.LabResult", on_delete=models.PROTECT, related_name="views")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    first_at = models.DateTimeField()
    opened_at = models.DateTimeField(
        null=True, blank=True, help_text="The whole result; empty where it was in passing."
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(opened_at=None) | Q(opened_at__gte=F("first_at")), name="lab_result_opened_once_seen"
            ),
            models.UniqueConstraint(fields=["user", "result"], name="lab_result_first_view_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.result_id}"


def keep_view(result: "LabResult", *, by: User) -> None:
    """It was opened. The first time counts; two tabs at once are no error."""
    now = timezone.now()
    seen = LabResultView(result=result, user=by, first_at=now, opened_at=now)
    LabResultView.objects.bulk_create([seen], ignore_conflicts=True)
    LabResultView.objects.filter(result=result, user=by, opened_at=None).update(opened_at=now)


def keep_glimpses(result_ids: Iterable[UUID], *, by: User) -> None:
    """Values of them stood on a page about their patient. One statement, and none where there were none."""
    now = timezone.now()
    seen = [LabResultView(result_id=pk, user=by, first_at=now) for pk in set(result_ids)]
    LabResultView.objects.bulk_create(seen, ignore_conflicts=True)


def when_opened(result: "LabResult", *, by: UUID) -> datetime | None:
    """When the person first opened this very version."""
    seen = LabResultView.objects.filter(result=result, user=by).first()
    return seen.opened_at if seen else None


def everyone_who_saw_before(result: "LabResult") -> set[UUID]:
    """Ids of the people who saw, reviewed or were alerted to any version that `result` supersedes."""
    versions = type(result).objects.versions_of(result.first_id).exclude(pk=result.pk)
    ids = list(versions.values_list("pk", flat=True))
    viewers = LabResultView.objects.filter(result__in=ids).values_list("user_id", flat=True)
    reviewers = versions.filter(review__isnull=False).values_list("review__by_id", flat=True)
    return {*viewers, *reviewers, *reached_by(ALERT, ids)}
