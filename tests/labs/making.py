from accounts.models import Patient
from labs.models import LabOrder, LabResult
from tests.appointments.making import requested

POTASSIUM = {"Potassium": {"value": "7.1", "unit": "mmol/L", "low": "3.5", "high": "5.1"}}
UNCLASSIFIED = {"Potassium": {"value": "5.0 (repeated)", "unit": "mmol/L"}}
NORMAL = {"Potassium": {"value": "4.1", "unit": "mmol/L"}}


def recorded(cast, patient=None, doctor=None, *, critical=False, by=None, test_type="BMP", result_data=None):
    """A result that the administrator recorded: that needs no earlier tie between doctor and patient.

    Without values of its own it is critical, or it cannot be classified.
    """
    return LabResult.record(
        by=by or cast.admin,
        patient=patient or cast.bob,
        doctor=doctor or cast.smith,
        test_type=test_type,
        result_data=result_data or (POTASSIUM if critical else UNCLASSIFIED),
        critical=critical,
    )


def classified(result, *, normal=True):
    """As the catalogue would have classified it: every value normal, or one that is not."""
    LabResult.objects.filter(pk=result.pk).update(all_normal=normal, abnormal=not normal)
    result.refresh_from_db()
    return result


def ordered(cast, patient=None, doctor=None, **changes):
    """An order of Dr. Smith's for Alice, who has an appointment with them."""
    patient, doctor = patient or cast.alice, doctor or cast.smith
    if not Patient.objects.visible_to(doctor.user).filter(pk=patient.pk).exists():
        requested(cast, patient=patient, doctor=doctor)
    asked = {"test_type": "BMP", "reason": "Tired for weeks", **changes}
    return LabOrder.place(by=doctor.user, patient=patient, **asked)
