"""What a patient takes is checked again when their allergies or the rules have changed, and who prescribed it is told
of what has become worse, and of what can no longer be checked. A patient is one transaction, however many there are.
"""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from accounts.models import Patient
from notifications.channels import administrator_channels, doctor_channel
from notifications.dispatch import covering, notify
from notifications.events import PrescriptionAlert
from prescriptions.checking import check
from prescriptions.checks import NOT_CHECKED
from prescriptions.known_alerts import Finding, KnownAlert, findings_of
from prescriptions.locking import lock_patient
from prescriptions.models import Prescription

PAGE = 200
"""Patients in one job."""


@transaction.atomic
def recheck(patient_id: UUID) -> int:
    """Returns how many findings are worse than anybody knew. Any number may run: the second finds nothing new."""
    lock_patient(patient_id)
    patient: Patient = Patient.objects.select_related("user").get(pk=patient_id)
    check_now = check([], patient)
    findings = findings_of(check_now)
    known = KnownAlert.objects.severities(patient_id)
    worse = [finding for finding in findings if finding.is_worse(known)]
    if check_now.rule_set is None:  # nothing was found because nothing was asked: what was known before still stands
        KnownAlert.objects.add(patient_id, findings)
    else:
        KnownAlert.objects.settle(patient_id, findings)
    if worse:
        _tell(patient, worse)
    return len(worse)


def patients_to_recheck(after: UUID | None) -> list[UUID]:
    """A page of those who have something in use or on hold, in the order of their ids."""
    current = Prescription.objects.current().order_by("patient_id")
    if after:
        current = current.filter(patient_id__gt=after)
    return list(current.values_list("patient_id", flat=True).distinct()[:PAGE])


def _tell(patient: Patient, worse: Sequence[Finding]) -> None:
    """Each prescriber once, and whoever covers them now; the administrators where neither is there."""
    told: list[tuple[str, PrescriptionAlert]] = []
    passed_on: list[tuple[Prescription, UUID]] = []
    concerned = _by_prescriber(patient, worse)
    covers = covering(concerned)
    for doctor_id, (prescribed, theirs) in concerned.items():
        event = _event(patient, prescribed, theirs)
        present = [doctor_id] if prescribed[0].doctor.user.is_active else []
        instead = [pk for pk in covers.get(doctor_id, []) if pk != patient.pk]
        passed_on += [(prescription, pk) for prescription in prescribed for pk in instead]
        channels = [doctor_channel(pk) for pk in present + instead] or administrator_channels(but=patient.pk)
        told += [(channel, event) for channel in channels]
    _let_see(passed_on)
    if told:
        notify(told, link=reverse("prescriptions:of_patient", args=[patient.pk]))


def _let_see(passed_on: Sequence[tuple[Prescription, UUID]]) -> None:
    """A cover sees the patient from now on: `PrescriptionQuerySet.seen_as_cover`."""
    row = Prescription.alerted_covers.through
    rows = [row(prescription_id=prescription.pk, doctor_id=pk) for prescription, pk in passed_on]
    row.objects.bulk_create(rows, ignore_conflicts=True)


Concerned = tuple[list[Prescription], list[Finding]]


def _by_prescriber(patient: Patient, worse: Sequence[Finding]) -> dict[UUID, Concerned]:
    """Doctor -> what they prescribed that is concerned, and by what; both the worst first."""
    current = Prescription.objects.current().filter(patient=patient).select_related("doctor__user")
    by_doctor: dict[UUID, list[Prescription]] = {}
    for prescription in current.order_by("doctor_id", "-created_at"):
        by_doctor.setdefault(prescription.doctor_id, []).append(prescription)
    found: dict[UUID, Concerned] = {}
    for doctor_id, prescribed in by_doctor.items():
        pairs = [(one, finding) for finding in worse for one in prescribed if one.medication in finding.medications]
        if pairs:
            prescriptions, findings = zip(*pairs, strict=True)
            found[doctor_id] = list(dict.fromkeys(prescriptions)), list(dict.fromkeys(findings))
    return found


def _event(patient: Patient, prescribed: Sequence[Prescription], theirs: Sequence[Finding]) -> PrescriptionAlert:
    alerts = [finding for finding in theirs if finding.severity != NOT_CHECKED]
    gaps = {finding.said for finding in theirs if finding.severity == NOT_CHECKED}
    return PrescriptionAlert(
        prescription_id=prescribed[0].pk,
        patient_name=patient.full_name,
        medication=prescribed[0].medication,
        severity=alerts[0].severity if alerts else None,
        alerts=len(alerts),
        not_checked=len(gaps),
    )
