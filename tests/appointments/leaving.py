"""Doctors who no longer work here, and who covers them."""

from datetime import timedelta

from django.utils import timezone

from notifications.models import Cover


def leaves(doctor):
    doctor.user.is_active = False
    doctor.user.save()


def covered(doctor, by):
    now = timezone.now()
    return Cover.objects.create(
        doctor=doctor, covering=by, begins=now - timedelta(hours=1), ends=now + timedelta(days=9)
    )
