"""Whose open pages show a check that something has just made stale."""

from typing import Any

from django.db.models import Q
from django.db.models.signals import post_save
from django.dispatch import receiver

from accounts.models import User
from notifications.dispatch import refresh
from prescriptions.models import (
    Allergy,
    AllergyEnd,
    Prescription,
    PrescriptionFollowUp,
    PrescriptionStatusChange,
    RuleSet,
)

TOPIC, WORKLIST_TOPIC = "checks", "prescriptions"


@receiver(post_save, sender=Allergy)
@receiver(post_save, sender=AllergyEnd)
@receiver(post_save, sender=Prescription)
@receiver(post_save, sender=PrescriptionStatusChange)
@receiver(post_save, sender=RuleSet)
def refresh_checks(raw: bool = False, **kwargs: Any) -> None:
    """All who may check: whoever of them has such a page open asks anew, by what they may see."""
    if not raw:
        checkers = User.objects.filter(Q(doctor__isnull=False) | Q(is_staff=True), is_active=True)
        refresh(checkers.values_list("pk", flat=True), TOPIC)


@receiver(post_save, sender=PrescriptionFollowUp)
def refresh_worklist(instance: PrescriptionFollowUp, raw: bool = False, **kwargs: Any) -> None:
    if not raw:
        refresh([instance.doctor_id], WORKLIST_TOPIC)
