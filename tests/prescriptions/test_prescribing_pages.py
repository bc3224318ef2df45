"""The page on which a doctor prescribes, the check beside it, and where an alert stops it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from prescriptions.models import Allergy, Prescription, PrescriptionFollowUp, RecordedCheck
from tests.appointments.making import requested, words_of
from tests.at_once import at_once
from tests.choosing import chosen_on
from tests.prescriptions.answering import ANTICOAGULANT, MAOI, NSAID, SSRI, prescribe, rows
from tests.prescriptions.test_issue import ORDER

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rules")]
NEW, CHECK, NAMES = "/prescriptions/new/", "/prescriptions/partials/check/", "/prescriptions/partials/drugs/"


@pytest.fixture
def smith(cast):
    requested(cast)
    return cast.smith


@pytest.fixture
def page(smith, signed_in):
    return signed_in(smith)


def filled(cast, medication, **more):
    return {"patient": str(cast.alice.pk), **ORDER, "medication": medication, "refills_remaining": 0, **more}


def answering(page, data, **answer):
    """What the page of the stop would send, each alert answered alike."""
    shown = page.post(NEW, data)
    forms = shown.context["answers"]
    said = {f"{form.prefix}-{name}": value for form in forms for name, value in answer.items()}
    return {**data, "alert": [form.alert.id for form in forms], **said}


def test_what_is_clear_is_issued_at_once(cast, page):
    answer = page.post(NEW, filled(cast, "paracetamol 500 mg"))
    assert answer.url == Prescription.objects.get().get_absolute_url()


def test_the_stop_names_the_patient_says_what_and_why_and_its_first_button_is_the_safe_one(cast, page, smith):
    prescribe(smith, cast.alice, MAOI)
    answer = page.post(NEW, filled(cast, SSRI))
    html = words_of(answer)
    assert answer.status_code == 409
    assert "Not issued: fluoxetine 20 mg" in html
    assert "born 14 Aug 1988" in html
    assert "Serotonin syndrome" in html
    assert "Contraindicated" in html
    assert html.index("Prescribe something else") < html.index("Override this alert")
    assert "checked" not in html[html.index('type="radio"') : html.index("</fieldset>")]
    assert rows() == [(SSRI, "contraindicated", "stopped")]
    assert Prescription.objects.count() == 1


def test_going_back_keeps_what_was_typed_and_issues_nothing(cast, page, smith):
    prescribe(smith, cast.alice, MAOI)
    data = answering(page, filled(cast, SSRI, notes="With food"), reason="other", note="Because")
    answer = page.post(NEW, {**data, "back": "1"})
    html = words_of(answer)
    assert 'value="fluoxetine 20 mg"' in html
    assert "With food" in html
    assert chosen_on(answer) == str(cast.alice.pk)
    assert Prescription.objects.count() == 1


def test_an_answer_issues_it_and_the_override_stays_on_its_page(cast, page, smith, signed_in):
    prescribe(smith, cast.alice, MAOI)
    data = answering(page, filled(cast, SSRI), reason="no_alternative", note="Psychiatry <agrees>")
    answer = page.post(NEW, data, follow=True)
    html = words_of(answer)
    assert answer.status_code == 200
    assert "Overridden:" in html
    assert "There is no suitable alternative" in html
    assert "Psychiatry <agrees>" in html
    assert "Overridden" in words_of(signed_in(cast.admin).get(answer.request["PATH_INFO"]))
    assert "Overridden" not in words_of(signed_in(cast.alice).get(answer.request["PATH_INFO"]))
    assert words_of(page.get("/prescriptions/")).count("Alert overridden") == 1
    assert "Alert overridden" in words_of(page.get(f"/patients/{cast.alice.pk}/"))
    assert "Alert overridden" not in words_of(signed_in(cast.alice).get("/prescriptions/"))


@pytest.mark.parametrize(
    "answer, problem",
    [
        ({}, "Choose a reason"),
        ({"reason": "other"}, "write a note"),
        ({"reason": "because", "note": "x"}, "not one of the available"),
        ({"reason": "other", "note": "x" * 501}, "at most 500"),
        ({"reason": "other", "note": "a\x00"}, "Null characters"),
        ({"reason": "will_monitor", "note": "x", "monitor_until": "2001-01-01"}, "from tomorrow"),
        ({"reason": "will_monitor", "note": "x", "monitor_until": "soon"}, "valid date"),
    ],
)
def test_an_answer_that_does_not_fit_is_kept_and_says_why(cast, page, smith, answer, problem):
    prescribe(smith, cast.alice, MAOI)
    shown = page.post(NEW, answering(page, filled(cast, SSRI), **answer))
    assert shown.status_code == 400
    assert problem in words_of(shown)
    assert Prescription.objects.count() == 1
    assert RecordedCheck.objects.count() == 2


def test_the_same_form_sent_again_leads_to_what_it_was_issued_as(cast, page, smith):
    prescribe(smith, cast.alice, MAOI)
    data = answering(page, filled(cast, SSRI, once="k-1"), reason="no_alternative", note="As agreed")
    first = page.post(NEW, data)
    for again in (data, filled(cast, SSRI, once="k-1")):
        answer = page.post(NEW, again, follow=True)
        assert answer.redirect_chain == [(first.url, 302)]
        assert "and this was issued then" in words_of(answer)
    assert Prescription.objects.filter(medication=SSRI).count() == 1


def test_who_goes_back_and_writes_something_else_prescribes_that(cast, page):
    for medication, dosage in (("paracetamol", "1 g"), ("paracetamol", "500 mg"), ("metformin", "1 g")):
        page.post(NEW, filled(cast, medication, dosage=dosage, once="k-1", duration_days=1))
    assert Prescription.objects.count() == 3


def test_two_forms_that_say_the_same_are_two_and_every_form_has_a_key_of_its_own(cast, page):
    keys = {page.get(NEW).context["form"]["once"].value() for _ in range(2)}
    assert len(keys) == 2
    for key in keys:
        page.post(NEW, filled(cast, "vitamin mixture", once=key))
    assert Prescription.objects.count() == 2


def test_the_key_of_another_person_is_not_mine(cast, page, signed_in):
    requested(cast, doctor=cast.brown)
    page.post(NEW, filled(cast, "vitamin mixture", once="k-1"))
    signed_in(cast.brown).post(NEW, filled(cast, "vitamin mixture", once="k-1"))
    assert {one.doctor for one in Prescription.objects.all()} == {cast.smith, cast.brown}


@pytest.mark.django_db(transaction=True)
def test_of_four_that_are_sent_at_once_one_is_issued(cast, smith, signed_in):
    clients = [signed_in(smith) for _ in range(4)]
    data = filled(cast, "vitamin mixture", once="k-1")
    answered = at_once(*(lambda c=client: c.post(NEW, data) for client in clients))
    assert {answer.url for answer in answered} == {Prescription.objects.get().get_absolute_url()}


def test_what_came_up_meanwhile_asks_again_and_the_first_answer_is_still_there(cast, page, smith):
    prescribe(smith, cast.alice, ANTICOAGULANT)
    data = answering(page, filled(cast, NSAID), reason="benefit_outweighs", note="Short course")
    Allergy.record(by=cast.admin, patient=cast.alice, substance="aspirin")
    shown = page.post(NEW, data)
    html = words_of(shown)
    assert shown.status_code == 409
    assert "The check has changed since you looked" in html
    assert "Short course" in html
    assert "aspirin" in html
    assert Prescription.objects.count() == 1


def test_will_monitor_takes_the_day_from_the_page(cast, page, smith):
    prescribe(smith, cast.alice, ANTICOAGULANT)
    day = timezone.localdate() + timedelta(days=3)
    data = answering(page, filled(cast, NSAID), reason="will_monitor", note="", monitor_until=day.isoformat())
    assert page.post(NEW, data).status_code == 302
    assert PrescriptionFollowUp.objects.get().due == day


def test_the_day_is_left_out_of_every_other_reason(cast, page, smith):
    prescribe(smith, cast.alice, ANTICOAGULANT)
    day = timezone.localdate() + timedelta(days=3)
    data = answering(page, filled(cast, NSAID), reason="dose_adjusted", note="", monitor_until=day.isoformat())
    assert page.post(NEW, data).status_code == 302
    assert not PrescriptionFollowUp.objects.exists()


def test_a_form_with_a_mistake_is_not_a_stop(cast, page, smith):
    prescribe(smith, cast.alice, MAOI)
    assert page.post(NEW, filled(cast, SSRI, duration_days=0)).status_code == 400
    assert page.post(NEW, filled(cast, SSRI, alert=["x"] * 500, patient="x")).status_code == 400
    assert rows() == [(SSRI, "contraindicated", "shown")]


# --- the check beside the form -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "medication, words",
    [
        ("", "Nothing is checked yet"),
        ("paracetamol", "Checked, clear"),
        ("fluoxetine", "Contraindicated"),
        ("Grandmother's drops", "The rule set does not know"),
        ("warfrin", "Did you mean"),
        ("a\x00b", "Not checked"),
        ("x" * 5000, "longer than the name of any medication"),
    ],
)
def test_the_check_is_one_of_three_states_for_whatever_is_typed(cast, page, smith, medication, words):
    prescribe(smith, cast.alice, MAOI)
    html = words_of(page.post(CHECK, {"patient": str(cast.alice.pk), "medication": medication}))
    assert words in html
    assert "Alice Johnson" in html
    if medication:
        assert "version 1. Example content, to be approved locally" in html
        assert "phenelzine 15 mg" in html
    assert Prescription.objects.count() == 1


@pytest.mark.parametrize("patient", ["", "x", "\x00", None])
def test_without_a_patient_it_says_what_it_covers(cast, page, patient):
    data = {"medication": "paracetamol"} | ({} if patient is None else {"patient": patient})
    html = words_of(page.post(CHECK, data))
    assert "Interactions and duplicates only" in html
    assert "not checked: no patient is chosen" in html


def test_a_patient_one_does_not_treat_is_no_patient_to_the_check(cast, smith, signed_in):
    prescribe(smith, cast.alice, MAOI)
    html = words_of(signed_in(cast.brown).post(CHECK, {"medication": "fluoxetine", "patient": str(cast.alice.pk)}))
    assert "no patient is chosen" in html
    assert "phenelzine" not in html
    assert "Alice" not in html


def test_without_scripts_a_button_checks_what_is_filled(cast, page, smith):
    prescribe(smith, cast.alice, MAOI)
    answer = page.post(NEW, {"patient": str(cast.alice.pk), "medication": SSRI, "check": "1"})
    assert answer.status_code == 200
    assert "Serotonin syndrome" in words_of(answer)
    assert 'value="fluoxetine 20 mg"' in words_of(answer)
    assert Prescription.objects.count() == 1


@pytest.mark.parametrize("who", ["alice", "charlie", "admin", "trainee", "laboratory"])
def test_the_stranger_checks_and_searches_nothing(cast, smith, signed_in, who):
    client = signed_in(getattr(cast, who))
    assert client.post(CHECK, {"medication": "warfarin"}).status_code == 403
    assert client.post(NAMES, {"q": "warf"}).status_code == 403
    assert client.get(NEW).status_code == 403


def test_without_a_sign_in_it_leads_there(client):
    assert client.post(CHECK, {}).status_code == client.post(NAMES).status_code == 302


# --- search as you type ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed, found",
    [
        ("warf", ["warfarin"]),
        ("WARF", ["warfarin"]),
        ("coum", ["Coumadin"]),
        ("warfrin", ["warfarin"]),
        ("w", []),
        ("", []),
        ("zzzzzz", []),
        ("\x00", []),
        ("x" * 5000, []),
    ],
)
def test_names_are_offered_as_one_types_and_a_typo_is_only_suggested(page, typed, found):
    html = words_of(page.post(NAMES, {"q": typed}))
    assert [name for name in ("warfarin", "Coumadin") if f'data-value="{name}"' in html] == found
    assert ("Did you mean" in html) == (typed == "warfrin")


@pytest.mark.parametrize("typed", ["Warfarin 5 mg", "WARFARIN sodium 5 mg tablet"])
def test_what_the_check_understands_is_no_typo(page, typed):
    assert "Did you mean" not in words_of(page.post(NAMES, {"q": typed}))


def test_a_brand_says_its_drug_and_the_list_is_short(page):
    assert '<span class="quiet">warfarin</span>' in words_of(page.post(NAMES, {"q": "coumadin"}))
    assert words_of(page.post(NAMES, {"q": "am"})).count("role=") == 8


# --- the check on the page of what was issued -------------------------------------------------------


def test_the_page_says_what_was_checked_when_and_that_it_still_holds(cast, page, smith):
    prescription = prescribe(smith, cast.alice, "paracetamol 500 mg")
    html = words_of(page.get(prescription.get_absolute_url()))
    assert "Checked, clear" in html
    assert "version 1" in html
    assert "Still as it was" in html


def test_it_is_stale_as_soon_as_a_drug_an_allergy_or_the_rules_change(cast, page, smith):
    from prescriptions.models import InteractionRule, RuleSet

    prescription = prescribe(smith, cast.alice, ANTICOAGULANT)
    other = prescribe(smith, cast.alice, "paracetamol")
    allergy = Allergy.record(by=cast.admin, patient=cast.alice, substance="penicillin", reaction="rash")
    with RuleSet.change(by=cast.admin, source="Board"):
        InteractionRule.objects.get(code="metformin-alcohol").delete()
    html = words_of(page.get(f"/prescriptions/{prescription.pk}/check/"))
    assert "Stale" in html
    assert "Also taken now: paracetamol." in html
    assert "Allergy recorded: penicillin (rash)." in html
    assert "The rules are version 2 now; they were version 1." in html
    assert "What a check finds now" in html
    other.stop(by=smith.user, reason="No pain")
    allergy.end_now(by=cast.admin, reason="Tolerated")
    assert "Also taken" not in words_of(page.get(f"/prescriptions/{prescription.pk}/check/"))


def test_what_is_over_is_not_compared_any_more(cast, page, smith):
    prescription = prescribe(smith, cast.alice, "paracetamol")
    prescription.stop(by=smith.user, reason="No pain")
    Allergy.record(by=cast.admin, patient=cast.alice, substance="penicillin")
    html = words_of(page.get(prescription.get_absolute_url()))
    assert "Stale" not in html
    assert "Still as it was" not in html


@pytest.mark.parametrize("who", ["alice", "charlie", "brown"])
def test_the_check_of_a_prescription_is_not_for_the_stranger_nor_for_patients(cast, smith, signed_in, who):
    prescription = prescribe(smith, cast.alice, "paracetamol")
    client = signed_in(getattr(cast, who))
    assert client.get(f"/prescriptions/{prescription.pk}/check/").status_code == 404
    assert "What a check finds" not in words_of(client.get(prescription.get_absolute_url()))
