"""What holds for any drugs, not only for those that somebody thought of."""

from hypothesis import given, settings
from hypothesis import strategies as st

from prescriptions.rules_seed.load import seed_tables
from tests.prescriptions.book import allergic, checked

TABLES = seed_tables()
NAMES = sorted({*TABLES["drugs"], "warfrin", "foozine", "amoxicillin/foozine"})
DRUGS = st.lists(st.sampled_from(NAMES), max_size=8)
CODES = st.sampled_from([*(f"class:{name}" for name in TABLES["classes"]), "ingredient:amoxicillin", ""])
ALLERGIES = st.lists(st.builds(allergic, CODES, severe=st.booleans()), max_size=3)
RISKY = [
    "warfarin", "ibuprofen", "aspirin", "simvastatin", "clarithromycin", "phenelzine", "fluoxetine", "tramadol",
    "lithium", "amiodarone", "ritonavir", "ergotamine", "lisinopril", "potassium", "sumatriptan/naproxen",
    "lopinavir/ritonavir", "ibuprofen/pseudoephedrine", "amoxicillin", "cefalexin", "foozine",
]  # fmt: skip
MANY = st.lists(st.sampled_from(RISKY), max_size=8)
SPELLINGS = st.sampled_from(
    ["{}", "{} 500 mg", "{} tablets", "{} 5 mg/5 ml oral solution", "{} hydrochloride 20 mg", "{} XR"]
)


def said(check):
    return (
        check.status,
        [(one.id, one.severity, one.is_new) for one in check.alerts],
        sorted((one.medication, one.why) for one in check.not_checked),
    )


@given(MANY | DRUGS, ALLERGIES, st.randoms(use_true_random=False))
@settings(max_examples=200, deadline=None)
def test_the_order_of_the_drugs_never_matters(drugs, allergies, random):
    shuffled, others = random.sample(drugs, len(drugs)), random.sample(allergies, len(allergies))
    assert said(checked(*drugs, allergies=allergies)) == said(checked(*shuffled, allergies=others))
    assert checked(*drugs, allergies=allergies).fingerprint == checked(*shuffled, allergies=others).fingerprint


@given(MANY, ALLERGIES, st.sampled_from([*NAMES, *RISKY]))
@settings(max_examples=300, deadline=None)
def test_adding_a_drug_never_removes_an_alert(drugs, allergies, one_more):
    before = {alert.id for alert in checked(*drugs, allergies=allergies).alerts}
    after = {alert.id for alert in checked(*drugs, one_more, allergies=allergies).alerts}
    assert before <= after


@given(MANY, ALLERGIES, CODES)
@settings(max_examples=100, deadline=None)
def test_adding_an_allergy_never_removes_an_alert(drugs, allergies, code):
    before = {(one.rules, one.medications) for one in checked(*drugs, allergies=allergies).alerts}
    after = {(one.rules, one.medications) for one in checked(*drugs, allergies=[*allergies, allergic(code)]).alerts}
    assert before <= after


@given(MANY, st.data())
@settings(max_examples=200, deadline=None)
def test_case_salts_strengths_and_forms_never_change_the_result(drugs, data):
    written = [data.draw(SPELLINGS).format(drug) for drug in drugs]
    written = [data.draw(st.sampled_from([str.upper, str.title, str.swapcase, str]))(text) for text in written]
    plain, dressed = checked(*drugs), checked(*written)
    assert [one.id for one in plain.alerts] == [one.id for one in dressed.alerts]
    assert plain.status == dressed.status


@given(st.lists(st.text(max_size=60), max_size=6))
@settings(max_examples=300, deadline=None)
def test_no_text_is_ever_an_error_or_silently_clear(texts):
    check = checked(*texts)
    known = {ran.text for ran in check.medications if ran.drugs}
    assert all(text in known or text in {one.medication for one in check.not_checked} for text in texts)
