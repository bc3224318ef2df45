from collections.abc import Iterable
from typing import Any, Self

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from accounts.models import Doctor, Patient, User
from labs.seen import LabResultView
from labs.statuses import ResultStatus


class LabResultQuerySet(QuerySet[Any]):
    """`bulk_create()` and `update()` tell nobody: use the verbs."""

    def visible_to(self, user: User) -> Self:
        """Those of the patients one sees; and whoever saw a result sees what has superseded it since."""
        if user.is_laboratory or not user.is_active:
            return self.none()
        first = Coalesce("result__original_id", "result_id")
        seen = LabResultView.objects.filter(user=user).values_list(first)
        return self.filter(Q(patient__in=Patient.objects.visible_to(user)) | Q(original__in=seen))

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
