"""How often each rule is overridden, and why; and the rows behind it, in the administration."""

import csv
from datetime import timedelta
from io import StringIO

import pytest
from django.utils import timezone

from prescriptions.checking import check
from prescriptions.models import Prescription, RecordedCheck, ShownAlert
from prescriptions.override_report import COLUMNS, override_report
from prescriptions.overriding import Override
from tests.appointments.making import requested, words_of
from tests.prescriptions.answering import ANTICOAGULANT, MAOI, NSAID, SSRI, answers, prescribe, stopped

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rules")]
ADMIN = "/admin/prescriptions"
REPORT = f"{ADMIN}/shownalert/override-rates/"


@pytest.fixture
def story(cast):
    """Warfarin and an NSAID: overridden once after two stops, obeyed once. MAOI and SSRI: obeyed. A moderate one."""
    for patient in (cast.alice, cast.bob):
        requested(cast, patient=patient)
        prescribe(cast.smith, patient, ANTICOAGULANT)
    stopped(cast.smith, cast.alice, NSAID)
    stopped(cast.smith, cast.alice, NSAID)
    prescribe(cast.smith, cast.alice, NSAID, answers(cast.alice, NSAID, "dose_adjusted", ""))
    stopped(cast.smith, cast.bob, NSAID)
    prescribe(cast.smith, cast.bob, MAOI)
    stopped(cast.smith, cast.bob, SSRI)
    prescribe(cast.smith, cast.bob, "lisinopril 10 mg")
    prescribe(cast.smith, cast.bob, "potassium chloride")


def today():
    return timezone.localdate()


def lines(since=None, until=None):
    return {line.rule: line for line in override_report(since or today(), until or today())}


def test_each_question_counts_once_and_the_rate_is_of_those_who_were_stopped(story):
    found = lines()
    warfarin, serotonin, potassium = (
        found[code] for code in ("warfarin-nsaids", "onc-04-ssri-maoi", "ace-inhibitors-potassium")
    )
    assert (warfarin.shown, warfarin.overridden, warfarin.obeyed, warfarin.rate) == (2, 1, 1, 0.5)
    assert (warfarin.percent, warfarin.commonest) == ("50%", ["Dose or timing is adjusted (1)"])
    assert (serotonin.shown, serotonin.obeyed, serotonin.rate, serotonin.commonest) == (1, 1, 0.0, [])
    assert (potassium.shown, potassium.informed, potassium.rate, potassium.percent) == (1, 1, None, "")
    assert next(iter(found)) == "warfarin-nsaids"


def test_who_answers_what_does_not_stop_says_nothing_of_how_many_would(story, cast):
    requested(cast)
    prescribe(cast.smith, cast.alice, "lisinopril 10 mg")
    (alert,) = [one for one in check(["potassium chloride"], cast.alice).alerts if one.severity == "moderate"]
    prescribe(cast.smith, cast.alice, "potassium chloride", [Override(alert.id, "tolerated_before")])
    potassium = lines()["ace-inhibitors-potassium"]
    assert (potassium.shown, potassium.overridden, potassium.informed) == (2, 1, 1)
    assert (potassium.rate, potassium.percent) == (None, "")
    assert potassium.commonest == ["The patient has tolerated this before (1)"]


def test_what_was_seen_beside_the_form_and_never_asked_for_was_heeded(story, cast, signed_in):
    page = signed_in(cast.smith)
    for medication in (SSRI, "fluvoxamine", "fluvoxamine"):  # the first stopped him already
        page.post("/prescriptions/partials/check/", {"patient": str(cast.bob.pk), "medication": medication})
    serotonin = lines()["onc-04-ssri-maoi"]
    assert (serotonin.shown, serotonin.heeded, serotonin.obeyed, serotonin.rate) == (2, 1, 1, 0.0)
    assert "Heeded" in words_of(signed_in(cast.admin).get(REPORT))


def test_alerts_between_what_the_patient_had_already_do_not_count(story):
    assert ShownAlert.objects.filter(is_new=False).exists() is False
    stopped_once = lines()["onc-04-ssri-maoi"].shown
    prescription = Prescription.objects.filter(medication=NSAID).get()
    prescribe(prescription.doctor, prescription.patient, "paracetamol")
    assert ShownAlert.objects.filter(is_new=False).exists()
    assert lines()["warfarin-nsaids"].shown == 2
    assert lines()["onc-04-ssri-maoi"].shown == stopped_once


def test_the_period_takes_both_its_days(story):
    tomorrow, yesterday = today() + timedelta(days=1), today() - timedelta(days=1)
    assert lines(today(), today())
    assert lines(yesterday, tomorrow)
    assert not lines(tomorrow, tomorrow)
    assert not lines(yesterday, yesterday)


def test_it_is_one_query(story, django_assert_num_queries):
    with django_assert_num_queries(1):
        override_report(today(), today())


def test_the_page_and_the_table_say_the_same(story, cast, signed_in):
    admin = signed_in(cast.admin)
    html = words_of(admin.get(REPORT))
    assert "warfarin-nsaids" in html
    assert "50%" in html
    assert "Dose or timing is adjusted (1)" in html
    answer = admin.get(f"{ADMIN}/shownalert/override-rates.csv", {"since": today(), "until": today()})
    assert answer["Content-Type"].startswith("text/csv")
    first, *_ = csv.DictReader(StringIO(answer.content.decode()))
    assert list(first) == COLUMNS
    assert (first["rule"], first["overridden"], first["override_rate"]) == ("warfarin-nsaids", "1", "0.500")
    assert first["reasons"] == "dose_adjusted=1"


def test_an_empty_period_says_so(cast, signed_in):
    assert "No alert was shown" in words_of(signed_in(cast.admin).get(REPORT))


@pytest.mark.parametrize("name", ["override-rates/", "override-rates.csv"])
@pytest.mark.parametrize(
    "query", ["since=x", "since=2026-02-30", "until=9999-12-31", "since=0001-01-01", "since=%00",
              "since=2026-03-02&until=2026-03-01"]
)  # fmt: skip
def test_a_period_that_cannot_be_is_said_to_be(cast, signed_in, name, query):
    answer = signed_in(cast.admin).get(f"{ADMIN}/shownalert/{name}?{query}")
    assert answer.status_code == 400
    assert "Please correct" in words_of(answer)


@pytest.mark.parametrize("who", ["alice", "smith", "charlie"])
@pytest.mark.parametrize("path", ["shownalert/", "recordedcheck/", "prescriptionfollowup/",
                                  "shownalert/override-rates/", "shownalert/override-rates.csv"])  # fmt: skip
def test_the_stranger_sees_none_of_it(cast, signed_in, who, path):
    assert signed_in(getattr(cast, who)).get(f"{ADMIN}/{path}").status_code == 302


@pytest.mark.parametrize("model", ["shownalert", "recordedcheck"])
def test_the_rows_are_searched_and_read_and_never_changed(story, cast, signed_in, model):
    admin = signed_in(cast.admin)
    for query in ("", "?q=warfarin", "?q=%00", "?outcome=stopped"):
        assert admin.get(f"{ADMIN}/{model}/{query}", follow=True).status_code == 200
    row = (ShownAlert if model == "shownalert" else RecordedCheck).objects.first()
    assert admin.get(f"{ADMIN}/{model}/{row.pk}/change/").status_code == 200
    assert admin.post(f"{ADMIN}/{model}/{row.pk}/change/", {}).status_code == 403
    assert admin.post(f"{ADMIN}/{model}/{row.pk}/delete/", {"post": "yes"}).status_code == 403
