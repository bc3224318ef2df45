"""Who has seen a result: the people that its correction must reach. models.py makes the facts known to Django."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models
from django.utils import timezone

from accounts.models import User
from notifications.dispatch import reached_by

if TYPE_CHECKING:
    from labs.models import LabResult

ALERT = "lab_result"


class LabResultView(models.Model):
    """That a person opened the page of a result, or fetched it by itself, and when they first did."""

    result = models.ForeignKey("labs.LabResult", on_delete=models.PROTECT, related_name="views")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    first_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "result"], name="lab_result_first_view_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.result_id}"


def keep_view(result: "LabResult", *, by: User) -> None:
    """The first time counts; one statement, so that two tabs at once are no error."""
    seen = LabResultView(result=result, user=by, first_at=timezone.now())
    LabResultView.objects.bulk_create([seen], ignore_conflicts=True)


def when_seen(result: "LabResult", *, by: UUID) -> datetime | None:
    """When the person first opened this very version."""
    seen = LabResultView.objects.filter(result=result, user=by).first()
    return seen.first_at if seen else None


def everyone_who_saw_before(result: "LabResult") -> set[UUID]:
    """Ids of the people who saw, reviewed or were alerted to any version that `result` supersedes."""
    versions = type(result).objects.versions_of(result.first_id).exclude(pk=result.pk)
    ids = list(versions.values_list("pk", flat=True))
    viewers = LabResultView.objects.filter(result__in=ids).values_list("user_id", flat=True)
    reviewers = versions.filter(review__isnull=False).values_list("review__by_id", flat=True)
    return {*viewers, *reviewers, *reached_by(ALERT, ids)}
