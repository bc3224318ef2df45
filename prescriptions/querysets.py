from typing import Any, Self
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import Patient, User
from prescriptions.check_readers import about_oneself
from prescriptions.statuses import CURRENT, OVER, Status


class PrescriptionQuerySet(QuerySet[Any]):
    """`bulk_create()` tells nobody: issue prescriptions through `Prescription.issue`."""

    def visible_to(self, user: User) -> Self:
        return self.filter(patient__in=Patient.objects.visible_to(user))

    def with_people(self) -> Self:
        return self.select_related("patient__user", "doctor__user")

    def with_life(self) -> Self:
        """With its history, its open requests as `waiting`, and what renews it."""
        requests = self.model.refill_requests.rel.related_model.objects
        waiting = Prefetch("refill_requests", requests.open().marking_stranded(), "waiting")
        return self.prefetch_related("renewals", "history__by", waiting)

    def marking_overridden(self, user: User) -> Self:
        """Each with `is_overridden`: an alert was overridden when it was issued, for who may read that."""
        from prescriptions.recorded_checks import ShownAlert

        overridden = ShownAlert.objects.filter(
            recorded_check__prescription=OuterRef("pk"), outcome=ShownAlert.Outcome.OVERRIDDEN
        )
        own = about_oneself(user, patient="recorded_check__patient", prescriber="recorded_check__by")
        return self.annotate(is_overridden=Exists(overridden.exclude(own)))

    def with_check(self) -> Self:
        return self.select_related("recorded_check").prefetch_related("recorded_check__alerts")

    def active(self) -> Self:
        """To be taken now. Like the others here it is true of the moment, whether or not the clock's scan has run."""
        return self.current().filter(status=Status.ACTIVE)

    def on_hold(self) -> Self:
        return self.current().filter(status=Status.ON_HOLD)

    def current(self) -> Self:
        """In use or on hold: what a check must know of."""
        return self.filter(status__in=CURRENT, expires_at__gt=timezone.now())

    def seen_as_cover(self, doctor_id: UUID) -> Self:
        """What a re-check told the doctor of as cover: as long as it is taken, and for good where they took a step."""
        theirs = self.filter(alerted_covers=doctor_id)
        return theirs.filter(Q(pk__in=theirs.current()) | Q(history__by=doctor_id))

    def ended(self) -> Self:
        return self.filter(Q(status__in=OVER) | Q(expires_at__lte=timezone.now()))

    def due_to_expire(self) -> Self:
        """By the database's clock, the longest due first."""
        return self.filter(status__in=CURRENT, expires_at__lte=Now()).order_by("expires_at", "id")

    def search(self, words: str) -> Self:
        """By medication, or by patient: name, record number, birth date."""
        words = words.replace("\x00", " ").strip()
        if not words:
            return self
        return self.filter(Q(medication__icontains=words) | Q(patient__in=Patient.objects.search(words)))
