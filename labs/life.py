"""From preliminary to final, and what happens when a result was wrong.

A row never changes: a later one supersedes it, keeps it readable, and needs a review of its own.
"""

from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import Patient, User
from accounts.refusals import IllegalStep, NotAllowed
from labs.entries import read_entries
from labs.statuses import ResultStatus

if TYPE_CHECKING:
    from labs.models import LabResult

FROM = {
    ResultStatus.FINAL: (ResultStatus.PRELIMINARY,),
    ResultStatus.CORRECTED: (ResultStatus.FINAL, ResultStatus.CORRECTED),
    ResultStatus.CANCELLED: (ResultStatus.PRELIMINARY, ResultStatus.FINAL, ResultStatus.CORRECTED),
}
VERBS = {ResultStatus.FINAL: "made final", ResultStatus.CORRECTED: "corrected", ResultStatus.CANCELLED: "cancelled"}
HINTS = {
    ResultStatus.PRELIMINARY: "Make it final, with other values if need be.",
    ResultStatus.CANCELLED: "Record a new result.",
}

LIFE_RULES = {
    "lab_result_status_in_set": Q(status__in=ResultStatus.values),
    "lab_result_supersedes_from_its_original": Q(supersedes=None, original=None)
    | Q(supersedes__isnull=False, original__isnull=False),
    "lab_result_preliminary_is_first": ~Q(status=ResultStatus.PRELIMINARY) | Q(supersedes=None),
    "lab_result_changed_for_a_reason": Q(status__in=[ResultStatus.PRELIMINARY, ResultStatus.FINAL], status_reason="")
    | (Q(status__in=[ResultStatus.CORRECTED, ResultStatus.CANCELLED], supersedes__isnull=False) & ~Q(status_reason="")),
    "lab_result_cancelled_says_nothing": ~Q(status=ResultStatus.CANCELLED)
    | Q(critical=False, abnormal=False, all_normal=False),
    "lab_result_abnormal_or_all_normal": ~Q(abnormal=True, all_normal=True),
    "lab_result_sender_said_critical": ~Q(sent_critical=True, critical=False),
}
"""Name of a database constraint -> what it demands of every row."""


@transaction.atomic
def supersede(
    old: "LabResult",
    status: ResultStatus,
    *,
    by: User,
    result_data: object = None,
    critical: bool | None = None,
    reason: str = "",
    decimal_comma: bool = False,
) -> "LabResult":
    """Put a new row in the place of `old`, with its values and its sender's `critical` where none are given.

    That a correction says nothing of critical must not silence an alarm, so it stays as its sender said before.
    Raises NotAllowed, IllegalStep, and ValidationError by field for values that cannot be.
    """
    refuse_unless_amender(old, by)
    refuse_unless_current(old)
    if old.status not in FROM[status]:
        raise IllegalStep(_why_not(ResultStatus(old.status), status))
    new = type(old)(
        patient=old.patient,
        doctor=old.doctor,
        test_type=old.test_type,
        entries=old.entries if result_data is None else read_entries(result_data, decimal_comma=decimal_comma),
        sent_critical=status != ResultStatus.CANCELLED and (old.sent_critical if critical is None else critical),
        recorded_by=by,
        created_at=timezone.now(),
        status=status,
        status_reason=reason,
        order_id=old.order_id,
        supersedes=old,
        original_id=old.first_id,
    )
    return new.put_on_record()


def lock_versions(*first_ids: UUID) -> None:
    """Until the commit, all versions of these results, named by their first. Whatever changes the state of a result, or
    what its patient may see of it, comes by here before it looks."""
    from labs.models import LabResult  # which uses this file, so that it is loaded later

    rows = LabResult.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=first_ids)
    list(rows.order_by("pk").values_list("pk"))


def refuse_unless_current(result: "LabResult") -> None:
    """Lock its versions until the commit and look again. Raises IllegalStep where a newer one has taken its place."""
    lock_versions(result.first_id)
    newer = type(result).objects.filter(supersedes=result.pk).first()
    if newer:
        now = VERBS[ResultStatus(newer.status)]
        raise IllegalStep(f"This result was {now} meanwhile. Open the newer one and go on there.", code="superseded")


def refuse_unless_amender(result: "LabResult", user: User) -> None:
    """Who may record it may correct it; a laboratory what it recorded itself. Raises NotAllowed."""
    if not may_be_amended_by(result, user):
        raise NotAllowed("A result is changed by a doctor who treats the patient, an administrator, or its laboratory.")


def may_be_amended_by(result: "LabResult", user: User) -> bool:
    if user.is_laboratory:
        return user.is_active and result.recorded_by_id == user.pk
    if not (user.is_administrator or user.doctor_or_none):
        return False
    return user.pk != result.patient_id and Patient.objects.visible_to(user).filter(pk=result.patient_id).exists()


def _why_not(status: ResultStatus, to: ResultStatus) -> str:
    hint = HINTS.get(status, "Correct it, or cancel it.")
    return f"This result is {status.label.lower()}, so it cannot be {VERBS[to]}. {hint}"
