"""What was done about an alert, in its order, and what is known of each who was told: who and when."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from accounts.models import User
from notifications.channels import recipient_of
from notifications.models import Acknowledgement, Alert, AlertStep, LadderStep, Notification


@dataclass(frozen=True)
class Told:
    """One notification of the alert and its reader; a repeat has its own. A time that is None is not yet."""

    user_id: UUID
    name: str
    at: datetime
    delivered_at: datetime | None
    seen_at: datetime | None
    acknowledged_at: datetime | None


def story_of(alert: Alert) -> dict[str, Any]:
    """`told`: one for each notification. `story`: steps, acknowledgements, calls and the end, each `at` its time."""
    acknowledgements = list(alert.acknowledgements.select_related("by"))
    told = _told(alert, acknowledgements)
    steps = list(alert.steps.all())
    story: list[dict[str, Any]] = [
        {"at": step.at, "step": step, "names": _names(steps, place, told)} for place, step in enumerate(steps)
    ]
    story += [{"at": one.at, "acknowledgement": one} for one in acknowledgements]
    story += [{"at": call.at, "call": call} for call in alert.calls.select_related("by")]
    story += [{"at": alert.closed_at, "closing": alert}] if alert.closed_at else []
    return {"told": told, "story": sorted(story, key=lambda event: event["at"])}


def _told(alert: Alert, acknowledgements: list[Acknowledgement]) -> list[Told]:
    rows = list(
        Notification.objects.filter(alert=alert).order_by("created_at", "stream", "seq").prefetch_related("receipts")
    )
    readers = {row.pk: recipient_of(row.stream_id) for row in rows}
    people = User.objects.in_bulk([UUID(reader) for reader in readers.values() if reader])
    return [_one(row, people[UUID(reader)], acknowledgements) for row in rows if (reader := readers[row.pk])]


def _one(row: Notification, user: User, acknowledgements: list[Acknowledgement]) -> Told:
    receipt = next((known for known in row.receipts.all() if known.user_id == user.pk), None)
    answers = [one.at for one in acknowledgements if one.by_id == user.pk and one.at >= row.created_at]
    return Told(
        user_id=user.pk,
        name=user.full_name,
        at=row.created_at,
        delivered_at=receipt.delivered_at if receipt else None,
        seen_at=receipt.seen_at if receipt else None,
        acknowledged_at=min(answers, default=None),
    )


def _names(steps: list[AlertStep], place: int, told: list[Told]) -> list[str]:
    """Whom the step told who had not been told since its ladder began. Empty where that cannot be said for sure."""
    step = steps[place]
    begun = max(one.at for one in steps[: place + 1] if one.audience == LadderStep.Audience.ORDERING)
    end = steps[place + 1].at if place + 1 < len(steps) else None
    earlier = {one.user_id for one in told if begun <= one.at < step.at}
    during = [one for one in told if step.at <= one.at and (end is None or one.at < end)]
    fresh = {one.user_id: one.name for one in during if one.user_id not in earlier}
    return list(fresh.values()) if len(fresh) == step.told else []
