from datetime import datetime, timedelta
from typing import Any, Self

from django.db.models import BooleanField, Case, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import Doctor, Patient, User
from appointments.statuses import Status
from notifications.dispatch import covered_by


class AppointmentQuerySet(QuerySet[Any]):
    """`update()` and `bulk_create()` tell nobody and leave no history: change appointments through their verbs."""

    def visible_to(self, user: User) -> Self:
        return self.filter(patient__in=Patient.objects.visible_to(user))

    def with_people(self) -> Self:
        return self.select_related("patient__user", "doctor__user", "kind")

    def of_doctor(self, doctor: Doctor) -> Self:
        return self.filter(doctor=doctor)

    def waiting_for(self, doctor: Doctor) -> Self:
        """Requests without an answer, the doctor's own and those that have come to them for another.

        Each has `came_back`: whether it waits too long. Those stand first, then what waits the longest.
        """
        from appointments.returns import RequestReturn

        came = Q(pk__in=RequestReturn.objects.standing().filter(to=doctor.pk).values("appointment"))
        late = Case(When(came, then=Value(True)), default=Value(False), output_field=BooleanField())
        waiting = self.filter(Q(doctor=doctor) | came, status=Status.REQUESTED).annotate(came_back=late)
        return waiting.order_by("-came_back", "asked_at", "id")

    def waiting_too_long(self) -> Self:
        """Requests that have come back, whomever to."""
        from appointments.returns import RequestReturn

        return self.filter(pk__in=RequestReturn.objects.standing().values("appointment"))

    def without_doctor(self) -> Self:
        """Confirmed and still to come, with a doctor who no longer works here; the first to come on top."""
        coming = self.filter(status=Status.CONFIRMED, scheduled_time__gt=timezone.now())
        return coming.filter(doctor__user__is_active=False).order_by("scheduled_time", "id")

    def asking_who_has_left(self) -> Self:
        """Requests without an answer to a doctor who no longer works here."""
        return self.filter(status=Status.REQUESTED, doctor__user__is_active=False)

    def without_doctor_for(self, user: User) -> Self:
        """Those for which this person is to find another: an administrator for all, a doctor where they cover."""
        if user.is_administrator:
            return self.without_doctor()
        return self.without_doctor().filter(doctor__in=covered_by(user.pk))

    def today_of(self, doctor: Doctor) -> Self:
        """The doctor's day in the clinic's time zone, in its order; what was only asked for is not in it."""
        start = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
        day = Q(scheduled_time__gte=start, scheduled_time__lt=_next_midnight(start))
        return self.of_doctor(doctor).filter(day).order_by("scheduled_time", "id")

    def upcoming_for(self, patient: Patient) -> Self:
        """What lies ahead or is going on, the nearest first; a request counts by the time it asks for."""
        recent = timezone.now() - timedelta(hours=1)
        ahead = Q(status=Status.CONFIRMED, scheduled_time__gte=recent)
        asked = Q(status=Status.REQUESTED, requested_time__gte=recent)
        return self.filter(Q(patient=patient) & (Q(status=Status.IN_PROGRESS) | ahead | asked)).by_time()

    def with_time(self) -> Self:
        """`at`: when it is, or is wished to be."""
        return self.annotate(at=Coalesce("scheduled_time", "requested_time"))

    def by_time(self) -> Self:
        return self.with_time().order_by("at", "id")

    def newest_first(self) -> Self:
        return self.by_time().reverse()

    def coming(self) -> Self:
        return self.by_time().filter(at__gte=timezone.now())

    def past(self) -> Self:
        return self.newest_first().filter(at__lt=timezone.now())

    def between(self, earliest: datetime | None, latest: datetime | None) -> Self:
        """From `earliest` on and before `latest`, where they are given."""
        found = self.with_time()
        found = found.filter(at__gte=earliest) if earliest else found
        return found.filter(at__lt=latest) if latest else found

    def search(self, words: str) -> Self:
        """Patients by name, record number or birth date."""
        return self.filter(patient__in=Patient.objects.search(words)) if words.strip() else self


def _next_midnight(midnight: datetime) -> datetime:
    """Tomorrow's, by the clinic's clock: a day may have 23 or 25 hours."""
    tomorrow = midnight.replace(tzinfo=None) + timedelta(days=1)
    return timezone.make_aware(tomorrow)
