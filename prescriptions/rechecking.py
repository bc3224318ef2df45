"""What a patient takes is checked again when their allergies or the rules have changed, and who prescribed it is told
of what has become worse. A patient is one transaction, however many there are.
"""

from collections.abc import Iterator, Sequence
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from accounts.models import Patient
from notifications.channels import doctor_channel
from notifications.dispatch import notify
from notifications.events import PrescriptionAlert
from prescriptions.checking import check
from prescriptions.checks import Alert
from prescriptions.known_alerts import KnownAlert, is_worse
from prescriptions.locking import lock_patient
from prescriptions.models import Prescription

PAGE = 200
"""Patients in one job."""


@transaction.atomic
def recheck(patient_id: UUID) -> int:
    """Returns how many alerts are worse than anybody knew. Any number may run: the second finds nothing new."""
    lock_patient(patient_id)
    patient: Patient = Patient.objects.select_related("user").get(pk=patient_id)
    found = check([], patient)
    if found.rule_set is None:  # nothing was found because nothing was asked
        return 0
    known = KnownAlert.objects.severities(patient_id)
    worse = [alert for alert in found.alerts if is_worse(alert, known)]
    KnownAlert.objects.settle(patient_id, found.alerts)
    if worse:
        _tell(patient, worse)
    return len(worse)


def patients_to_recheck(after: UUID | None) -> list[UUID]:
    """A page of those who have something in use or on hold, in the order of their ids."""
    current = Prescription.objects.current().order_by("patient_id")
    if after:
        current = current.filter(patient_id__gt=after)
    return list(current.values_list("patient_id", flat=True).distinct()[:PAGE])


def _tell(patient: Patient, worse: Sequence[Alert]) -> None:
    """Each prescriber once, of the worst that concerns what they prescribed."""
    told = list(_events(patient, worse))
    if told:
        notify(told, link=reverse("prescriptions:of_patient", args=[patient.pk]))


def _events(patient: Patient, worse: Sequence[Alert]) -> Iterator[tuple[str, PrescriptionAlert]]:
    current = Prescription.objects.current().filter(patient=patient).order_by("doctor_id", "-created_at")
    by_doctor: dict[UUID, list[Prescription]] = {}
    for prescription in current:
        by_doctor.setdefault(prescription.doctor_id, []).append(prescription)
    for doctor_id, prescribed in by_doctor.items():
        theirs = [
            (alert, prescription)
            for alert in worse  # worst first, as the check found them
            for prescription in prescribed
            if prescription.medication in alert.medications
        ]
        if theirs:
            alert, prescription = theirs[0]
            event = PrescriptionAlert(
                prescription_id=prescription.pk,
                patient_name=patient.full_name,
                medication=prescription.medication,
                severity=alert.severity,
                alerts=len({one.id for one, _ in theirs}),
            )
            yield doctor_channel(doctor_id), event
