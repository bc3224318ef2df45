"""One writer at a time for what is checked together: a patient's prescriptions and allergies."""

from uuid import UUID

from accounts.models import Patient


def lock_patient(patient_id: UUID) -> None:
    """Until the commit: two prescriptions, or one and an allergy, written at once see each other.

    Before any stream is locked, as everywhere, or two transactions end in a deadlock.
    """
    Patient.objects.select_for_update(no_key=True, of=("self",)).get(pk=patient_id)
