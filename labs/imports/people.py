"""Whom the messages of a file are about, looked up for many at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from accounts.fields import parse_uuid
from accounts.models import Doctor, Patient, User
from labs.imports.lines import Problem
from labs.imports.said import Said
from labs.models import LabOrder, LabResult

LONGEST_NUMBER = 9


@dataclass
class Named:
    """Whoever was found; `problems` says who was not."""

    patient: Patient | None = None
    doctor: Doctor | None = None
    problems: list[Problem] = field(default_factory=list)


class Directory:
    """The patients, doctors, orders and earlier results that some messages name: six queries, however many."""

    def __init__(self, all_said: Sequence[Said], sender: User) -> None:
        patients = {said.patient for said in all_said}
        doctors = {said.doctor for said in all_said}
        numbers = {number for written in patients if (number := _record_number(written)) is not None}
        with_user = Patient.objects.select_related("user")
        self._patients: dict[UUID | int | None, Patient] = dict(with_user.in_bulk(_ids(patients)))
        self._patients |= {patient.record_number: patient for patient in with_user.filter(record_number__in=numbers)}
        doctor_with_user = Doctor.objects.select_related("user")
        self._doctors: dict[UUID | str, Doctor] = dict(doctor_with_user.in_bulk(_ids(doctors)))
        licensed = doctor_with_user.filter(license_number__in=doctors)
        self._doctors |= {doctor.license_number: doctor for doctor in licensed}
        self._orders = LabOrder.objects.in_bulk([said.order_id for said in all_said if said.order_id])
        known = LabResult.objects.of_messages(sender, [said.message_id for said in all_said])
        self.results: dict[str, LabResult] = {result.message_id: result for result in known}

    def look_up(self, said: Said, line: int) -> Named:
        named = Named()
        if said.patient:
            self._find_patient(named, said, line)
        if said.doctor:
            self._find_doctor(named, said, line)
        if said.order_id and named.patient:
            order = self._orders.get(said.order_id)
            if order is None or order.patient_id != named.patient.pk:
                named.problems.append(Problem(line, "order", "There is no such order of this patient."))
        return named

    def _find_patient(self, named: Named, said: Said, line: int) -> None:
        """A record number alone could be a slip that hits somebody else: the birth date must go with it."""
        identity = parse_uuid(said.patient)
        found = self._patients.get(identity or _record_number(said.patient))
        blamed = {problem.field for problem in said.problems}
        if found is None:
            named.problems.append(Problem(line, "patient", "There is no patient of this record number or id here."))
        elif "birth_date" in blamed:
            return
        elif said.birth_date is None and identity is None:
            text = "Beside a record number the birth date must stand: one slip would hit another patient."
            named.problems.append(Problem(line, "birth_date", text))
        elif said.birth_date not in (None, found.date_of_birth):
            named.problems.append(Problem(line, "birth_date", "The patient of this number was born on another day."))
        else:
            named.patient = found

    def _find_doctor(self, named: Named, said: Said, line: int) -> None:
        found = self._doctors.get(parse_uuid(said.doctor) or said.doctor)
        if found is None:
            text = "There is no doctor of this licence number or id here."
            named.problems.append(Problem(line, "doctor", text))
        elif not found.user.is_active and said.message_id not in self.results:
            text = "This doctor no longer works here; a result needs one who answers."
            named.problems.append(Problem(line, "doctor", text))
        else:
            named.doctor = found


def _ids(written: set[str]) -> list[UUID]:
    return [found for text in written if (found := parse_uuid(text))]


def _record_number(written: str) -> int | None:
    digits = written.replace("-", "")
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) <= LONGEST_NUMBER else None
