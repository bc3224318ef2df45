"""Drugs, rules and allergies in the administration."""

import re
from io import BytesIO

import pytest

from prescriptions.models import Allergy, AllergyRule, Drug, InteractionRule, RuleSet
from prescriptions.rule_store import from_database
from prescriptions.rule_tables import COLUMNS, write_csv
from prescriptions.rules_seed.load import seed_tables
from tests.prescriptions.test_rule_sets import csv_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rules")]
VERSIONED = ["drug", "drugclass", "ingredient", "interactionrule", "duplicaterule", "allergyrule"]
ADMIN = "/admin/prescriptions"


@pytest.fixture
def admin(cast, signed_in):
    return signed_in(cast.admin)


def form_of(page):
    """What the browser would send back of the admin's change form."""
    return dict(_fields(page.context["adminform"].form)) | {
        f"{formset.formset.management_form.prefix}-{name}": value
        for formset in page.context["inline_admin_formsets"]
        for name, value in (("TOTAL_FORMS", "0"), ("INITIAL_FORMS", "0"))
    }


def _fields(form):
    for field in form:
        value = field.value()
        if isinstance(value, list):
            value = [getattr(one, "pk", one) for one in value]
        yield field.html_name, "" if value is None else value


@pytest.mark.parametrize("model", [*VERSIONED, "ruleset", "allergy"])
def test_every_list_and_form_opens_and_is_searched(cast, admin, model):
    from django.apps import apps

    Allergy.record(by=cast.admin, patient=cast.alice, substance="penicillin")
    for query in ("", "?q=warf", "?q=%00"):
        assert admin.get(f"{ADMIN}/{model}/{query}").status_code == 200
    thing = apps.get_model("prescriptions", model).objects.first()
    assert admin.get(f"{ADMIN}/{model}/{thing.pk}/change/").status_code == 200


@pytest.mark.parametrize("model", [*VERSIONED, "ruleset", "allergy", "ruleset/import", "ruleset/export/drugs.csv"])
@pytest.mark.parametrize("who", ["alice", "smith", "charlie"])
def test_the_stranger_sees_none_of_it(cast, signed_in, who, model):
    url = f"{ADMIN}/{model}" if model.endswith("csv") else f"{ADMIN}/{model}/"
    assert signed_in(getattr(cast, who)).get(url).status_code == 302


def test_a_rule_changed_by_hand_is_a_version(cast, admin):
    rule = InteractionRule.objects.get(code="warfarin-nsaids")
    url = f"{ADMIN}/interactionrule/{rule.pk}/change/"
    answer = admin.post(url, {**form_of(admin.get(url)), "severity": "contraindicated"})
    assert answer.status_code == 302
    made = RuleSet.objects.in_force().first()
    assert (made.version, made.made_by) == (2, cast.admin)
    assert made.changes[0]["fields"] == [["severity", "major", "contraindicated"]]


def test_a_form_with_a_mistake_makes_no_version(admin):
    rule = InteractionRule.objects.get(code="warfarin-nsaids")
    url = f"{ADMIN}/interactionrule/{rule.pk}/change/"
    itself = {"second_class": "", "second_ingredient": rule.first_ingredient_id}
    for mistake in ({"source": ""}, {"source": "."}, {"severity": "awful"}, {"first_ingredient": ""}, itself):
        assert admin.post(url, {**form_of(admin.get(url)), **mistake}).status_code == 200
    assert RuleSet.objects.count() == 1
    assert from_database() == seed_tables()


def test_a_rule_in_force_is_not_postponed_and_the_form_keeps_what_was_written(admin):
    rule = InteractionRule.objects.get(code="warfarin-nsaids")
    url = f"{ADMIN}/interactionrule/{rule.pk}/change/"
    page = admin.post(url, {**form_of(admin.get(url)), "effective_from": "2199-03-01", "description": "New words"})
    assert page.status_code == 200
    assert "A rule in force cannot be postponed" in page.content.decode()
    assert "New words" in page.content.decode()
    assert RuleSet.objects.count() == 1


def test_the_rule_about_the_very_substance_is_not_deleted(admin):
    rule = AllergyRule.objects.get(code="allergy-same-substance")
    page = admin.post(f"{ADMIN}/allergyrule/{rule.pk}/delete/", {"post": "yes"}, follow=True)
    assert "it must stay" in page.content.decode()
    assert AllergyRule.objects.filter(pk=rule.pk).exists()


def test_a_new_ingredient_by_hand_can_be_prescribed_at_once(admin):
    assert admin.post(f"{ADMIN}/ingredient/add/", {"name": "newdrugine", "classes": []}).status_code == 302
    assert Drug.objects.filter(name="newdrugine").exists()
    assert RuleSet.objects.in_force().first().version == 2
    taken = admin.post(f"{ADMIN}/ingredient/add/", {"name": "Tylenol", "classes": []})
    assert (taken.status_code, RuleSet.objects.count()) == (200, 2)


@pytest.mark.parametrize("name", ["tablet", "mg", "500", "and", "sodium"])
def test_what_stands_beside_the_names_of_drugs_is_no_name(admin, name):
    page = admin.post(f"{ADMIN}/ingredient/add/", {"name": name, "classes": []})
    assert "says nothing of which drug it is" in page.content.decode()
    assert from_database() == seed_tables()


def test_deleting_a_rule_is_a_version_and_deleting_what_rules_need_is_refused(admin):
    rule = InteractionRule.objects.get(code="warfarin-nsaids")
    assert admin.post(f"{ADMIN}/interactionrule/{rule.pk}/delete/", {"post": "yes"}).status_code == 302
    assert RuleSet.objects.in_force().first().changes[0]["kind"] == "removed"
    drug = Drug.objects.get(name="warfarin")
    chosen = {"action": "delete_selected", "_selected_action": [str(drug.pk)], "post": "yes"}
    page = admin.post(f"{ADMIN}/drug/", chosen, follow=True)
    assert "Nothing is changed" in page.content.decode()
    assert Drug.objects.filter(name="warfarin").exists()
    assert RuleSet.objects.count() == 2


@pytest.mark.parametrize("table", COLUMNS)
def test_every_table_is_exported(admin, table):
    answer = admin.get(f"{ADMIN}/ruleset/export/{table}.csv")
    assert answer["Content-Type"].startswith("text/csv")
    assert answer.content.decode() == write_csv(table, seed_tables()[table])
    assert admin.get(f"{ADMIN}/ruleset/export/secrets.csv").status_code == 404


def upload(admin, **files):
    sent = {name: file(name, text) for name, text in files.items()}
    return admin.post(f"{ADMIN}/ruleset/import/", {"source": "Local board", "note": "", **sent})


def file(name, text):
    content = BytesIO(text if isinstance(text, bytes) else text.encode())
    content.name = f"{name}.csv"
    return content


def test_an_import_shows_what_would_change_and_is_applied_afterwards(admin):
    text = csv_of("interactions", warfarin_nsaids={"severity": "contraindicated"}, metformin_alcohol=None)
    page = upload(admin, interactions=text).content.decode()
    assert "severity: major &rarr; contraindicated" in page
    assert "metformin-alcohol" in page
    assert from_database() == seed_tables()
    assert re.findall(r'<textarea name="text_(\w+)"', page) == ["interactions"]
    as_browsers_send_it = text.replace("\n", "\r\n")
    sent = {"source": "Local board", "apply": "Apply", "based_on": "1", "text_interactions": as_browsers_send_it}
    assert admin.post(f"{ADMIN}/ruleset/import/", sent).status_code == 302
    made = RuleSet.objects.in_force().first()
    assert (made.version, made.source, len(made.changes)) == (2, "Local board", 2)
    again = admin.post(f"{ADMIN}/ruleset/import/", sent)
    assert "The rules have changed since you looked" in again.content.decode()
    assert RuleSet.objects.count() == 2


def test_an_import_with_a_problem_names_the_line_and_cannot_be_applied(admin):
    text = csv_of("interactions", warfarin_nsaids={"severity": "bad"})
    page = upload(admin, interactions=text).content.decode()
    assert "Choose one of" in page
    assert 'name="apply"' not in page
    sent = {"source": "x", "apply": "Apply", "based_on": "1", "text_interactions": text}
    assert admin.post(f"{ADMIN}/ruleset/import/", sent).status_code == 200
    assert RuleSet.objects.count() == 1


@pytest.mark.parametrize("files", [{}, {"drugs": b"\xff\xfe\x00"}, {"drugs": "x" * 900_000}, {"drugs": "x"}])
def test_files_that_are_no_tables_are_no_error_of_ours(admin, files):
    assert upload(admin, **files).status_code == 200
    assert RuleSet.objects.count() == 1


@pytest.mark.parametrize("based_on", ["", "x", "-1", "9" * 30])
def test_nothing_is_applied_unseen(admin, based_on):
    sent = {"source": "x", "apply": "Apply", "based_on": based_on, "text_interactions": csv_of("interactions")}
    assert admin.post(f"{ADMIN}/ruleset/import/", sent).status_code == 200
    assert RuleSet.objects.count() == 1


def test_the_newest_version_is_approved_with_who_and_when(cast, admin):
    newest = RuleSet.objects.get()
    admin.post(f"{ADMIN}/ruleset/", {"action": "approve", "_selected_action": [str(newest.pk)]})
    newest.refresh_from_db()
    assert newest.approved_by == cast.admin


def test_allergies_and_versions_are_not_changed_by_hand(cast, admin):
    allergy = Allergy.record(by=cast.admin, patient=cast.alice, substance="penicillin")
    for url in (f"{ADMIN}/allergy/{allergy.pk}", f"{ADMIN}/ruleset/{RuleSet.objects.get().pk}"):
        assert admin.post(f"{url}/change/", {}).status_code == 403
        assert admin.post(f"{url}/delete/", {"post": "yes"}).status_code == 403
