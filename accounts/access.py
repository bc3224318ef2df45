"""Who may see whom. Each domain says what makes a doctor and a patient belong together."""

from collections.abc import Callable
from uuid import UUID

from django.db.models import Q, QuerySet

Ground = Callable[[UUID], QuerySet]
"""doctor id -> a one-column QuerySet of the ids of patients that the doctor may see on this ground."""

_grounds: dict[str, Ground] = {}


def register_ground(name: str, ground: Ground) -> None:
    """Called once from a domain's AppConfig.ready(); a second call with the name replaces the first."""
    _grounds[name] = ground


def patients_seen_by_doctor(doctor_id: UUID) -> Q:
    """A condition on Patient: anything ties the two together."""
    condition = Q(pk__in=[])
    for ground in _grounds.values():
        condition |= Q(pk__in=ground(doctor_id))
    return condition
