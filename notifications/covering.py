"""Who answers for whom just now, for the domains: the cover as the administration has it."""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from notifications.models import Cover


def covering(doctor_ids: Iterable[UUID]) -> dict[UUID, list[UUID]]:
    """Doctor id -> ids of the active doctors who cover them now; those whom nobody covers are left out."""
    turns = Cover.objects.in_force().filter(doctor__in=set(doctor_ids), covering__user__is_active=True)
    found: dict[UUID, list[UUID]] = defaultdict(list)
    for doctor_id, covering_id in turns.order_by("begins", "pk").values_list("doctor_id", "covering_id"):
        if covering_id not in found[doctor_id]:
            found[doctor_id].append(covering_id)
    return dict(found)


def covered_by(doctor_id: UUID) -> QuerySet[Cover, UUID]:
    """Ids of the doctors whom this one covers now, if active; to be put into a larger question."""
    turns = Cover.objects.in_force().filter(covering=doctor_id, covering__user__is_active=True)
    return turns.order_by().values_list("doctor_id", flat=True)
