"""However a text is put together: no drug of it is ever lost without a word."""

from hypothesis import given, settings
from hypothesis import strategies as st

from prescriptions.drug_words import is_its_salt
from tests.prescriptions.book import checked, seed_book

BOOK = seed_book()
NAMES = st.sampled_from(sorted(BOOK.names.spelled))
TELLING = st.sampled_from(["potassium", "calcium", "Tylenol", "Tylenol 3", "losartan", "insulin", "potassium chloride"])
MARKS = [" ", "  ", ", ", "; ", "/", " / ", " + ", "+", " & ", "-", " - ", " \u2013 ", ": ", "\n", "\t", ". ", ".", "|"]
BETWEEN = [" and ", " with ", " plus ", " (", ") ", " [", "\u00b7", "\\", " 3 ", " 10 mg ", " 5/10 mg ", " sodium "]
SEPARATORS = st.sampled_from([*MARKS, *BETWEEN, " tablets "])
SALTS = st.sampled_from(["", " sodium", " potassium", " hydrochloride", " calcium carbonate", " magnesium"])
STRENGTHS = st.sampled_from(["", " 500 mg", " 5", " 5/325", " 250 mg/5 ml", " 20 mmol", " 1%", "-10"])
FORMS = st.sampled_from(["", " tablets", " XR", " oral solution", " 28 tablets", " (tablets)"])
UNKNOWN = st.sampled_from(["foozine", "DM", "PM", "Comp", "Forte", "Extra", "y", "4x", "?", "\U0001f48a", "not"])
NUMBERS = st.sampled_from(["2", "4", "75", "3.5"])
BRANDS = st.sampled_from(sorted(BOOK.names.brands))
WRITTEN = st.builds("{}{}{}{}".format, NAMES | TELLING, SALTS, STRENGTHS, FORMS)


def explained(text, *names):
    """Everything that the names stand for is read, or something is said not to be understood."""
    reading = BOOK.names.read(text)
    wanted = frozenset(one for name in names for one in BOOK.names.read(name).ingredients)
    return not reading.is_known or wanted <= reading.ingredients


def is_salt(one, other):
    """Of losartan potassium nobody can say that it is two."""
    return is_its_salt(one.casefold(), BOOK.names.read(other).ingredients)


@given(NAMES | TELLING, SALTS, STRENGTHS, FORMS, SEPARATORS, NAMES | TELLING, STRENGTHS, FORMS)
@settings(max_examples=400, deadline=None)
def test_of_two_drugs_in_a_text_neither_is_lost(one, salt, strength, form, separator, other, strength2, form2):
    text = f"{one}{salt}{strength}{form}{separator}{other}{strength2}{form2}"
    assert explained(text, one, other) or is_salt(one, other) or is_salt(other, one)


@given(WRITTEN, SEPARATORS, NAMES | TELLING, SEPARATORS, st.data())
@settings(max_examples=200, deadline=None)
def test_a_drug_is_never_lost_wherever_its_word_is_put(text, before, name, after, data):
    places = [0, *(place for place, letter in enumerate(text) if not letter.isalnum()), len(text)]
    place = data.draw(st.sampled_from(places))
    whole = f"{text[:place]}{before}{name}{after}{text[place:]}"
    ingredients = BOOK.names.read(text).ingredients
    assert explained(whole, name) or any(is_its_salt(name.casefold(), [one]) for one in ingredients)


@given(WRITTEN, SEPARATORS, UNKNOWN, SEPARATORS)
@settings(max_examples=200, deadline=None)
def test_a_word_that_nobody_knows_is_never_passed_over(text, before, word, after):
    for whole in (f"{text}{before}{word}", f"{word}{after}{text}", f"{text}{before}{word}{after}{text}"):
        reading = BOOK.names.read(whole)
        assert not reading.is_known, whole


@given(BRANDS, st.sampled_from([*MARKS, *BETWEEN]), NUMBERS, st.sampled_from(["", " XR", ", 10 mg"]))
@settings(max_examples=150, deadline=None)
def test_a_number_without_a_unit_is_never_passed_over_beside_a_brand(brand, separator, number, more):
    for whole in (f"{brand}{separator}{number}{more}", f"{number}{separator}{brand}{more}"):
        is_list_number = whole.startswith((f"{number}. ", f"{number}) ")) and number.isdecimal()
        assert is_list_number or not BOOK.names.read(whole).is_known, whole


@given(NAMES | TELLING, SEPARATORS, st.sampled_from(["plus", "and", "with", "+", "&"]), STRENGTHS, FORMS)
@settings(max_examples=150, deadline=None)
def test_a_joiner_is_never_passed_over_beside_one_drug(name, separator, joiner, strength, form):
    for whole in (f"{name}{separator}{joiner}{strength}{form}", f"{joiner}{strength}{form}{separator}{name}"):
        assert not BOOK.names.read(whole).is_known, whole


SAME = [
    (one, other)
    for one, drug in sorted(BOOK.names.spelled.items())
    for other in ("Percocet", "paracetamol", "ibuprofen", "Zestoretic", "warfarin", "Augmentin", one)
    if set(drug.ingredients) & set(BOOK.names.spelled[other].ingredients)
]


def is_renamed(one, other):
    """Coumadin/warfarin: two names of one drug, before any strength, are said of one."""
    drugs = BOOK.names.spelled
    return one != other and drugs[one] == drugs[other] and not {one, other} <= BOOK.names.brands


@given(
    st.sampled_from(SAME), SALTS, STRENGTHS, FORMS, st.sampled_from([*MARKS, " and ", " with ", " plus "]), STRENGTHS
)
@settings(max_examples=200, deadline=None)
def test_the_same_ingredient_twice_in_a_text_is_always_seen(pair, salt, strength, form, mark, strength2):
    text = f"{pair[0]}{salt}{strength}{form}{mark}{pair[1]}{strength2}"
    check = checked(text)
    if mark.strip() == "/" and not salt + strength and is_renamed(*pair):
        return
    assert check.not_checked or "duplicate" in {alert.kind for alert in check.alerts}, text


@given(NAMES | TELLING, st.sampled_from(MARKS), st.sampled_from(["5", "6", "2.5", "2,5", "#5", ".5"]), st.data())
@settings(max_examples=200, deadline=None)
def test_a_drug_behind_a_bare_number_is_never_lost_to_a_name_with_a_number(name, mark, number, data):
    behind = data.draw(st.sampled_from(["", " ", "/", "-", ". ", ", ", " - ", " / ", "\n"]))
    for other in ("ASA", "ASA 81 mg", "aspirin 75 mg"):
        text = f"{name}{mark}{number}{behind}{other}"
        reading = BOOK.names.read(text)
        is_other_drug = mark in {"; ", ", ", " + ", "+", " & ", "|", "\n", ". "} and (number, behind) == ("5", "-")
        assert not reading.is_known or is_other_drug or "aspirin" in reading.ingredients, text
