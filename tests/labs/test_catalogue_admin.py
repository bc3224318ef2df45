"""The catalogue in the administration: entered, revised and approved by its verbs, and every slip is a sentence."""

import re
from datetime import timedelta
from decimal import Decimal
from html import unescape

import pytest
from django.utils import timezone

from labs.catalogue_forms import IN_ORDER
from labs.limit_bands import LIMITS
from labs.models import Analyte, AnalyteName, AnalyteUnit, LimitBand, Panel
from tests.labs.judged import flag_of

pytestmark = pytest.mark.django_db
BANDS, ANALYTES, PANELS = (f"/admin/labs/{name}/" for name in ("limitband", "analyte", "panel"))
OPERATORS = {"low_operator": "<", "high_operator": ">", "critical_low_operator": "<", "critical_high_operator": ">"}
INLINES = ("names", "units", "coded_values")


@pytest.fixture
def admin(cast, signed_in):
    return signed_in(cast.admin)


def potassium():
    return LimitBand.objects.get(analyte__name="Potassium", age_from_days=365, effective_until=None)


def text_of(answer):
    return unescape(answer.content.decode())


def limits(**changes):
    return {
        **OPERATORS,
        "sex": "any",
        "age_from_days": "0",
        "age_until_days": "",
        "low": "275",
        "high": "295",
        "source": "Handbook",
        "effective_from": "",
        **changes,
    }


def osmolality():
    return Analyte.objects.create(name="Osmolality", unit="mosm/kg", category="chemistry", source="x")


# --- limits -----------------------------------------------------------------------------------------


def test_new_limits_are_entered_and_judge_at_once(cast, admin):
    page = text_of(admin.get(f"{BANDS}add/"))
    assert "Like 7 days, 6 months, 18 years." in page
    answer = admin.post(f"{BANDS}add/", limits(analyte=osmolality().pk, age_from_days="18 years", critical_high="350"))
    assert answer.status_code == 302, text_of(answer)
    band = LimitBand.objects.get(analyte__name="Osmolality")
    assert (band.age_from_days, band.version, band.entered_by, band.approved_at) == (6574, 1, cast.admin, None)
    assert (flag_of("Osmolality", "351"), flag_of("Osmolality", "280")) == ("HH", "N")


@pytest.mark.parametrize(
    "changes, sentence",
    [
        ({"analyte": ""}, "This field is required"),
        ({"analyte": "999999"}, "valid choice"),
        ({"sex": "both"}, "valid choice"),
        ({"age_from_days": ""}, "This field is required"),
        ({"age_from_days": "soon"}, "Write an age like 7 days"),
        ({"age_from_days": "9" * 40}, "Write an age like 7 days"),
        ({"age_from_days": "18 years", "age_until_days": "1 year"}, "The age ends before it begins."),
        ({"low": "x"}, "Enter a number"),
        ({"low": "NaN"}, "Enter a number"),
        ({"low": "1" * 30}, "digits"),
        ({"low": "300"}, "The low bound lies above the high one."),
        ({"low": "", "high": ""}, "Give at least one bound."),
        ({"no_low": "on"}, "only one of them can be"),
        ({"critical_low": "280"}, "The critical low bound lies above one that is not critical."),
        ({"critical_high": "280"}, "The critical high bound lies below one that is not critical."),
        ({"low_operator": ">"}, "valid choice"),
        ({"source": ""}, "This field is required"),
        ({"source": "a\x00b"}, "Null characters"),
        ({"effective_from": "2020-01-01T00:00"}, "choose now or a later moment"),
        ({"effective_from": "9999-12-31T23:59"}, "Give a date between"),
        ({"effective_from": "0001-01-01T00:00"}, "Give a date between"),
        ({"effective_from": "tomorrow"}, "Enter a valid date/time"),
    ],
)
def test_limits_that_cannot_be_are_errors_of_the_form(admin, changes, sentence):
    answer = admin.post(f"{BANDS}add/", limits(**{"analyte": osmolality().pk, **changes}))
    assert answer.status_code == 200
    assert sentence in text_of(answer)
    assert not LimitBand.objects.filter(analyte__name="Osmolality").exists()


def test_limits_that_overlap_are_an_error_of_the_form_that_names_the_others(admin):
    potassium_id = potassium().analyte_id
    answer = admin.post(f"{BANDS}add/", limits(analyte=potassium_id, sex="male", age_from_days="18 years"))
    assert answer.status_code == 200
    assert "These limits overlap with: Potassium, any, 1 year and older, version 1." in text_of(answer)


def test_a_revision_begins_with_the_limits_as_they_are_and_puts_a_new_version_in_their_place(cast, admin):
    old = potassium()
    url = f"{BANDS}{old.pk}/revise/"
    assert url in text_of(admin.get(f"{BANDS}{old.pk}/change/"))
    page = text_of(admin.get(url))
    assert re.search(r'name="critical_high" value="6.1"', page)
    assert 'value="1 year"' in page
    assert "all numbers are in mmol/L" in page
    changed = limits(age_from_days="1 year", low="3.5", high="5.1", critical_low="3.0", critical_high="6.5")
    answer = admin.post(url, changed, follow=True)
    newer = potassium()
    assert answer.redirect_chain[-1][0] == f"{BANDS}{newer.pk}/change/"
    assert (newer.version, newer.replaces, newer.critical_high, newer.entered_by) == (
        2,
        old,
        Decimal("6.5"),
        cast.admin,
    )
    assert LimitBand.objects.get(pk=old.pk).critical_high == Decimal("6.1")
    assert flag_of("Potassium", "6.3") == "H"


def test_a_revision_asks_for_all_that_limits_have():
    assert set(IN_ORDER) == set(LIMITS)


def test_a_revision_with_a_day_to_come_waits_for_it(admin):
    url = f"{BANDS}{potassium().pk}/revise/"
    begins = timezone.localtime() + timedelta(days=7)
    when = begins.strftime("%Y-%m-%dT%H:%M")
    admin.post(url, limits(age_from_days="1 year", low="3.5", high="5.1", critical_high="6.5", effective_from=when))
    assert flag_of("Potassium", "6.3") == "HH"
    assert flag_of("Potassium", "6.3", at=begins) == "H"


@pytest.mark.parametrize(
    "changes, sentence",
    [
        ({"low": "9", "high": "5"}, "The low bound lies above the high one."),
        ({"age_from_days": "0"}, "These limits overlap with: Potassium, any, under 1 year, version 1."),
        ({"age_from_days": "x"}, "Write an age like"),
        ({"effective_from": "2020-01-01T00:00"}, "not in force before then"),
        ({"effective_from": "2025-01-01T00:00"}, "choose now or a later moment"),
        ({"source": ""}, "This field is required"),
        ({"low": "1" * 30}, "digits"),
    ],
)
def test_a_revision_that_cannot_be_keeps_what_was_typed_and_says_why(admin, changes, sentence):
    url = f"{BANDS}{potassium().pk}/revise/"
    typed = {"age_from_days": "1 year", "low": "3.5", "high": "5.1", "critical_high": "6.54", **changes}
    answer = admin.post(url, limits(**typed))
    assert answer.status_code == 200
    assert sentence in text_of(answer)
    assert 'value="6.54"' in text_of(answer)
    assert potassium().version == 1


def test_who_saves_a_revision_twice_is_told_and_nothing_happens_twice(admin):
    old = potassium()
    url, changed = f"{BANDS}{old.pk}/revise/", limits(age_from_days="1 year", low="3.6", high="5.1")
    admin.post(url, changed)
    assert "A newer version has taken the place of these limits" in text_of(admin.post(url, changed))
    assert potassium().version == 2
    assert url not in text_of(admin.get(f"{BANDS}{old.pk}/change/"))


def test_the_page_of_limits_shows_every_version_with_its_days_and_who_approved_it(cast, admin):
    old = potassium()
    old.approve(by=cast.admin)
    newer = old.revise(by=cast.admin, critical_high=Decimal("6.5"))
    page = text_of(admin.get(f"{BANDS}{newer.pk}/change/"))
    versions = page[page.index("Versions") :]
    assert versions.index("version 2") < versions.index("version 1")
    assert "version 1</a>, approved: usual <3.5 or >5.1, critical <3 or >6.1, from" in versions
    assert "critical <3 or >6.5, from" in versions
    assert "1 year and older" in page


def test_approving_is_an_action_that_says_for_each_what_came_of_it(cast, admin):
    done, fresh = potassium(), LimitBand.objects.get(analyte__name="INR")
    done.approve(by=cast.admin)
    chosen = {"action": "approve", "_selected_action": [done.pk, fresh.pk]}
    page = text_of(admin.post(BANDS, chosen, follow=True))
    assert "These limits are approved already." in page
    assert "1 approved." in page
    fresh.refresh_from_db()
    assert fresh.approved_by == cast.admin


@pytest.mark.parametrize("query", ["", "?in_force=now", "?in_force=planned", "?in_force=over", "?q=Haemoglobin"])
def test_the_list_is_searched_and_narrowed_and_reads_in_words(cast, admin, query):
    potassium().revise(by=cast.admin, effective_from=timezone.now() + timedelta(days=7), low=Decimal("3.6"))
    page = text_of(admin.get(f"{BANDS}{query}"))
    shown = {
        "": "<3.5 or >5.1",
        "?in_force=now": "<3.5 or >5.1",
        "?in_force=planned": "<3.6 or >5.1",
        "?in_force=over": "0 limit bands",
        "?q=Haemoglobin": "under 7 days",
    }
    assert shown[query] in page


def test_a_longer_list_of_limits_costs_no_query_more(admin, django_assert_max_num_queries):
    with django_assert_max_num_queries(10):
        assert admin.get(BANDS).status_code == 200


@pytest.mark.parametrize("who", ["smith", "alice", "charlie", "laboratory"])
def test_nobody_but_an_administrator_gets_to_a_revision(cast, signed_in, who):
    client, url = signed_in(getattr(cast, who)), f"{BANDS}{potassium().pk}/revise/"
    chosen = {"action": "approve", "_selected_action": [potassium().pk]}
    answers = [client.get(url), client.post(url, limits(low="1")), client.post(BANDS, chosen), client.get(ANALYTES)]
    assert {answer.status_code for answer in answers} <= {302, 403}
    assert (potassium().version, potassium().approved_at) == (1, None)


@pytest.mark.parametrize("pk", ["999999", "9" * 30, "x"])
def test_a_revision_of_nothing_is_not_found(admin, pk):
    assert admin.get(f"{BANDS}{pk}/revise/", follow=True).status_code in (404, 200)
    assert admin.post(f"{BANDS}{pk}/revise/", limits()).status_code in (404, 302)


# --- analytes ---------------------------------------------------------------------------------------


def analyte_form(analyte=None, **changes):
    """What the page posts: the analyte, and its lines as they are."""
    body = {"name": "Osmolality", "loinc": "", "unit": "mosm/kg", "kind": "numeric", "category": "chemistry"}
    body["source"] = "Handbook"
    rows = dict.fromkeys(INLINES, ())
    if analyte:
        body |= {name: getattr(analyte, name) or "" for name in body}
        rows = {name: list(getattr(analyte, name).all()) for name in INLINES}
    for name, lines in rows.items():
        body |= {f"{name}-TOTAL_FORMS": len(lines), f"{name}-INITIAL_FORMS": len(lines)}
        fields = {"names": ["name"], "units": ["spelling", "times", "divided_by", "source"]}
        for number, line in enumerate(lines):
            kept = {part: getattr(line, part) for part in fields.get(name, ["text", "flag", "source"])}
            body |= {f"{name}-{number}-{part}": value for part, value in {"id": line.pk, **kept}.items()}
    return {**body, **changes}


def line(prefix, number, **parts):
    return {f"{prefix}-TOTAL_FORMS": number + 1, **{f"{prefix}-{number}-{part}": text for part, text in parts.items()}}


def test_an_analyte_is_entered_with_its_names_units_and_exact_factors(admin):
    factor = {"spelling": "mmol / kg", "times": "1", "divided_by": "1.0000000003", "source": "Handbook"}
    lines = {**line("names", 0, name="Osmo"), **line("units", 0, **factor)}
    answer = admin.post(f"{ANALYTES}add/", analyte_form(**lines))
    assert answer.status_code == 302, text_of(answer)
    analyte = Analyte.objects.get(name="Osmolality")
    assert {row.folded for row in analyte.names.all()} == {"osmolality", "osmo"}
    unit = analyte.units.get()
    assert (unit.spelling, unit.divided_by) == ("mmol/kg", Decimal("1.0000000003"))


def test_the_page_of_an_analyte_saves_what_it_shows(admin):
    glucose = Analyte.objects.get(name="Glucose")
    page = text_of(admin.get(f"{ANALYTES}{glucose.pk}/change/"))
    assert 'value="18.016"' in page
    answer = admin.post(f"{ANALYTES}{glucose.pk}/change/", analyte_form(glucose, source="LOINC 2.80"))
    assert answer.status_code == 302, text_of(answer)
    glucose.refresh_from_db()
    assert glucose.source == "LOINC 2.80"
    assert flag_of("Glucose", "24.978 mmol/L") == "HH"


@pytest.mark.parametrize(
    "changes, sentence",
    [
        ({"name": ""}, "This field is required"),
        ({"name": "Hgb"}, "This is a name of Hemoglobin already."),
        ({"name": "Hemoglobin"}, "already"),
        ({"loinc": "2823-4"}, "The last digit does not fit the others"),
        ({"loinc": "2823-3"}, "already exists"),
        ({"loinc": "x"}, "A LOINC code has digits"),
        ({"kind": "coded"}, "A coded answer has no unit."),
        ({"category": "x"}, "valid choice"),
        ({"unit": "x" * 41}, "at most 40 characters"),
        (line("names", 0, name="potassium"), "This is a name of Potassium already."),
        (line("names", 0, name="OSMOLALITY"), "It is found as Osmolality by itself"),
        ({**line("names", 0, name="Osmo"), **line("names", 1, name=" osmo ")}, "osmo is here twice."),
        (
            {
                **line("units", 0, spelling="a b", times="1", divided_by="1", source="x"),
                **line("units", 1, spelling="ab", times="1", divided_by="1", source="x"),
            },
            "ab is here twice.",
        ),
        (line("units", 0, spelling="x", times="0", divided_by="1", source="x"), "A factor is larger than 0."),
        (line("units", 0, spelling="x", times="1e99", divided_by="1", source="x"), "digits"),
        (line("units", 0, spelling="x", times="NaN", divided_by="1", source="x"), "Enter a number"),
        (line("units", 0, spelling=" ", times="1", divided_by="1", source="x"), "This field is required"),
        (
            {
                **line("coded_values", 0, text="Clear", flag="N", source="x"),
                **line("coded_values", 1, text="CLEAR", flag="A", source="x"),
            },
            "CLEAR is here twice.",
        ),
        (line("coded_values", 0, text="Clear", flag="HH", source="x"), "valid choice"),
    ],
)
def test_an_analyte_that_cannot_be_is_an_error_of_the_form(admin, changes, sentence):
    answer = admin.post(f"{ANALYTES}add/", analyte_form(**changes))
    assert answer.status_code == 200
    assert sentence in text_of(answer)
    assert not Analyte.objects.filter(name="Osmolality").exists()


def test_of_two_who_enter_the_same_name_at_once_the_second_looks_again(admin, monkeypatch):
    monkeypatch.setattr(AnalyteName, "clean", lambda self: None)  # the first one's name was not there yet
    answer = admin.post(f"{ANALYTES}add/", analyte_form(**line("names", 0, name="potassium")), follow=True)
    assert answer.status_code == 200
    assert "Somebody else entered the same meanwhile." in text_of(answer)
    assert not Analyte.objects.filter(name="Osmolality").exists()


def test_an_analyte_keeps_its_own_name_its_unit_and_itself(admin):
    glucose = Analyte.objects.get(name="Glucose")
    url, form = f"{ANALYTES}{glucose.pk}/change/", analyte_form(glucose)
    own = next(key for key, value in form.items() if key.startswith("names-") and value == "Glucose")
    for change in ({own: "Dextrose"}, {own.replace("-name", "-DELETE"): "on"}):
        answer = admin.post(url, {**form, **change})
        assert "Glucose is its own name and stays" in text_of(answer)
    assert "it stays" in text_of(admin.post(url, {**form, "unit": "mmol/L"}))
    assert admin.post(f"{ANALYTES}{glucose.pk}/delete/", {"post": "yes"}).status_code == 403
    assert flag_of("Glucose", "500") == "HH"


def test_a_name_that_was_taken_away_finds_nothing_any_more(admin):
    glucose = Analyte.objects.get(name="Glucose")
    form = analyte_form(glucose)
    name = next(key for key, value in form.items() if key.startswith("names-") and value == "Gluc")
    answer = admin.post(f"{ANALYTES}{glucose.pk}/change/", {**form, name.replace("-name", "-DELETE"): "on"})
    assert answer.status_code == 302
    assert (flag_of("Gluc", "500"), flag_of("Glu", "500")) == (None, "HH")


def test_a_factor_that_is_changed_changes_what_is_judged_from_now(admin):
    glucose = Analyte.objects.get(name="Glucose")
    form = analyte_form(glucose)
    spelled = next(key for key, value in form.items() if key.startswith("units-") and value == "mmol/L")
    form[spelled.replace("-spelling", "-times")] = "18.0"
    assert admin.post(f"{ANALYTES}{glucose.pk}/change/", form).status_code == 302
    assert AnalyteUnit.objects.get(analyte=glucose, spelling="mmol/L").times == 18
    assert flag_of("Glucose", "24.98 mmol/L") == "H"


# --- panels -----------------------------------------------------------------------------------------


def panel_form(panel, **changes):
    items = list(panel.items.all())
    body = {"name": panel.name, "loinc": panel.loinc, "source": panel.source}
    body |= {"items-TOTAL_FORMS": len(items), "items-INITIAL_FORMS": len(items)}
    for number, item in enumerate(items):
        parts = {"id": item.pk, "panel": panel.pk, "analyte": item.analyte_id, "position": item.position}
        body |= {f"items-{number}-{part}": value for part, value in parts.items()}
    return {**body, **changes}


def test_two_analytes_of_a_panel_change_places(admin):
    panel = Panel.objects.get(name="Thyroid")
    answer = admin.post(
        f"{PANELS}{panel.pk}/change/", panel_form(panel, **{"items-0-position": 2, "items-1-position": 1})
    )
    assert answer.status_code == 302, text_of(answer)
    assert [item.analyte.name for item in panel.items.all()] == ["Free T4", "TSH", "Free T3"]


def test_a_panel_has_an_analyte_once(admin):
    panel = Panel.objects.get(name="Thyroid")
    first = panel.items.first().analyte_id
    answer = admin.post(f"{PANELS}{panel.pk}/change/", panel_form(panel, **{"items-1-analyte": first}))
    assert answer.status_code == 200
    assert "duplicate" in text_of(answer)


def test_panels_list_what_is_in_them_in_a_constant_number_of_queries(admin, django_assert_max_num_queries):
    with django_assert_max_num_queries(10):
        page = text_of(admin.get(PANELS))
    assert "TSH, Free T4, Free T3" in page
