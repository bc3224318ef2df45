"""Who is told when a result arrives, and when it has been reviewed."""

from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver

from labs.models import LabResult, LabReview
from notifications.channels import doctor_channel, patient_channel
from notifications.dispatch import AlertSubject, close_alert, notify, refresh
from notifications.events import CriticalLabResult, LabResultAvailable

TOPIC = "lab_results"
ALERT = "lab_result"


@receiver(post_save, sender=LabResult)
def tell_of_result(instance: LabResult, created: bool, raw: bool = False, **kwargs: Any) -> None:
    if raw or not created:
        return
    if instance.critical:  # the doctor's stream before the patient's: one order everywhere, so no deadlock
        _tell_doctor(instance)
    _tell_patient(instance, reviewed=False)
    refresh([instance.doctor_id], TOPIC)


@receiver(post_save, sender=LabReview)
def tell_of_review(instance: LabReview, created: bool, raw: bool = False, **kwargs: Any) -> None:
    if raw or not created:
        return
    close_alert(ALERT, instance.result_id, by=instance.by, action="reviewed")
    _tell_patient(instance.result, reviewed=True)
    refresh([instance.result.doctor_id], TOPIC)


def _tell_doctor(result: LabResult) -> None:
    subject = AlertSubject(
        kind=ALERT, id=result.pk, patient_id=result.patient_id, doctor_id=result.doctor_id, summary=result.summary
    )
    event = CriticalLabResult(result_id=result.pk, patient_name=result.patient.full_name, test_type=result.test_type)
    notify([(doctor_channel(result.doctor_id), event)], link=result.get_absolute_url(), alert=subject)


def _tell_patient(result: LabResult, *, reviewed: bool) -> None:
    event = LabResultAvailable(result_id=result.pk, test_type=result.test_type, reviewed=reviewed)
    notify([(patient_channel(result.patient_id), event)], link=result.get_absolute_url())
