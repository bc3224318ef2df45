from collections.abc import Iterable
from typing import Any, Self
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import Doctor, Patient, User
from labs.holds import ResultHold
from labs.seen import LabResultView
from labs.statuses import ResultStatus
from labs.waits import ResultWait

_FIRST = Coalesce(OuterRef("original_id"), OuterRef("pk"))
"""A hold and a wait are of all versions of a result, which its first stands for."""


def _reads_as_patient(user: User) -> Q:
    """`release.reads_as_patient`, asked of the database."""
    return Q(patient=user.pk) & ~Q(doctor=user.pk)


def _withheld() -> Q:
    held = ResultHold.objects.in_force().filter(original_id=_FIRST)
    return Q(Exists(held)) | Q(Exists(ResultWait.objects.open().filter(original_id=_FIRST)))


class LabResultQuerySet(QuerySet[Any]):
    """`bulk_create()` and `update()` tell nobody: use the verbs."""

    def visible_to(self, user: User) -> Self:
        """Those of the patients one sees; and whoever saw a result sees what has superseded it since.

        A patient sees their own once they are released: `ReleasePolicy.shows_to`, asked of the database.
        """
        if user.is_laboratory or not user.is_active:
            return self.none()
        first = Coalesce("result__original_id", "result_id")
        seen = LabResultView.objects.filter(user=user).values_list(first)
        found = self.filter(Q(patient__in=Patient.objects.visible_to(user)) | Q(original__in=seen))
        return found.filter(~_reads_as_patient(user) | ~_withheld())

    def withheld_from(self, user: User) -> Self:
        """A patient's own that they know to be there and do not see yet."""
        if user.is_laboratory or not user.is_active:
            return self.none()
        return self.filter(_reads_as_patient(user), _withheld()).with_release()

    def with_release(self) -> Self:
        """Each with `held_since`, `held_until` and `waits_since`, which a ReleasePolicy is made of. No query more."""
        holds = ResultHold.objects.open().filter(original_id=_FIRST)
        waits = ResultWait.objects.open().filter(original_id=_FIRST)
        return self.annotate(
            held_since=Subquery(holds.values("placed_at")),
            held_until=Subquery(holds.values("ends_at")),
            waits_since=Subquery(waits.values("since")),
        )

    def amendable_by(self, user: User) -> Self:
        """Where corrections are looked for: a laboratory, which sees nothing, has what it recorded itself."""
        return self.filter(recorded_by=user) if user.is_laboratory else self.visible_to(user)

    def of_message(self, sender: User, message_id: str) -> Self:
        """What the sender recorded under an id of its own: one at most, none for an empty id."""
        return self.of_messages(sender, [message_id])

    def of_messages(self, sender: User, message_ids: Iterable[str]) -> Self:
        return self.filter(recorded_by=sender, message_id__in=[name for name in message_ids if name])

    def with_people(self) -> Self:
        return self.select_related(
            "patient__user", "doctor__user", "review__by", "review__follow_up", "supersedes", "superseded_by"
        )

    def current(self) -> Self:
        """The newest version of each."""
        return self.filter(superseded_by__isnull=True)

    def versions_of(self, first_id: UUID) -> Self:
        """All of one result, named by its first."""
        return self.filter(Q(pk=first_id) | Q(original=first_id))

    def in_force(self) -> Self:
        """What can be relied on: the newest version of each, unless that is its cancellation."""
        return self.current().exclude(status=ResultStatus.CANCELLED)

    def reviewed(self) -> Self:
        return self.filter(review__isnull=False)

    def to_review_by(self, doctor: Doctor) -> Self:
        """What the doctor ordered and has not looked at: critical first, then abnormal, then the oldest.

        A cancellation is to be looked at too, unless the doctor cancelled it.
        """
        own = Q(status=ResultStatus.CANCELLED, recorded_by=F("doctor__user"))
        waiting = self.current().filter(doctor=doctor, review__isnull=True).exclude(own)
        return waiting.order_by("-critical", "-abnormal", "created_at", "id")

    def normal_to_sign_by(self, doctor: Doctor) -> Self:
        """Of those, what may be signed without being opened one by one."""
        return self.to_review_by(doctor).filter(all_normal=True, critical=False)

    def search(self, words: str) -> Self:
        """By test, or by patient: name, record number, birth date."""
        words = words.replace("\x00", " ").strip()
        if not words:
            return self
        return self.filter(Q(test_type__icontains=words) | Q(patient__in=Patient.objects.search(words)))
