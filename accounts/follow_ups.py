"""What a doctor means to look at again, and when: the part that is alike in every domain."""

import uuid
from typing import Any, Self
from uuid import UUID

from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.facts import Fact
from accounts.models import Doctor, Patient, User
from accounts.refusals import IllegalStep, NotAllowed


class FollowUpQuerySet(QuerySet[Any]):
    """`update()` and `bulk_create()` tell nobody: use the verbs."""

    def visible_to(self, user: User) -> Self:
        """The doctor's own; an administrator's all but those about them: what a doctor means to do with them is not the
        patient's to read.
        """
        if user.is_administrator:
            return self.exclude(Q(patient=user.pk) & ~Q(doctor=user.pk))
        return self.filter(doctor=user.doctor_or_none) if user.doctor_or_none else self.none()

    def open(self) -> Self:
        return self.filter(done_at=None).order_by("due", "id")

    def due_for(self, doctor: Doctor) -> Self:
        """Those whose day has come by the clinic's clock, the longest waiting first."""
        return self.open().filter(doctor=doctor, due__lte=timezone.localdate())


class FollowUp(Fact):
    """ "Will monitor": comes back to the doctor's worklist on its day, and stays there until it is done.

    A domain adds `doctor`, and what is followed up.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    due = models.DateField(help_text="A day by the clinic's clock.")
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    doctor: Any
    doctor_id: UUID

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.patient.full_name}, {self.due:%-d %b %Y}"

    @transaction.atomic
    def done(self, *, by: User) -> None:
        """The doctor has looked again. Raises NotAllowed for anybody else, IllegalStep for a second time."""
        if by.pk != self.doctor_id:
            raise NotAllowed(f"{self.doctor.full_display_name} follows this up.")
        rows = type(self)._default_manager.select_for_update(no_key=True)
        self.done_at = rows.get(pk=self.pk).done_at
        if self.done_at is not None:
            raise IllegalStep("This follow-up is done already.", code="already_done")
        self.done_at, self.done_by = timezone.now(), by
        self.save(update_fields=["done_at", "done_by"])


def done_by_somebody(name: str) -> models.CheckConstraint:
    """When and by whom stand together, or neither."""
    return models.CheckConstraint(
        condition=Q(done_at=None, done_by=None) | Q(done_at__isnull=False, done_by__isnull=False), name=name
    )
