"""The form that asks for an appointment: who may ask for whom, and that nothing typed is lost."""

import pytest

from appointments.models import Appointment
from appointments.statuses import Status
from tests.appointments.making import at, requested, words_of
from tests.cast import make_doctor
from tests.choosing import chosen_on

pytestmark = pytest.mark.django_db
LIST = "/appointments/"
NEW = "/appointments/new/wish/"


def asking(cast, **changes):
    return {"doctor": str(cast.smith.pk), "requested_time": at(3), "reason": "Annual checkup", **changes}


def test_a_patient_asks(cast, signed_in):
    client = signed_in(cast.alice)
    assert "Dr. Jane Smith" in (cast.smith and words_of(client.get(NEW)))
    answer = client.post(NEW, asking(cast))
    appointment = Appointment.objects.get()
    assert answer.url == f"{LIST}{appointment.pk}/"
    assert (appointment.patient, appointment.doctor) == (cast.alice, cast.smith)


def test_a_doctor_asks_for_a_follow_up_with_the_patient_of_the_chart_chosen(cast, signed_in):
    requested(cast)
    client = signed_in(cast.smith)
    assert chosen_on(client.get(f"{NEW}?patient={cast.alice.pk}")) == str(cast.alice.pk)
    client.post(NEW, {"patient": str(cast.alice.pk), "requested_time": at(5), "reason": "Again"})
    follow_up = Appointment.objects.get(reason="Again")
    assert (follow_up.doctor, follow_up.status) == (cast.smith, Status.REQUESTED)


def test_an_administrator_asks_for_anyone(cast, signed_in):
    signed_in(cast.admin).post(NEW, asking(cast, patient=str(cast.bob.pk)))
    assert Appointment.objects.get().patient == cast.bob


def test_a_doctor_who_is_also_a_patient_asks_a_colleague_for_themselves(cast, signed_in):
    person = make_doctor("dr.both@example.com", "Pat", "Both", "L-2001").user
    person.patient = type(cast.alice).objects.create(user=person, date_of_birth="1980-01-01", sex="unknown")
    signed_in(person).post(NEW, asking(cast, patient=str(person.pk)))
    appointment = Appointment.objects.get()
    assert (appointment.patient_id, appointment.doctor) == (person.pk, cast.smith)


@pytest.mark.parametrize(
    "field, value",
    [
        ("doctor", ""),
        ("doctor", "x"),
        ("doctor", "\x00"),
        ("doctor", "00000000-0000-0000-0000-000000000000"),
        ("requested_time", ""),
        ("requested_time", "soon"),
        ("requested_time", "2020-01-01T10:00"),
        ("requested_time", "0001-01-01T00:00"),
        ("requested_time", "9999-12-31T23:59"),
        ("reason", ""),
        ("reason", "  \n "),
        ("reason", "x" * 2001),
        ("reason", "a\x00b"),
    ],
)
def test_what_cannot_be_asked_names_its_field_and_keeps_the_rest(cast, signed_in, field, value):
    sent = asking(cast, **{field: value})
    answer = signed_in(cast.alice).post(NEW, sent)
    form = answer.context["form"]
    assert (answer.status_code, set(form.errors)) == (400, {field})
    assert {name: form[name].value() for name in sent} == sent
    assert not Appointment.objects.exists()


def test_an_empty_form_says_what_is_missing(cast, signed_in):
    answer = signed_in(cast.alice).post(NEW, {})
    assert (answer.status_code, set(answer.context["form"].errors)) == (400, {"doctor", "requested_time", "reason"})


@pytest.mark.parametrize("patient", ["x", "%00", "00000000-0000-0000-0000-000000000000"])
def test_a_prefill_that_is_nobody_is_left_out(cast, signed_in, patient):
    answer = signed_in(cast.smith).get(f"{NEW}?patient={patient}")
    assert answer.status_code == 200
    assert chosen_on(answer) is None


def test_somebody_without_a_role_is_told_so(cast, signed_in):
    cast.admin.is_staff = False
    cast.admin.save()
    answer = signed_in(cast.admin).get(NEW)
    assert (answer.status_code, "no role yet" in words_of(answer)) == (403, True)
