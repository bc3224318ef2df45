"""When a doctor can be visited, and how long a visit takes. models.py makes it known to Django.

What is free is computed from these rows whenever somebody asks (`slots.py`), never stored.
"""

from datetime import date, datetime, time
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from accounts.fields import no_control_characters, sane_date
from accounts.models import Doctor

MIDNIGHT = time(0)


class VisitKind(models.Model):
    """What one comes for, with the time that it takes; the buffer after it is the doctor's alone."""

    code = models.SlugField(max_length=40, unique=True, help_text="As programs name it: follow-up.")
    name = models.CharField(max_length=80, validators=[no_control_characters])
    minutes = models.PositiveSmallIntegerField(help_text="How long the visit is.")
    buffer_minutes = models.PositiveSmallIntegerField(default=0, help_text="Kept free for the doctor afterwards.")
    is_default = models.BooleanField(default=False, help_text="What is meant where none is named.")
    is_active = models.BooleanField(default=True, help_text="Untick to offer it no longer.")

    class Meta:
        ordering = ["-is_default", "name"]
        constraints = [
            models.CheckConstraint(condition=Q(minutes__gte=5, minutes__lte=480), name="visit_kind_takes_a_while"),
            models.CheckConstraint(condition=Q(buffer_minutes__lte=240), name="visit_kind_buffer_is_sane"),
            models.CheckConstraint(condition=~Q(code="") & ~Q(name=""), name="visit_kind_has_a_name"),
            models.CheckConstraint(
                condition=Q(is_active=True) | Q(is_default=False), name="visit_kind_default_is_active"
            ),
            models.UniqueConstraint(fields=["is_default"], condition=Q(is_default=True), name="visit_kind_one_default"),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.minutes} min"

    def clean(self) -> None:
        super().clean()
        if self.minutes is not None and not 5 <= self.minutes <= 480:
            raise ValidationError({"minutes": "Give 5 to 480 minutes."})
        if self.buffer_minutes is not None and self.buffer_minutes > 240:
            raise ValidationError({"buffer_minutes": "Give 240 minutes at most."})
        if self.is_default and not self.is_active:
            raise ValidationError({"is_default": "The default kind is offered to everyone, so it is active."})
        if self.is_default and VisitKind.objects.filter(is_default=True).exclude(pk=self.pk).exists():
            raise ValidationError({"is_default": "Another kind is the default. Untick that one first."})

    @classmethod
    def default(cls) -> "VisitKind":
        """Of a clinic that has named none, a consultation of half an hour."""
        standard = {"name": "Consultation", "minutes": 30, "is_default": True}
        return (
            cls.objects.filter(is_default=True).first()
            or cls.objects.get_or_create(code="consultation", defaults=standard)[0]
        )


class AvailabilityRuleQuerySet(QuerySet[Any]):
    def touching(self, first: date, last: date, kind: VisitKind) -> Self:
        """Those that hold on a day from `first` to `last`, for visits of the kind."""
        ongoing = Q(effective_until=None) | Q(effective_until__gte=first)
        return self.filter(ongoing, Q(kind=None) | Q(kind=kind), effective_from__lte=last)


class AvailabilityRule(models.Model):
    """Every week on this day, from then to then by the clinic's clock."""

    class Weekday(models.IntegerChoices):
        MONDAY = 0, "Monday"
        TUESDAY = 1, "Tuesday"
        WEDNESDAY = 2, "Wednesday"
        THURSDAY = 3, "Thursday"
        FRIDAY = 4, "Friday"
        SATURDAY = 5, "Saturday"
        SUNDAY = 6, "Sunday"

    doctor = models.ForeignKey(Doctor, on_delete=models.CASCADE, related_name="availability")
    weekday = models.PositiveSmallIntegerField(choices=Weekday)
    begins = models.TimeField("from")
    ends = models.TimeField("to", help_text="00:00 is the midnight at the end of the day.")
    kind = models.ForeignKey(
        VisitKind, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="Empty: for any visit."
    )
    effective_from = models.DateField(default=timezone.localdate)
    effective_until = models.DateField(null=True, blank=True, help_text="The last day; empty: until further notice.")

    objects = AvailabilityRuleQuerySet.as_manager()

    class Meta:
        ordering = ["doctor", "weekday", "begins"]
        constraints = [
            models.CheckConstraint(condition=Q(weekday__lte=6), name="availability_on_a_weekday"),
            models.CheckConstraint(
                condition=Q(ends=MIDNIGHT) | Q(ends__gt=F("begins")), name="availability_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(effective_until=None) | Q(effective_until__gte=F("effective_from")),
                name="availability_lasts_a_day",
            ),
        ]
        indexes = [models.Index(fields=["doctor", "effective_from"], name="availability_of_doctor")]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()}, {self.begins:%H:%M} to {self.ends:%H:%M}"

    def clean(self) -> None:
        super().clean()
        if self.begins is not None and self.ends is not None and self.ends != MIDNIGHT and self.ends <= self.begins:
            raise ValidationError({"ends": "It ends before it begins. Write 00:00 for midnight."})
        _refuse_odd_days(effective_from=self.effective_from, effective_until=self.effective_until)
        if self.effective_from and self.effective_until and self.effective_until < self.effective_from:
            raise ValidationError({"effective_until": "The last day is before the first."})

    def holds_on(self, day: date) -> bool:
        started = self.effective_from <= day
        return (
            day.weekday() == self.weekday and started and (self.effective_until is None or day <= self.effective_until)
        )


class AbsenceQuerySet(QuerySet[Any]):
    def touching(self, doctor: Doctor, begins: datetime, ends: datetime) -> Self:
        return self.filter(Q(doctor=None) | Q(doctor=doctor), begins__lt=ends, ends__gt=begins)

    def delete(self) -> tuple[int, dict[str, int]]:
        """Who waits for time of the doctor's is offered what becomes free."""
        from appointments.freed_times import note_present_again

        with transaction.atomic():
            taken_back = list(self)
            done = super().delete()
            note_present_again(taken_back)
        return done


class Absence(models.Model):
    """When a doctor, or everyone, is not there after all: a holiday, a leave."""

    doctor = models.ForeignKey(
        Doctor, on_delete=models.CASCADE, null=True, blank=True, related_name="absences", help_text="Empty: everyone."
    )
    begins = models.DateTimeField("from")
    ends = models.DateTimeField("to")
    reason = models.CharField(max_length=200, blank=True, validators=[no_control_characters])

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        ordering = ["begins"]
        constraints = [
            models.CheckConstraint(condition=Q(ends__gt=F("begins")), name="absence_ends_after_it_begins"),
        ]
        indexes = [models.Index(fields=["doctor", "begins", "ends"], name="absence_of_doctor")]

    def __str__(self) -> str:
        return f"{self.doctor or 'Everyone'}, from {timezone.localtime(self.begins):%-d %b %Y, %H:%M}"

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> None:
        """What it no longer covers is offered, as with one that is deleted."""
        from appointments.freed_times import note_present_again

        as_it_was = list(Absence.objects.filter(pk=self.pk)) if self.pk else []
        super().save(*args, **kwargs)
        note_present_again(as_it_was)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        return Absence.objects.filter(pk=self.pk).delete()

    def clean(self) -> None:
        super().clean()
        _refuse_odd_days(begins=self.begins, ends=self.ends)
        if self.begins and self.ends and self.ends <= self.begins:
            raise ValidationError({"ends": "It ends before it begins."})


def _refuse_odd_days(**days: date | None) -> None:
    for field, day in days.items():
        if day is not None:
            try:
                sane_date(day)
            except ValidationError as error:
                raise ValidationError({field: error.messages}) from None
