"""Who is told when a result arrives, when another takes its place, when it has been reviewed, when it is released."""

from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver

from accounts.models import User
from labs.follow_ups import LabFollowUp
from labs.models import LabResult, LabReview, ResultHold, ResultWait
from labs.normality import critical_findings
from labs.orders import LabOrderStep
from labs.seen import ALERT, everyone_who_saw_before
from labs.statuses import ResultStatus
from labs.value_index import keep_index
from labs.waits import begin_wait
from notifications.channels import doctor_channel, patient_channel, personal_channel
from notifications.dispatch import AlertSubject, close_alert, hold, notify, refresh, withdraw_alert
from notifications.events import CriticalLabResult, LabResultAvailable, LabResultSuperseded

TOPIC, ORDERS_TOPIC = "lab_results", "lab_orders"


@receiver(post_save, sender=LabResult)
def index_values(instance: LabResult, created: bool, raw: bool = False, **kwargs: Any) -> None:
    """Before anybody is told: the streams are locked from then on."""
    if created and not raw and instance.status != ResultStatus.CANCELLED:
        keep_index(instance)
        begin_wait(instance)


@receiver(post_save, sender=LabResult)
def tell_of_result(instance: LabResult, created: bool, raw: bool = False, **kwargs: Any) -> None:
    if raw or not created:
        return
    if instance.supersedes:
        _tell_who_saw(instance, instance.supersedes)
    else:
        if instance.critical:  # the doctor's stream before the patient's: one order everywhere, so no deadlock
            _tell_doctor(instance)
        _tell_patient_of_release(instance)
    refresh([instance.doctor_id], TOPIC)


@receiver(post_save, sender=LabReview)
def tell_of_review(instance: LabReview, created: bool, raw: bool = False, **kwargs: Any) -> None:
    if raw or not created:
        return
    close_alert(ALERT, instance.result_id, by=instance.by, action="reviewed")
    _tell_patient_of_release(instance.result)
    refresh([instance.result.doctor_id], TOPIC)


@receiver(post_save, sender=ResultHold)
@receiver(post_save, sender=ResultWait)
def tell_of_release(instance: ResultHold | ResultWait, created: bool, raw: bool = False, **kwargs: Any) -> None:
    """A hold or a wait that ends releases, unless the other is left. Their pages show how it stands in any case."""
    if raw:
        return
    newest = LabResult.objects.versions_of(instance.original_id).current().with_people().get()
    if not created:
        _tell_patient_of_release(newest)
    refresh([newest.doctor_id, newest.patient_id], TOPIC)


@receiver(post_save, sender=LabFollowUp)
def refresh_worklist(instance: LabFollowUp, raw: bool = False, **kwargs: Any) -> None:
    if not raw:
        refresh([instance.doctor_id], TOPIC)


@receiver(post_save, sender=LabOrderStep)
def refresh_orders(instance: LabOrderStep, created: bool, raw: bool = False, **kwargs: Any) -> None:
    if created and not raw:
        refresh([instance.order.doctor_id, instance.order.patient_id], ORDERS_TOPIC)


def _tell_doctor(result: LabResult) -> None:
    subject = AlertSubject(
        kind=ALERT,
        id=result.pk,
        patient_id=result.patient_id,
        doctor_id=result.doctor_id,
        summary=result.alarm_summary,
        findings=critical_findings(result.test_type, result.entries),
        replaces=result.supersedes_id,
    )
    event = CriticalLabResult(result_id=result.pk, patient_name=result.patient.full_name, test_type=result.test_type)
    notify([(doctor_channel(result.doctor_id), event)], link=result.get_absolute_url(), alert=subject)


def _tell_patient_of_release(result: LabResult) -> None:
    """That it can be seen, and whether the doctor has looked at it; nothing before it is settled that it can."""
    if not result.release_policy.is_settled:
        return
    reviewed = result.review_or_none is not None
    event = LabResultAvailable(result_id=result.pk, test_type=result.test_type, reviewed=reviewed)
    notify([(patient_channel(result.patient_id), event)], link=result.get_absolute_url())


def _tell_who_saw(result: LabResult, old: LabResult) -> None:
    """Nobody sees in between, because it is one transaction."""
    channels = _channels_of_who_saw(result)
    hold(channels, patient_id=result.patient_id)
    if result.critical:  # joins the old one's alert before that part is withdrawn, so that its clock goes on
        _tell_doctor(result)
    withdraw_alert(ALERT, old.pk, by=result.recorded_by, action=result.status)
    event = LabResultSuperseded(
        result_id=result.pk, test_type=result.test_type, reviewed=False, corrects=old.pk, status=result.status
    )
    notify([(channel, event) for channel in channels], link=result.get_absolute_url())


def _channels_of_who_saw(result: LabResult) -> list[str]:
    """The ordering doctor's always, the patient's once it is released, and of everyone who saw an earlier version: who
    saw what no longer holds must know, also a patient for whom the newer one is held back.
    """
    saw = everyone_who_saw_before(result)
    to_patient = result.patient_id in saw or result.release_policy.is_settled
    others = saw - {result.doctor_id, result.patient_id}
    people = User.objects.filter(pk__in=others, is_active=True).select_related("doctor", "patient")
    own = {channel for person in people if (channel := personal_channel(person))}
    patients = {patient_channel(result.patient_id)} if to_patient else set()
    return sorted(own | patients | {doctor_channel(result.doctor_id)})
