from datetime import datetime
from typing import Any, Self

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import Patient, User


class WaitingEntryQuerySet(QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        return self.filter(patient__in=Patient.objects.visible_to(user))

    def with_people(self) -> Self:
        return self.select_related("patient__user", "doctor__user", "kind", "appointment")

    def open(self) -> Self:
        return self.filter(ended_at=None)

    def in_order(self) -> Self:
        """Who came first is asked first."""
        return self.order_by("joined_at", "pk")

    def with_place(self) -> Self:
        """`place` of open ones on their doctor's list: 1 is asked first."""
        sooner = Q(joined_at__lt=OuterRef("joined_at")) | Q(joined_at=OuterRef("joined_at"), pk__lt=OuterRef("pk"))
        before = self.model._default_manager.filter(sooner, doctor=OuterRef("doctor"), ended_at=None).order_by()
        count = before.values("doctor").annotate(count=Count("pk")).values("count")
        return self.annotate(place=Coalesce(Subquery(count), Value(0)) + 1)

    def with_asked(self) -> Self:
        """`asked`: the offer that waits for their answer, in a list."""
        from appointments.slot_offers import SlotOffer

        return self.prefetch_related(Prefetch("offers", queryset=SlotOffer.objects.open(), to_attr="asked"))

    def past_their_time(self, now: datetime) -> Self:
        """Open ones for which nothing earlier can come any more, also because their doctor has left."""
        late = Q(appointment__scheduled_time__lte=now) | Q(
            appointment__scheduled_time=None, appointment__requested_time__lte=now
        )
        left = Q(doctor__user__is_active=False)
        return self.open().filter(late | left | Q(until_day__lt=timezone.localdate(now)))
