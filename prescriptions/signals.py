"""Who is told when a prescription is issued, and what becomes of it."""

from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver
from django.urls import reverse

from notifications.channels import doctor_channel, patient_channel
from notifications.dispatch import hold, notify, refresh, refresh_administrators
from notifications.events import NewPrescription, PrescriptionStatusChanged
from prescriptions.models import Allergy, AllergyEnd, Prescription, PrescriptionStatusChange, RuleSet
from prescriptions.statuses import Refill, Status
from prescriptions.tasks import ask_for_recheck, recheck_patient

TOPIC = "prescriptions"
ALLERGIES_TOPIC = "allergies"


@receiver(post_save, sender=Prescription)
def tell_patient(instance: Prescription, created: bool, raw: bool = False, **kwargs: Any) -> None:
    if raw or not created:
        return
    event = NewPrescription(
        prescription_id=instance.pk, medication=instance.medication, doctor_name=instance.doctor.display_name
    )
    notify([(patient_channel(instance.patient_id), event)], link=instance.get_absolute_url())


@receiver(post_save, sender=Allergy)
@receiver(post_save, sender=AllergyEnd)
def refresh_allergies(instance: Allergy | AllergyEnd, raw: bool = False, **kwargs: Any) -> None:
    if not raw:
        allergy = instance if isinstance(instance, Allergy) else instance.allergy
        refresh([allergy.patient_id], ALLERGIES_TOPIC)
        recheck_patient.defer(patient_id=str(allergy.patient_id))


@receiver(post_save, sender=RuleSet)
def recheck_after_change(instance: RuleSet, created: bool, raw: bool = False, **kwargs: Any) -> None:
    if created and not raw:
        ask_for_recheck(instance)


@receiver(post_save, sender=PrescriptionStatusChange)
def tell_of_step(instance: PrescriptionStatusChange, raw: bool = False, **kwargs: Any) -> None:
    if raw:
        return
    prescription = instance.prescription
    event = PrescriptionStatusChanged(
        prescription_id=prescription.pk,
        patient_name=prescription.patient.full_name,
        medication=prescription.medication,
        new_status=Status(instance.to_status).on_the_wire,
        refill=Refill(instance.refill).on_the_wire,
    )
    channels = [patient_channel(prescription.patient_id), doctor_channel(prescription.doctor_id)]
    asked = prescription.refill_requests.first()  # the newest
    covers = list(asked.covers.exclude(pk=prescription.doctor_id).values_list("pk", flat=True)) if asked else []
    covering = [doctor_channel(pk) for pk in covers]
    if instance.refill == Refill.REQUESTED:
        channels += covering
    elif instance.refill == Refill.WITHDRAWN and covering:
        hold([*channels, *covering])
        # They were told of the question; of the patient they see nothing from now on, so it leads to their worklist.
        notify([(channel, event) for channel in covering], link=reverse("home"))
    else:
        refresh(covers, TOPIC)
    if asked and asked.passed_on_at:
        refresh_administrators(TOPIC)
    notify([(channel, event) for channel in channels], link=prescription.get_absolute_url())
