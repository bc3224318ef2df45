"""No page and no answer lets a patient see what is not released; the pages about it say so in plain words."""

from datetime import timedelta

import pytest
from django.utils import timezone

from labs.models import LabOrder, LabResult, ResultHold
from labs.seen import LabResultView
from tests.appointments.making import requested
from tests.labs.making import recorded
from tests.labs.releasing import WHY, chose, clock, hold, waiting

pytestmark = pytest.mark.django_db
EARLY, HELD, NEXT, BESIDE = "5.13", "5.77", "4.09", "141.7"


def mmol(value):
    return {"Potassium": {"value": value, "unit": "mmol/L"}}


@pytest.fixture
def story(cast):
    """A result of an order, corrected once, and one after it that is compared with it."""
    requested(cast, patient=cast.bob)
    order = LabOrder.place(by=cast.smith.user, patient=cast.bob, test_type="BMP", reason="Tired for weeks")
    first = LabResult.record(
        by=cast.admin, patient=cast.bob, doctor=cast.smith, test_type="BMP", result_data=mmol(EARLY), order=order
    )
    newest = first.correct(by=cast.admin, reason="Haemolysed sample", result_data={**mmol(HELD), "Sodium": BESIDE})
    return order, first, newest


def everywhere(cast, story):
    order, first, newest = story
    after = recorded(cast, result_data=mmol(NEXT))
    return [
        "/",
        "/partials/home/results/",
        "/lab-results/",
        "/lab-results/partials/list/",
        *(
            f"{result.get_absolute_url()}{more}"
            for result in (first, newest, after)
            for more in ("", "partial/", "?print")
        ),
        order.get_absolute_url(),
        f"{order.get_absolute_url()}partial/",
        f"/lab-results/trends/{cast.bob.pk}/",
        f"/lab-results/trends/{cast.bob.pk}/partial/",
        f"/lab-results/trends/{cast.bob.pk}/2823-3/",
        f"/lab-results/trends/{cast.bob.pk}/2823-3/partial/",
        f"/lab-results/trends/{cast.bob.pk}/2823-3/?print",
        "/notifications/",
    ]


API = ["/api/v1/lab-results", "/api/v1/lab-results/withheld", "/api/v1/notifications", "/api/v1/lab-orders"]


def where_it_stands(cast, paths, signed_in, api):
    page, program = signed_in(cast.bob), api(cast.bob)
    read = {path: page.get(path, follow=True) for path in paths} | {path: program.get(path) for path in API}
    values = (EARLY, HELD, BESIDE)
    return {path for path, answer in read.items() if any(value in answer.content.decode() for value in values)}


def test_what_is_held_stands_nowhere_and_once_released_where_it_stood_before(cast, story, signed_in, api):
    paths = everywhere(cast, story)
    hold(story[2])
    assert where_it_stands(cast, paths, signed_in, api) == set()
    story[2].lift_hold(by=cast.smith.user, reason="We have spoken")
    found = where_it_stands(cast, paths, signed_in, api)
    silent = {"/notifications/", "/api/v1/notifications", "/api/v1/lab-orders", "/api/v1/lab-results/withheld"}
    assert {path for path in [*paths, *API] if path not in found} - silent == set()


def test_an_open_page_of_a_trend_lets_go_of_a_value_that_is_held(cast, signed_in):
    result, path = recorded(cast, result_data=mmol(HELD)), f"/lab-results/trends/{cast.bob.pk}/2823-3/partial/"
    patient = signed_in(cast.bob)
    assert HELD in patient.get(path).content.decode()
    hold(result)
    answer = patient.get(path)
    assert (answer.status_code, HELD in answer.content.decode()) == (200, False)
    assert signed_in(cast.charlie).get(path).status_code == 404


def test_trying_to_see_it_leaves_no_trace_of_having_seen_it(cast, story, signed_in, api):
    newest = story[2]
    hold(newest)
    signed_in(cast.bob).get(newest.get_absolute_url())
    api(cast.bob).get(f"/api/v1/lab-results/{newest.pk}")
    assert not LabResultView.objects.filter(user=cast.bob.user).exists()


@pytest.mark.parametrize("role", ["administrator", "doctor"])
def test_the_administration_and_a_chart_of_ones_own_show_it_no_sooner(cast, signed_in, role):
    user = cast.bob.user
    result = recorded(cast, result_data=mmol(HELD))
    if role == "administrator":
        user.is_staff = True
        user.save()
        paths = ["/admin/labs/labresult/", f"/admin/labs/labresult/{result.pk}/change/"]
    else:
        from accounts.models import Doctor

        Doctor.objects.create(user=user, specialization="Radiology", license_number="L-77")
        paths = []
    hold(result)
    page = signed_in(user)
    for path in [*paths, f"/patients/{user.pk}/", "/lab-results/", result.get_absolute_url()]:
        assert HELD not in page.get(path, follow=True).content.decode(), path
    assert page.get("/admin/labs/resulthold/").content.decode().count(WHY) == 0


def test_every_other_reader_goes_on_seeing_it(cast, story, signed_in):
    hold(story[2])
    for who in (cast.smith, cast.admin):
        assert HELD in signed_in(who).get(story[2].get_absolute_url()).content.decode()


# --- what the patient reads -------------------------------------------------------------------------


def read(client, path):
    return " ".join(client.get(path, follow=True).content.decode().split())


def test_the_patient_reads_that_it_is_there_until_when_it_is_held_and_on_which_ground(cast, signed_in):
    result = recorded(cast)
    until = timezone.localtime(hold(result).ends_at)
    patient = signed_in(cast.bob)
    page = read(patient, result.get_absolute_url())
    assert f"You see it on {until:%-d %B %Y at %H:%M}" in page
    assert "could put somebody in danger" in page
    assert "another doctor, who had no part in this" in page
    for path in ("/", "/lab-results/", result.get_absolute_url()):
        assert WHY not in read(patient, path)
    assert all("Here, and not shown yet" in read(patient, path) for path in ("/", "/lab-results/"))


def test_the_order_says_that_its_result_waits(cast, story, signed_in):
    hold(story[2])
    assert "Here, and not shown yet" in read(signed_in(cast.bob), story[0].get_absolute_url())


def test_nobody_else_reads_that_something_waits_for_the_patient(cast, signed_in):
    result = recorded(cast)
    hold(result)
    for who in (cast.smith, cast.admin, cast.charlie):
        assert "not shown yet" not in read(signed_in(who), "/lab-results/")
    assert signed_in(cast.charlie).get(result.get_absolute_url()).status_code == 404


def test_the_patient_asks_for_one_that_waits_and_sees_it(cast, signed_in):
    result, patient = waiting(cast), signed_in(cast.bob)
    assert "Show it to me now" in read(patient, result.get_absolute_url())
    page = patient.post(f"{result.get_absolute_url()}show-now/", follow=True).content.decode()
    assert EARLY in page


def test_asking_for_what_is_held_says_why_not(cast, signed_in):
    result = waiting(cast)
    hold(result)
    page = signed_in(cast.bob).post(f"{result.get_absolute_url()}show-now/", follow=True).content.decode()
    assert "A doctor holds this result back" in page
    assert EARLY not in page


def test_the_patient_chooses_by_category(cast, signed_in):
    patient = signed_in(cast.bob)
    answer = patient.post("/lab-results/choices/", {"after_comment": ["chemistry", "other"]}, follow=True)
    assert answer.content.decode().count("checked") == 2
    assert recorded(cast).release.is_waiting
    assert patient.post("/lab-results/choices/", {"after_comment": ["palmistry"]}).status_code == 400
    patient.post("/lab-results/choices/", {})
    assert LabResult.objects.get().release.is_released


@pytest.mark.parametrize("who, status", [("smith", 403), ("admin", 403), ("bob", 200)])
def test_only_patients_have_something_to_choose(cast, signed_in, who, status):
    assert signed_in(getattr(cast, who)).get("/lab-results/choices/").status_code == status


@pytest.mark.parametrize("who", ["bob", "smith", "admin"])
def test_what_each_state_means_is_there_for_everyone(cast, signed_in, who):
    page = read(signed_in(getattr(cast, who)), "/lab-results/when/")
    for word in ("At once", "Waits for your doctor", "Held back", "Preliminary", "Corrected", "Cancelled", "14 days"):
        assert word in page


def test_the_list_leads_there(cast, signed_in):
    assert "/lab-results/when/" in read(signed_in(cast.bob), "/lab-results/")


# --- what the doctor does ---------------------------------------------------------------------------


def asked(**changes):
    ends = timezone.localtime(timezone.now() + timedelta(days=3))
    return {"basis": "privacy", "reason": WHY, "ends_at": f"{ends:%Y-%m-%dT%H:%M}", **changes}


def test_a_doctor_holds_and_lifts_on_pages(cast, signed_in):
    result, doctor = recorded(cast), signed_in(cast.smith)
    path = result.get_absolute_url()
    assert f"{path}hold/" in read(doctor, path)
    page = doctor.post(f"{path}hold/", asked(), follow=True).content.decode()
    assert all(words in page for words in ("Held. Bob Wilson sees it", "45 CFR 171.202(b)", WHY, f"{path}lift-hold/"))
    page = doctor.post(f"{path}lift-hold/", {"reason": "We have spoken"}, follow=True).content.decode()
    assert "The hold is lifted" in page
    assert ResultHold.objects.get().end == "lifted"


@pytest.mark.parametrize(
    "wrong",
    [{"basis": ""}, {"basis": "distress"}, {"reason": ""}, {"ends_at": "soon"}, {"ends_at": "9999-12-31T23:59"}],
)
def test_what_is_wrong_with_a_hold_is_said_and_nothing_typed_is_lost(cast, signed_in, wrong):
    answer = signed_in(cast.smith).post(f"{recorded(cast).get_absolute_url()}hold/", asked(**wrong))
    assert answer.status_code == 400
    assert "Please look at this again" in answer.content.decode()
    if "reason" not in wrong:
        assert WHY in answer.content.decode()
    assert not ResultHold.objects.exists()


def test_a_hold_on_what_was_opened_is_refused_in_words(cast, signed_in):
    result = recorded(cast)
    signed_in(cast.bob).get(result.get_absolute_url())
    answer = signed_in(cast.smith).post(f"{result.get_absolute_url()}hold/", asked())
    assert "The patient opened this result on" in answer.content.decode()
    page = read(signed_in(cast.smith), result.get_absolute_url())
    assert "cannot be held back any more" in page and "Hold it back" not in page


@pytest.mark.parametrize("verb", ["hold", "lift-hold"])
@pytest.mark.parametrize("who, status", [("bob", {200, 403}), ("charlie", {404}), ("stranger", {404})])
def test_who_may_not_finds_no_form(cast, signed_in, verb, who, status):
    result = recorded(cast)
    answer = signed_in(getattr(cast, who)).get(f"{result.get_absolute_url()}{verb}/")
    assert answer.status_code in status - {200}


def test_the_doctors_page_says_that_the_patient_chose_to_wait(cast, signed_in):
    result = waiting(cast)
    assert "the patient chose to see results of this kind" in read(signed_in(cast.smith), result.get_absolute_url())


# --- auditors ---------------------------------------------------------------------------------------


def test_auditors_list_and_narrow_holds(cast, signed_in):
    over, open_one = recorded(cast), recorded(cast, doctor=cast.brown)
    with clock(days=-3):
        hold(over, days=1, reason="It was about his sister")
    hold(open_one)
    auditor = signed_in(cast.admin)
    both = auditor.get("/admin/labs/resulthold/").content.decode()
    assert WHY in both and "about his sister" in both
    for query in ("open=yes", "basis__exact=life_or_safety&open=yes", f"placed_by__id__exact={cast.brown.pk}"):
        page = auditor.get(f"/admin/labs/resulthold/?{query}").content.decode()
        assert (query, WHY in page, "about his sister" in page) == (query, True, False)
    assert "about his sister" in auditor.get("/admin/labs/resulthold/?open=no").content.decode()
    page = auditor.get(f"/admin/labs/resulthold/{ResultHold.objects.latest('placed_at').pk}/change/").content.decode()
    assert WHY in page and "45 CFR" in page
    assert auditor.post("/admin/labs/resulthold/add/", {}).status_code == 403


def test_choosing_is_for_what_comes_and_the_page_of_what_one_saw_stays(cast, signed_in):
    result = recorded(cast)
    chose(cast.bob, "chemistry")
    assert "Potassium" in read(signed_in(cast.bob), result.get_absolute_url())
