"""Who is told when a prescription is issued."""

from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver

from notifications.channels import patient_channel
from notifications.dispatch import notify
from notifications.events import NewPrescription
from prescriptions.models import Prescription


@receiver(post_save, sender=Prescription)
def tell_patient(instance: Prescription, created: bool, raw: bool = False, **kwargs: Any) -> None:
    if raw or not created:
        return
    event = NewPrescription(
        prescription_id=instance.pk, medication=instance.medication, doctor_name=instance.doctor.display_name
    )
    notify([(patient_channel(instance.patient_id), event)], link=instance.get_absolute_url())
