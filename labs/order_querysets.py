from typing import Any, Self

from django.db.models import Q, QuerySet

from accounts.models import Patient, User
from labs.statuses import OPEN_ORDERS


class LabOrderQuerySet(QuerySet[Any]):
    """`update()` and `bulk_create()` tell nobody and leave no steps: change orders through their verbs."""

    def visible_to(self, user: User) -> Self:
        """As results are: a patient's own, a doctor's patients', an administrator's all, a laboratory's none."""
        return self.filter(patient__in=Patient.objects.visible_to(user))

    def with_people(self) -> Self:
        return self.select_related("patient__user", "doctor__user")

    def with_steps(self) -> Self:
        return self.prefetch_related("steps__by")

    def open(self) -> Self:
        """Those whose result is still awaited."""
        return self.filter(status__in=OPEN_ORDERS)

    def search(self, words: str) -> Self:
        """By test, or by patient: name, record number, birth date."""
        words = words.replace("\x00", " ").strip()
        if not words:
            return self
        return self.filter(Q(test_type__icontains=words) | Q(patient__in=Patient.objects.search(words)))
