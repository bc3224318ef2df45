"""A prescription is issued only after its check, in one transaction, with the patient locked."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from accounts.models import User
from prescriptions.checking import check
from prescriptions.known_alerts import KnownAlert, findings_of
from prescriptions.locking import lock_patient
from prescriptions.overriding import Override, OverrideNeeded, answers_to, unanswered
from prescriptions.recorded_checks import RecordedCheck

if TYPE_CHECKING:
    from prescriptions.models import Prescription


def check_and_keep(prescription: "Prescription", overrides: Sequence[Override], *, by: User) -> RecordedCheck:
    """What is about to be saved, checked beside all that the patient has; kept with the answers.

    Raises OverrideNeeded while an alert that stops it has no answer, ValidationError for an answer that does not fit.
    """
    lock_patient(prescription.patient_id)
    found = check([prescription.medication], prescription.patient)
    answers = answers_to(found, overrides)
    missing = unanswered(found, answers)
    if missing:
        raise OverrideNeeded(prescription, found, missing)
    # Of the others their own prescribers have not heard by this: a re-check tells them.
    theirs = [finding for finding in findings_of(found) if prescription.medication in finding.medications]
    KnownAlert.objects.add(prescription.patient_id, theirs)
    return RecordedCheck.keep_issued(found, prescription, answers, by=by)
