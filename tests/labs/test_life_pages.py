"""The pages on which a result is made final, corrected or cancelled, and what the old and the new one say."""

import pytest

from labs.models import LabResult
from tests.labs.making import POTASSIUM, recorded

pytestmark = pytest.mark.django_db
WHY = {"reason": "Haemolysed sample"}
ROWS = {
    "form-TOTAL_FORMS": "9",
    "form-INITIAL_FORMS": "1",
    "form-0-name": "Potassium",
    "form-0-value": "4.1",
    "form-0-unit": "mmol/L",
}


def preliminary(cast):
    return LabResult.record(
        by=cast.admin,
        patient=cast.bob,
        doctor=cast.smith,
        test_type="BMP",
        result_data=POTASSIUM,
        status="preliminary",
    )


def text(answer):
    return answer.content.decode()


def test_a_doctor_corrects_on_the_page_that_has_the_old_values(cast, signed_in):
    old, doctor = recorded(cast, critical=True), signed_in(cast.smith)
    page = text(doctor.get(f"{old.get_absolute_url()}correct/"))
    assert 'value="7.1"' in page
    assert "checked" in page
    answer = doctor.post(f"{old.get_absolute_url()}correct/", {**WHY, **ROWS})
    new = LabResult.objects.get(supersedes=old)
    assert (answer.status_code, answer.url, new.critical) == (302, new.get_absolute_url(), False)
    assert new.result_data["Potassium"]["value"] == "4.1"


def test_the_old_page_says_at_the_top_that_it_was_corrected_and_leads_to_the_new_one(cast, signed_in):
    old = recorded(cast)
    new = old.correct(by=cast.admin, result_data={"Potassium": "4.1"}, **WHY)
    for who in (cast.smith, cast.bob):
        page = text(signed_in(who).get(old.get_absolute_url()))
        assert page.index("This is no longer the result: it was corrected") < page.index("5.0 (repeated)")
        assert new.get_absolute_url() in page
        assert "Sign for" not in page


def test_the_new_page_has_both_values_side_by_side_and_leads_to_the_old_one(cast, signed_in):
    old = recorded(cast)
    new = old.correct(by=cast.admin, result_data={"Potassium": "4.1", "Sodium": "140"}, **WHY)
    page = text(signed_in(cast.smith).get(new.get_absolute_url()))
    assert "Haemolysed sample" in page
    assert "5.0 (repeated) mmol/L" in page
    assert old.get_absolute_url() in page
    assert page.count("Changed") == 2


def test_a_preliminary_result_says_so_and_is_made_final_on_its_page(cast, signed_in):
    old, doctor = preliminary(cast), signed_in(cast.smith)
    assert "It may still change" in text(doctor.get(old.get_absolute_url()))
    assert doctor.post(f"{old.get_absolute_url()}finalise/", ROWS).status_code == 302
    assert LabResult.objects.get(supersedes=old).status == "final"


def test_a_cancelled_result_says_not_to_rely_on_it(cast, signed_in):
    old, doctor = recorded(cast), signed_in(cast.smith)
    answer = doctor.post(f"{old.get_absolute_url()}cancel/", WHY)
    assert "do not rely on its values" in text(doctor.get(answer.url))
    assert "Cancelled" in text(signed_in(cast.bob).get("/lab-results/"))


@pytest.mark.parametrize("verb", ["correct", "cancel"])
def test_a_change_without_a_reason_keeps_what_was_typed(cast, signed_in, verb):
    old = recorded(cast)
    page = signed_in(cast.smith).post(f"{old.get_absolute_url()}{verb}/", {"reason": "", **ROWS})
    assert page.status_code == 400
    assert 'id="id_reason-error"' in text(page)
    assert ('value="4.1"' in text(page)) is (verb == "correct")


@pytest.mark.parametrize("verb", ["finalise", "correct"])
@pytest.mark.parametrize(
    "rows", [{}, {**ROWS, "form-TOTAL_FORMS": "x"}, {**ROWS, "form-0-name": "", "form-0-unit": ""}]
)
def test_rows_that_are_none_are_400(cast, signed_in, verb, rows):
    old = recorded(cast) if verb == "correct" else preliminary(cast)
    assert signed_in(cast.smith).post(f"{old.get_absolute_url()}{verb}/", {**WHY, **rows}).status_code == 400


def test_a_step_out_of_turn_is_refused_on_the_page(cast, signed_in):
    page = signed_in(cast.smith).post(f"{recorded(cast).get_absolute_url()}finalise/", ROWS)
    assert page.status_code == 400
    assert "cannot be made final" in text(page)


def test_who_comes_too_late_is_led_to_the_newer_one(cast, signed_in):
    old = recorded(cast)
    new = old.correct(by=cast.admin, **WHY)
    answer = signed_in(cast.smith).get(f"{old.get_absolute_url()}correct/", follow=True)
    assert answer.redirect_chain[0][0] == new.get_absolute_url()
    assert "A newer version has taken" in text(answer)


@pytest.mark.parametrize("verb", ["correct", "cancel"])
def test_who_sends_it_too_late_keeps_what_they_wrote_and_finds_the_newer_one(cast, signed_in, verb):
    old = recorded(cast)
    new = old.correct(by=cast.admin, **WHY)
    written = {"reason": "Hemolysed, and drawn again", **ROWS, "form-0-name": "Kalium"}
    page = signed_in(cast.smith).post(f"{old.get_absolute_url()}{verb}/", written)
    assert page.status_code == 400
    assert "was corrected meanwhile" in text(page)
    assert "Hemolysed, and drawn again" in text(page)
    assert ("Kalium" in text(page)) is (verb == "correct")
    assert f'href="{new.get_absolute_url()}"' in text(page)
    assert LabResult.objects.count() == 2


@pytest.mark.parametrize("verb", ["finalise", "correct", "cancel"])
def test_the_patient_may_not_and_the_stranger_finds_nothing(cast, signed_in, verb):
    result = preliminary(cast) if verb == "finalise" else recorded(cast)
    path = f"{result.get_absolute_url()}{verb}/"
    assert signed_in(cast.bob).get(path).status_code == 403
    assert signed_in(cast.bob).post(path, WHY).status_code == 403
    for stranger in (cast.charlie, cast.brown):
        assert signed_in(stranger).get(path).status_code == 404
        assert signed_in(stranger).post(path, WHY).status_code == 404
    assert list(LabResult.objects.all()) == [result]


def test_lists_and_charts_have_the_newest_version_only(cast, signed_in):
    recorded(cast).correct(by=cast.admin, result_data={"Potassium": "4.1"}, **WHY)
    for path in ("/", "/lab-results/", f"/patients/{cast.bob.pk}/"):
        page = text(signed_in(cast.smith).get(path))
        assert "4.1" in page
        assert "7.1" not in page
    assert "7.1" not in text(signed_in(cast.bob).get("/"))
