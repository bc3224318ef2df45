"""The small cast that every test plays with. Charlie is the stranger: he must never see anything."""

from datetime import date
from functools import cached_property

from accounts.models import Doctor, Patient, User

PASSWORD = "correct-horse-7"
NOBODYS_ID = "0d9b7c1e-5f3a-4b8e-9c61-7a2f4e8d1b30"
"""An id that nobody and nothing has."""


def make_user(email: str, first: str, last: str, **fields: object) -> User:
    return User.objects.create_user(email, PASSWORD, first_name=first, last_name=last, **fields)


def make_patient(email: str, first: str, last: str, born: date = date(1988, 8, 14)) -> Patient:
    return Patient.objects.create(user=make_user(email, first, last), date_of_birth=born, sex="unknown")


def make_doctor(email: str, first: str, last: str, license_number: str, *, can_prescribe: bool = True) -> Doctor:
    return Doctor.objects.create(
        user=make_user(email, first, last),
        specialization="General practice",
        license_number=license_number,
        can_prescribe=can_prescribe,
    )


class Cast:
    """People come into being when a test first names them."""

    @cached_property
    def alice(self) -> Patient:
        return make_patient("alice@example.com", "Alice", "Johnson")

    @cached_property
    def bob(self) -> Patient:
        return make_patient("bob@example.com", "Bob", "Wilson", date(1961, 5, 3))

    @cached_property
    def charlie(self) -> Patient:
        """The stranger: a patient whom nobody else here treats."""
        return make_patient("charlie@example.com", "Charlie", "Stone", date(1979, 2, 2))

    @cached_property
    def smith(self) -> Doctor:
        return make_doctor("dr.smith@example.com", "Jane", "Smith", "L-1001")

    @cached_property
    def brown(self) -> Doctor:
        """A doctor who, unless a test says otherwise, has nothing to do with Alice."""
        return make_doctor("dr.brown@example.com", "Emily", "Brown", "L-1002")

    @cached_property
    def trainee(self) -> Doctor:
        """May not prescribe."""
        return make_doctor("dr.young@example.com", "Tom", "Young", "L-1003", can_prescribe=False)

    @cached_property
    def stranger(self) -> Doctor:
        """A doctor whom nothing ties to anybody here, in any test."""
        return make_doctor("dr.grey@example.com", "Greta", "Grey", "L-1004")

    @cached_property
    def laboratory(self) -> User:
        """A laboratory's program: it records results and sees nothing."""
        return make_user("lab@example.com", "Central", "Laboratory", is_laboratory=True)

    @cached_property
    def admin(self) -> User:
        return make_user("admin@example.com", "Ada", "Min", is_staff=True)
