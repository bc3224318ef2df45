"""Prescriptions that alerts speak against, and answers to those alerts."""

from prescriptions.checking import check
from prescriptions.models import Prescription, RecordedCheck, ShownAlert
from prescriptions.overriding import Override, OverrideNeeded, keeping_stops, stops
from tests.prescriptions.test_issue import ORDER

MAOI, SSRI, ANTICOAGULANT, NSAID = "phenelzine 15 mg", "fluoxetine 20 mg", "warfarin 5 mg", "ibuprofen 400 mg"


def prescribe(doctor, patient, medication, overrides=(), **changes):
    """As the pages and the API do it."""
    with keeping_stops():
        return Prescription.issue(
            by=doctor.user, patient=patient, **{**ORDER, "medication": medication, **changes}, overrides=overrides
        )


def stopped(doctor, patient, medication, overrides=()):
    """What is said to who is stopped."""
    try:
        prescribe(doctor, patient, medication, overrides)
    except OverrideNeeded as stop:
        return stop
    raise AssertionError("It was issued.")


def answers(patient, medication, reason="benefit_outweighs", note="Agreed with cardiology", **more):
    """One override for each alert that would stop it."""
    found = check([medication], patient)
    return [Override(alert.id, reason, note, **more) for alert in found.alerts if stops(alert)]


def rows():
    """(medication, severity, outcome) of each alert that was ever shown, in order of time."""
    kept = ShownAlert.objects.select_related("recorded_check").order_by("recorded_check__at", "place")
    return [(row.recorded_check.medication, row.severity, row.outcome) for row in kept]


def recorded(prescription):
    return RecordedCheck.objects.get(prescription=prescription)
