from datetime import datetime, timedelta
from typing import Any, Self

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import Doctor, Patient, User
from appointments.availability import Absence

LONGEST = timedelta(hours=12)
"""No row is longer, so that what may overlap is found by where it begins."""


class BookedTimeQuerySet(QuerySet[Any]):
    def standing(self) -> Self:
        """Without the holds that have run out."""
        return self.filter(Q(held_until=None) | Q(held_until__gt=timezone.now()))

    def not_kept_for(self, holder: User | None, offered_to: Patient | None) -> Self:
        """Without what would make way for them: what one holds, and what an offer keeps for the other."""
        found = self.exclude(held_by=holder) if holder else self
        if offered_to is None:
            return found
        return found.exclude(offer__entry__patient=offered_to, offer__expires_at__gt=timezone.now())

    def lapsed(self) -> Self:
        return self.filter(held_until__lte=timezone.now())

    def delete(self) -> tuple[int, dict[str, int]]:
        """Who waits for time of the doctor's is offered what becomes free."""
        from appointments.freed_times import note_given_back

        with transaction.atomic():
            note_given_back(self)
            return super().delete()

    def of_doctor_between(self, doctor: Doctor, begins: datetime, ends: datetime) -> Self:
        """Whatever keeps the doctor from something else in that time, the buffers with it."""
        return self.filter(doctor=doctor, begins__gt=begins - LONGEST, begins__lt=ends, blocked_until__gt=begins)

    def of_appointments_across(self, absence: Absence) -> Self:
        """What is still to come of those that their doctor is away from."""
        across = self.filter(begins__lt=absence.ends, ends__gt=max(absence.begins, timezone.now()))
        own = across.filter(appointment__isnull=False)
        return own.filter(doctor=absence.doctor_id) if absence.doctor_id else own

    def of_patient_between(self, patient: Patient, begins: datetime, ends: datetime) -> Self:
        return self.filter(patient=patient, begins__gt=begins - LONGEST, begins__lt=ends, ends__gt=begins)
