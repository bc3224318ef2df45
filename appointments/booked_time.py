"""What occupies a doctor's and a patient's time. models.py makes it known to Django.

One row for each confirmed or running visit, each request for a published slot, each hold. That no two of them overlap
is the database's own rule (BOOKED_ONCE), for the doctor and for the patient; overbooked ones are outside it.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, models, transaction
from django.db.models import F, Q, QuerySet

from accounts.models import Doctor, Patient, User
from accounts.refusals import IllegalStep
from appointments.availability import VisitKind
from appointments.booked_time_querysets import LONGEST, BookedTimeQuerySet

if TYPE_CHECKING:
    from appointments.models import Appointment
    from appointments.slot_offers import SlotOffer

PATIENT_BOOKED_ONCE = "patient_booked_once"
PATIENT_IS_BUSY = "Another appointment of the same patient is at that time. Choose another time."
SLOT_IS_TAKEN = "That time is taken. Choose another one."
BOOKED_ONCE = """
CREATE TYPE uuidrange AS RANGE (subtype = uuid);
ALTER TABLE appointments_bookedtime ADD CONSTRAINT doctor_booked_once EXCLUDE USING gist (
    uuidrange(doctor_id, doctor_id, '[]') WITH &&, tstzrange(begins, blocked_until) WITH &&
) WHERE (NOT overbooked);
ALTER TABLE appointments_bookedtime ADD CONSTRAINT patient_booked_once EXCLUDE USING gist (
    uuidrange(patient_id, patient_id, '[]') WITH &&, tstzrange(begins, ends) WITH &&
) WHERE (NOT overbooked);
"""
"""A range of one id stands for "is the same": equality under gist would need an extension."""


class TimeTaken(IllegalStep):
    """Somebody has that time. `code` is slot_taken, or patient_busy where the patient is elsewhere then."""

    def __init__(self, wanted: "BookedTime", *, patient: bool) -> None:
        self.wanted = wanted
        words, code = (PATIENT_IS_BUSY, "patient_busy") if patient else (SLOT_IS_TAKEN, "slot_taken")
        super().__init__(words, code)

    def more(self) -> dict[str, Any]:
        """`alternatives`: free slots that would do, {start, end} in UTC."""
        from appointments.calendar import alternatives

        wanted = self.wanted
        found = alternatives(wanted.doctor, wanted.patient, wanted.kind, wanted.begins)
        return {"alternatives": [{"start": slot.start, "end": slot.end, "kind": wanted.kind.code} for slot in found]}


class BookedTime(models.Model):
    """That a doctor and a patient have this time: of an appointment, or held for a while."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    doctor = models.ForeignKey(Doctor, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    kind = models.ForeignKey(VisitKind, on_delete=models.PROTECT, related_name="+")
    begins = models.DateTimeField()
    ends = models.DateTimeField()
    blocked_until = models.DateTimeField(help_text="The end with the buffer, which is the doctor's alone.")
    appointment = models.OneToOneField(
        "appointments.Appointment", on_delete=models.PROTECT, null=True, blank=True, related_name="booked"
    )
    held_until = models.DateTimeField(null=True, blank=True, help_text="Of a hold: then it is free again.")
    held_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="Who fills its form."
    )
    offer = models.OneToOneField(
        "appointments.SlotOffer", on_delete=models.PROTECT, null=True, blank=True, related_name="kept"
    )
    overbooked = models.BooleanField(default=False, help_text="Beside another, on purpose.")

    objects = BookedTimeQuerySet.as_manager()

    class Meta:
        ordering = ["begins"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends__gt=F("begins"), blocked_until__gte=F("ends")), name="booked_time_ends_later"
            ),
            models.CheckConstraint(
                condition=Q(blocked_until__lte=F("begins") + LONGEST), name="booked_time_is_not_endless"
            ),
            models.CheckConstraint(
                condition=Q(appointment=None, held_until__isnull=False) | Q(appointment__isnull=False, held_until=None),
                name="booked_time_held_or_of_an_appointment",
            ),
            models.CheckConstraint(
                condition=Q(held_by=None) | Q(held_until__isnull=False), name="booked_time_only_a_hold_has_a_holder"
            ),
            models.UniqueConstraint(fields=["held_by"], name="booked_time_one_hold_a_person"),
            models.CheckConstraint(
                condition=Q(offer=None) | Q(held_until__isnull=False, held_by=None), name="booked_time_offered_is_held"
            ),
        ]
        indexes = [
            models.Index(fields=["doctor", "begins"], name="booked_time_of_doctor"),
            models.Index(fields=["patient", "begins"], name="booked_time_of_patient"),
            models.Index(fields=["held_until"], condition=Q(held_until__isnull=False), name="booked_time_lapses"),
        ]

    def __str__(self) -> str:
        return f"{self.doctor_id}, {self.begins:%Y-%m-%d %H:%M}"

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        return BookedTime.objects.filter(pk=self.pk).delete()


def lock_people(*people: Doctor | Patient | User) -> None:
    """Whoever books any of them waits until this transaction ends. In one order everywhere, so no deadlock."""
    ids = {person.pk for person in people}
    list(User.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk").values_list("pk"))


def occupy(appointment: "Appointment", begins: datetime, *, by: User, overbooked: bool = False) -> BookedTime:
    """The appointment has this time from now on, instead of the one that it had. Call it in a transaction.

    What `by` held of that time makes way for it, and what an offer keeps for the patient, if `by` may answer that.
    Raises TimeTaken, and leaves all as it was.
    """
    from appointments.making_way import make_way

    booked = _spanning(appointment.doctor, appointment.patient, appointment.kind, begins)
    booked.appointment, booked.overbooked = appointment, overbooked
    held = Q(held_by=by, begins__lt=booked.blocked_until, blocked_until__gt=begins)
    with transaction.atomic():
        lock_people(booked.doctor, booked.patient)
        make_way(booked, appointment, by=by)
        return _take(booked, instead_of=BookedTime.objects.filter(Q(appointment=appointment) | held))


def occupy_again(appointment: "Appointment", begins: datetime, *, by: User) -> None:
    """As `occupy`, for what had given its time back: beside whoever has it meanwhile."""
    try:
        occupy(appointment, begins, by=by)
    except TimeTaken:
        occupy(appointment, begins, by=by, overbooked=True)


def hold(
    doctor: Doctor,
    patient: Patient,
    kind: VisitKind,
    begins: datetime,
    *,
    until: datetime,
    held_by: User | None = None,
    offer: "SlotOffer | None" = None,
    instead_of: Iterable[Any] = (),
) -> BookedTime:
    """Nobody else gets the time for a while. Call it in a transaction. Raises TimeTaken.

    Of each person who holds (`held_by`) there is one row at most: their earlier one must be in `instead_of`.
    """
    booked = _spanning(doctor, patient, kind, begins)
    booked.held_until, booked.held_by, booked.offer = until, held_by, offer
    return _take(booked, instead_of=BookedTime.objects.filter(pk__in=[row.pk for row in instead_of]))


def give_back(appointment: "Appointment") -> None:
    BookedTime.objects.filter(appointment=appointment).delete()


def _spanning(doctor: Doctor, patient: Patient, kind: VisitKind, begins: datetime) -> BookedTime:
    ends = begins + timedelta(minutes=kind.minutes)
    blocked = ends + timedelta(minutes=kind.buffer_minutes)
    return BookedTime(doctor=doctor, patient=patient, kind=kind, begins=begins, ends=ends, blocked_until=blocked)


def _take(booked: BookedTime, *, instead_of: "QuerySet[BookedTime]") -> BookedTime:
    lock_people(booked.doctor, booked.patient)
    own = list(instead_of.values_list("pk", flat=True))
    _refuse_if_taken(booked, own)
    BookedTime.objects.filter(pk__in=own).delete()
    try:
        with transaction.atomic():
            booked.save(force_insert=True)
    except IntegrityError as error:  # the database's own word, should anybody have come past the lock
        raise TimeTaken(booked, patient=PATIENT_BOOKED_ONCE in str(error)) from None
    return booked


def _refuse_if_taken(booked: BookedTime, own: list[uuid.UUID]) -> None:
    doctors = BookedTime.objects.of_doctor_between(booked.doctor, booked.begins, booked.blocked_until).exclude(
        pk__in=own
    )
    patients = BookedTime.objects.of_patient_between(booked.patient, booked.begins, booked.ends).exclude(pk__in=own)
    (doctors.lapsed() | patients.lapsed()).delete()
    if booked.overbooked:  # where nobody else is, the database's rule holds for it as for any other
        booked.overbooked = patients.exists() or doctors.exists()
        return
    if patients.exists():
        raise TimeTaken(booked, patient=True)
    if doctors.exists():
        raise TimeTaken(booked, patient=False)
