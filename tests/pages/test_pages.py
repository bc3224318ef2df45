"""Every page for everyone: those concerned get it, the stranger gets 404, nobody gets an error of ours."""

import re
import uuid

import pytest
from django.test import Client

from prescriptions.models import Prescription
from tests.appointments.making import in_days, requested
from tests.cast import NOBODYS_ID
from tests.labs.making import recorded
from tests.prescriptions.test_issue import ORDER

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(cast):
    """Something of everything between Alice and Dr. Smith."""
    appointment = requested(cast)
    prescription = Prescription.issue(by=cast.smith.user, patient=cast.alice, **ORDER)
    result = recorded(cast, patient=cast.alice, critical=True)
    return {"appointments": appointment, "prescriptions": prescription, "lab-results": result}


LISTS = ["/", "/appointments/", "/prescriptions/", "/lab-results/", "/notifications/", "/account/"]
PARTIALS = [
    "/appointments/partials/list/",
    "/prescriptions/partials/list/",
    "/lab-results/partials/list/",
    "/notifications/partials/list/",
    "/notifications/partials/bell/",
    "/notifications/alarms/",
]
DOCTORS_ONLY = ["/patients/", "/lab-results/new/", "/prescriptions/new/"]
HOMES = {
    "smith": ["worklist", "today"],
    "alice": ["next", "results", "medications"],
}
SECRETS = re.compile("Alice|Johnson|Amoxicillin|Potassium|Annual checkup")


@pytest.mark.parametrize("path", [*LISTS, *PARTIALS, "/appointments/new/"])
@pytest.mark.parametrize("who", ["alice", "smith", "admin"])
def test_those_concerned_get_every_list(story, cast, signed_in, who, path):
    assert signed_in(getattr(cast, who)).get(path).status_code == 200


@pytest.mark.parametrize("path", [*LISTS, *PARTIALS])
@pytest.mark.parametrize("stranger", ["charlie", "brown"])
def test_the_stranger_sees_nothing_in_any_list(story, cast, signed_in, stranger, path):
    page = signed_in(getattr(cast, stranger)).get(path)
    assert page.status_code == 200
    assert not SECRETS.search(page.content.decode())


@pytest.mark.parametrize("kind", ["appointments", "prescriptions", "lab-results"])
@pytest.mark.parametrize("who", ["alice", "smith", "admin"])
def test_those_concerned_get_the_thing_itself(story, cast, signed_in, who, kind):
    page = signed_in(getattr(cast, who)).get(f"/{kind}/{story[kind].pk}/")
    assert page.status_code == 200
    assert SECRETS.search(page.content.decode())


@pytest.mark.parametrize("kind", ["appointments", "prescriptions", "lab-results"])
@pytest.mark.parametrize("stranger", ["charlie", "bob", "brown"])
def test_the_stranger_gets_404_for_the_thing_itself(story, cast, signed_in, stranger, kind):
    client, path = signed_in(getattr(cast, stranger)), f"/{kind}/{story[kind].pk}/"
    assert client.get(path).status_code == 404
    assert client.get(f"/{kind}/{uuid.uuid4()}/").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/appointments/{appointments}/partial/",
        "/lab-results/{lab-results}/partial/",
        "/patients/{patient}/",
        "/patients/{patient}/partial/",
    ],
)
@pytest.mark.parametrize("stranger", ["charlie", "brown"])
def test_the_stranger_gets_404_for_every_part(story, cast, signed_in, stranger, path):
    ids = {kind: thing.pk for kind, thing in story.items()} | {"patient": cast.alice.pk}
    assert signed_in(getattr(cast, stranger)).get(path.format(**ids)).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        *(f"/appointments/{{appointments}}/{verb}/" for verb in ("confirm", "start", "complete", "cancel", "no-show")),
        "/lab-results/{lab-results}/review/",
    ],
)
def test_the_stranger_can_do_nothing(story, cast, signed_in, path):
    ids = {kind: thing.pk for kind, thing in story.items()}
    assert signed_in(cast.charlie).post(path.format(**ids)).status_code == 404
    story["appointments"].refresh_from_db()
    assert story["appointments"].status == "requested"


@pytest.mark.parametrize("path", DOCTORS_ONLY)
def test_what_is_a_doctors_is_not_a_patients(cast, signed_in, path):
    assert signed_in(cast.alice).get(path).status_code in (403, 404)
    assert signed_in(cast.smith).get(path).status_code == 200


def test_a_patients_chart_is_for_those_who_treat_them(story, cast, signed_in):
    path = f"/patients/{cast.alice.pk}/"
    page = signed_in(cast.smith).get(path).content.decode()
    assert "Alice Johnson" in page
    assert "born 14 Aug 1988" in page
    assert cast.alice.display_id in page
    assert signed_in(cast.alice).get(path).status_code == 404


def test_the_search_finds_only_those_one_may_see(story, cast, signed_in):
    assert "Alice Johnson" in signed_in(cast.smith).get("/patients/?q=alice").content.decode()
    assert "Alice Johnson" not in signed_in(cast.brown).get("/patients/?q=alice").content.decode()


@pytest.mark.parametrize("who", HOMES)
def test_each_part_of_a_home_can_be_fetched_again(story, cast, signed_in, who):
    for part in HOMES[who]:
        page = signed_in(getattr(cast, who)).get(f"/partials/home/{part}/")
        assert page.status_code == 200
        assert "<html" not in page.content.decode()
    assert signed_in(cast.charlie).get("/partials/home/worklist/").status_code == 404


def test_the_worklist_has_critical_first_then_requests_then_reviews(story, cast, signed_in):
    recorded(cast, patient=cast.alice, test_type="TSH")
    page = signed_in(cast.smith).get("/").content.decode()
    assert page.index("BMP, 1 critical") < page.index("Annual checkup") < page.index("TSH, 1 not classified")


@pytest.mark.parametrize("path", [*LISTS, *PARTIALS, *DOCTORS_ONLY, "/appointments/new/", "/partials/home/next/"])
def test_without_a_sign_in_every_page_leads_to_it(path):
    answer = Client().get(path)
    assert answer.status_code == 302
    assert answer.url.startswith("/account/sign-in/")


def test_somebody_without_a_role_is_told_what_to_do(cast, signed_in):
    from tests.cast import make_user

    nobody = signed_in(make_user("new@example.com", "Nina", "New"))
    assert "not yet" in nobody.get("/").content.decode()
    for path in LISTS:
        assert nobody.get(path).status_code == 200


@pytest.mark.parametrize("query", ["page=0", "page=x", "page=99999999999999999999", "status=%00", "q=%00", "show=x"])
@pytest.mark.parametrize("path", LISTS[1:5])
def test_a_query_of_nonsense_breaks_nothing(story, cast, signed_in, path, query):
    assert signed_in(cast.smith).get(f"{path}?{query}").status_code == 200


@pytest.mark.parametrize("path", LISTS)
def test_pages_say_what_they_may_load(cast, signed_in, path):
    policy = signed_in(cast.alice).get(path)["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


# --- forms ------------------------------------------------------------------------------------------


def test_a_request_with_errors_keeps_what_was_typed_and_names_each_field(cast, signed_in):
    typed = {"doctor": str(cast.smith.pk), "requested_time": "2020-01-01T10:00", "reason": "My knee & my back"}
    page = signed_in(cast.alice).post("/appointments/new/wish/", typed)
    html = page.content.decode()
    assert page.status_code == 400
    assert "This time has passed" in html
    assert "My knee &amp; my back" in html
    assert f'value="{cast.smith.pk}" selected' in html
    assert 'aria-invalid="true"' in html


@pytest.mark.parametrize(
    "field, value",
    [
        ("doctor", NOBODYS_ID),
        ("doctor", "x"),
        ("requested_time", "0001-01-01T00:00"),
        ("requested_time", "9999-12-31T23:59"),
        ("requested_time", "soon"),
        ("reason", "a\x00b"),
        ("reason", "x" * 2001),
        ("reason", ""),
    ],
)
def test_bad_input_on_a_page_is_a_field_error(cast, signed_in, field, value):
    typed = {
        "doctor": str(cast.smith.pk),
        "requested_time": in_days(3).strftime("%Y-%m-%dT%H:%M"),
        "reason": "x",
        field: value,
    }
    page = signed_in(cast.alice).post("/appointments/new/wish/", typed)
    assert page.status_code == 400
    assert f'id="id_{field}-error"' in page.content.decode()


def test_a_refused_step_says_why_on_the_page_and_changes_nothing(story, cast, signed_in):
    appointment = story["appointments"]
    smith, alice = signed_in(cast.smith), signed_in(cast.alice)
    when = in_days(3).strftime("%Y-%m-%dT%H:%M")
    confirm = {"confirm-scheduled_time": when, "confirm-seen": "requested"}
    assert smith.post(f"/appointments/{appointment.pk}/confirm/", confirm).status_code == 302
    late = alice.post(f"/appointments/{appointment.pk}/cancel/", {"cancel-seen": "requested", "cancel-reason": "Ill"})
    assert late.status_code == 409
    assert "Meanwhile Jane Smith has set it to confirmed" in late.content.decode()
    appointment.refresh_from_db()
    assert appointment.status == "confirmed"


def test_a_page_offers_only_the_steps_its_reader_may_take(story, cast, signed_in):
    path = f"/appointments/{story['appointments'].pk}/"
    doctor = signed_in(cast.smith).get(path).content.decode()
    patient = signed_in(cast.alice).get(path).content.decode()
    assert "Confirm the appointment" in doctor
    assert "Confirm the appointment" not in patient
    assert "Cancel the appointment" in patient


def test_a_doctor_prescribes_on_the_page(story, cast, signed_in):
    typed = {**ORDER, "patient": str(cast.alice.pk), "refills_remaining": 1, "notes": ""}
    answer = signed_in(cast.smith).post("/prescriptions/new/", typed)
    assert answer.status_code == 302
    assert Prescription.objects.filter(refills_remaining=1).exists()


def test_a_doctor_who_may_not_prescribe_is_told_so(cast, signed_in):
    page = signed_in(cast.trainee).get("/prescriptions/new/")
    assert page.status_code == 403
    assert "An administrator can change that" in page.content.decode()


def result_form(cast, **changes):
    rows = {"form-TOTAL_FORMS": "8", "form-INITIAL_FORMS": "0"}
    first = {"form-0-name": "Potassium", "form-0-value": "7.1", "form-0-unit": "mmol/L", "form-0-low": "3.5"}
    people = {"patient": str(cast.alice.pk), "doctor": str(cast.smith.pk), "test_type": "BMP", "critical": "on"}
    return {**people, **rows, **first, **changes}


def test_a_doctor_records_a_result_on_the_page(story, cast, signed_in):
    answer = signed_in(cast.smith).post("/lab-results/new/", result_form(cast))
    assert answer.status_code == 302
    page = signed_in(cast.smith).get(answer.url).content.decode()
    assert "7.1" in page
    assert "from 3.5" in page


@pytest.mark.parametrize(
    "changes, said",
    [
        ({"form-0-value": ""}, "needs a name and a value"),
        ({"form-0-name": "", "form-0-value": ""}, "needs a name and a value"),
        ({"form-0-name": "", "form-0-value": "", "form-0-unit": "", "form-0-low": ""}, "at least one value"),
        ({"form-1-name": "Potassium", "form-1-value": "1"}, "same name"),
        ({"form-TOTAL_FORMS": "x"}, "Record a result"),
        ({"test_type": ""}, "required"),
    ],
)
def test_a_result_with_errors_keeps_what_was_typed(story, cast, signed_in, changes, said):
    page = signed_in(cast.smith).post("/lab-results/new/", result_form(cast, **changes))
    assert page.status_code == 400
    assert said in page.content.decode()


def test_the_ordering_doctor_reviews_on_the_page_and_the_patient_reads_it(story, cast, signed_in):
    path = f"/lab-results/{story['lab-results'].pk}/"
    assert "Sign for Alice Johnson" in signed_in(cast.smith).get(path).content.decode()
    assert signed_in(cast.smith).post(f"{path}review/", {"notes": "Come in today"}).status_code == 302
    assert "Come in today" in signed_in(cast.alice).get(path).content.decode()
    again = signed_in(cast.smith).post(f"{path}review/", {"notes": "Stay"})
    assert again.status_code == 409
    assert "reviewed already" in again.content.decode()
