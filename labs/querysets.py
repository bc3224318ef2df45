from typing import Any, Self

from django.db.models import Q, QuerySet

from accounts.models import Doctor, Patient, User


class LabResultQuerySet(QuerySet[Any]):
    """`bulk_create()` and `update()` tell nobody: use the verbs."""

    def visible_to(self, user: User) -> Self:
        return self.filter(patient__in=Patient.objects.visible_to(user))

    def with_people(self) -> Self:
        return self.select_related("patient__user", "doctor__user", "review__by")

    def reviewed(self) -> Self:
        return self.filter(review__isnull=False)

    def to_review_by(self, doctor: Doctor) -> Self:
        """What the doctor ordered and has not looked at: critical first, then the oldest."""
        waiting = self.filter(doctor=doctor, review__isnull=True)
        return waiting.order_by("-critical", "created_at", "id")

    def search(self, words: str) -> Self:
        """By test, or by patient: name, record number, birth date."""
        words = words.replace("\x00", " ").strip()
        if not words:
            return self
        return self.filter(Q(test_type__icontains=words) | Q(patient__in=Patient.objects.search(words)))
