"""Who is told of an offer, and which pages look again. Decides nothing."""

from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver

from appointments.models import SlotOffer, WaitingEntry
from appointments.signals import TOPIC
from notifications.channels import patient_channel
from notifications.dispatch import notify, refresh
from notifications.events import SlotOffered


@receiver(post_save, sender=SlotOffer)
def tell_of_offer(instance: SlotOffer, created: bool, raw: bool = False, **kwargs: Any) -> None:
    if raw:
        return
    entry = instance.entry
    refresh([entry.patient_id, entry.doctor_id], TOPIC)
    if created:
        event = SlotOffered(
            offer_id=instance.pk,
            doctor_name=entry.doctor.display_name,
            slot_time=instance.begins,
            expires_time=instance.expires_at,
        )
        notify([(patient_channel(entry.patient_id), event)], link=instance.get_absolute_url())


@receiver(post_save, sender=WaitingEntry)
def tell_of_wait_list(instance: WaitingEntry, raw: bool = False, **kwargs: Any) -> None:
    if not raw:
        refresh([instance.patient_id, instance.doctor_id], TOPIC)
