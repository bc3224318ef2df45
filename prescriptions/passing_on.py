"""A question for a refill that nobody who was asked can answer any more goes to somebody who can."""

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.leaving import LeftBehind
from accounts.models import User
from notifications.channels import administrator_channels, doctor_channel
from notifications.dispatch import covering, notify
from notifications.events import PrescriptionStatusChanged
from prescriptions.models import RefillRequest
from prescriptions.statuses import Refill


def to_pass_on(at_most: int) -> list[RefillRequest]:
    """Of whom nobody was told yet, and those for which somebody covers by now; the longest waiting first."""
    stranded = RefillRequest.objects.stranded().with_all()
    doctors = stranded.filter(passed_on_at__isnull=False).order_by().values_list("prescription__doctor_id", flat=True)
    is_new = Q(passed_on_at=None) | Q(prescription__doctor__in=list(covering(doctors.distinct())))
    return list(stranded.filter(is_new)[:at_most])


def pass_on(request: RefillRequest) -> bool:
    """To whoever covers the prescriber now and can answer; else to the administrators, who are told once.

    False where there is nothing left to do. Any number may run: the prescription's row lets one of them act.
    """
    prescription = request.prescription
    with prescription.locked():
        stranded = RefillRequest.objects.stranded().filter(pk=request.pk).first()
        if stranded is None:
            return False
        covers = prescription.covers_who_can_answer()
        if covers:
            stranded.covers.add(*covers)
            _tell(stranded, [doctor_channel(doctor.pk) for doctor in covers])
            return True
        if stranded.passed_on_at:
            return False
        stranded.passed_on_at = timezone.now()
        stranded.save(update_fields=["passed_on_at"])
        _tell(stranded, administrator_channels(but=prescription.patient_id))
        return True


def left_behind(user: User) -> LeftBehind | None:
    """For whoever deactivates a doctor."""
    count = RefillRequest.objects.stranded().filter(prescription__doctor=user.pk).count()
    if not count:
        return None
    refills = "1 refill that was asked of them waits" if count == 1 else f"{count} refills that were asked of them wait"
    return LeftBehind(f"{refills} for an answer, by whoever covers them or by an administrator.", reverse("home"))


def _tell(request: RefillRequest, channels: list[str]) -> None:
    prescription = request.prescription
    event = PrescriptionStatusChanged(
        prescription_id=prescription.pk,
        patient_name=prescription.patient.full_name,
        medication=prescription.medication,
        new_status=prescription.state.on_the_wire,
        refill=Refill.REQUESTED.on_the_wire,
    )
    notify([(channel, event) for channel in channels], link=prescription.get_absolute_url())
