"""Into which class a reading falls: by tables, and by laws that hold for all limits and all values (Hypothesis)."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from labs.classify import Bound, Limits, classify
from labs.readings import FAR, read

ORDER = ["LL", "L", "N", "H", "HH"]
NONE = Limits("any", 0, None, None, None, None, None, False, False, 1, "x", False)


def bound(text):
    """ "<3.5" and ">5.1" exclude the bound itself, "<=20" and ">=5" have it."""
    sign = text.rstrip("0123456789.-")
    return Bound(Decimal(text.removeprefix(sign)), inclusive=sign.endswith("="))


def limits(sex="any", ages=(0, None), *, no_low=False, no_high=False, band=None, **bounds):
    made = {name: bound(text) for name, text in bounds.items()}
    return replace(
        NONE, sex=sex, age_from=ages[0], age_until=ages[1], no_low=no_low, no_high=no_high, band=band, **made
    )


POTASSIUM = limits(low="<3.5", high=">5.1", critical_low="<3.0", critical_high=">6.1")
PLATELETS = limits(low="<150", high=">400", critical_low="<=20", critical_high=">=1000")
GLUCOSE = limits(low="<70", high=">99", critical_low="<55", critical_high=">450")


def flag(text, *known, sex="female", age_days=10_000):
    return classify(read(text).span(), known, sex=sex, age_days=age_days).flag


def why(text, *known, sex="female", age_days=10_000):
    found = classify(read(text).span(), known, sex=sex, age_days=age_days)
    assert found.flag is None
    return found.why


@pytest.mark.parametrize(
    "text, known, expected",
    [
        ("2.9", POTASSIUM, "LL"),
        ("3.0", POTASSIUM, "L"),
        ("3.4", POTASSIUM, "L"),
        ("3.5", POTASSIUM, "N"),
        ("5.1", POTASSIUM, "N"),
        ("5.2", POTASSIUM, "H"),
        ("6.1", POTASSIUM, "H"),
        ("6.10000001", POTASSIUM, "HH"),
        ("20", PLATELETS, "LL"),
        ("21", PLATELETS, "L"),
        ("999", PLATELETS, "H"),
        ("1000", PLATELETS, "HH"),
        ("0", GLUCOSE, "LL"),
        ("-1", GLUCOSE, "LL"),
    ],
)
def test_each_bound_has_its_own_operator(text, known, expected):
    assert flag(text, known) == expected


@pytest.mark.parametrize(
    "text, expected",
    [
        ("<10", "LL"),
        ("<55", "LL"),
        ("<=55", None),
        ("<56", None),
        ("<70", None),
        ("<500", None),
        (">450", "HH"),
        (">=450", None),
        (">600", "HH"),
        (">99", None),
        (">0", None),
    ],
)
def test_half_a_line_has_a_class_where_all_of_it_falls_into_one(text, expected):
    assert flag(text, GLUCOSE) == expected


def test_half_a_line_without_critical_limits_is_high_or_low():
    reference_only = limits(low="<98", high=">107")
    assert (flag(">107", reference_only), flag("<98", reference_only)) == ("H", "L")
    assert flag(">=107", reference_only) is None


def test_half_a_line_below_nothing_that_is_too_low_is_normal():
    lactate = limits(no_low=True, high=">2.0", critical_high=">=5")
    assert (flag("<0.5", lactate), flag("<=2.0", lactate), flag("<2.1", lactate)) == ("N", "N", None)


def test_a_missing_bound_never_fires_and_never_makes_normal():
    only_critical = limits(critical_low="<46", critical_high=">200")
    assert (flag("45", only_critical), flag("201", only_critical)) == ("LL", "HH")
    assert why("100", only_critical) == "The catalogue has no low and no high reference bound for this patient."
    assert why("100", limits(low="<70")) == "The catalogue has no high reference bound for this patient."
    assert why("100", limits(high=">120")) == "The catalogue has no low reference bound for this patient."
    assert (flag("69", limits(low="<70")), flag("121", limits(high=">120"))) == ("L", "H")


def test_a_reference_range_is_never_taken_for_a_critical_one():
    reference_only = limits(low="<98", high=">107")
    assert (flag("0", reference_only), flag("999999", reference_only)) == ("L", "H")


def test_without_limits_there_is_no_class():
    assert why("5") == "The catalogue has no limits for this analyte."


CHILD, WOMAN, MAN = (
    limits(ages=(0, 6574), low="<2", high=">8"),
    limits("female", (6574, None), low="<3", high=">6"),
    limits("male", (6574, None), low="<4", high=">7"),
)


@pytest.mark.parametrize(
    "text, sex, age_days, expected",
    [
        ("3.5", "female", 6574, "N"),
        ("3.5", "male", 6574, "L"),
        ("2.5", "female", 6573, "N"),
        ("2.5", "female", 6574, "L"),
        ("5", "unknown", 9000, "N"),
        ("5", "other", 9000, "N"),
        ("3.5", "unknown", 9000, None),
        ("3.5", "unknown", 100, "N"),
        ("5", "male", None, "N"),
        ("7.5", "male", None, None),
        ("9", "unknown", None, "H"),
        ("5", "", None, "N"),
    ],
)
def test_a_patient_of_unknown_sex_or_age_has_a_class_where_all_limits_agree(text, sex, age_days, expected):
    assert flag(text, CHILD, WOMAN, MAN, sex=sex, age_days=age_days) == expected


@pytest.mark.parametrize(
    "known, sex, age_days, reason",
    [
        ([WOMAN], "male", 9000, "The catalogue has no limits for a patient of this sex and age."),
        ([WOMAN], "female", 100, "The catalogue has no limits for a patient of this sex and age."),
        ([CHILD], "female", -1, "The catalogue has no limits for a patient of this sex and age."),
        ([WOMAN], "unknown", 9000, "The patient's sex must be known"),
        ([WOMAN, MAN], "female", None, "The patient's age must be known"),
        ([WOMAN], "other", None, "The patient's sex and age must be known"),
        ([WOMAN, MAN], "unknown", 9000, "The patient's sex or age is not known, and the limits"),
    ],
)
def test_limits_that_are_not_for_everybody_who_it_can_be_give_no_class(known, sex, age_days, reason):
    assert why("6.5", *known, sex=sex, age_days=age_days).startswith(reason)


def test_the_limits_that_could_apply_are_named():
    known = [replace(one, band=number) for number, one in enumerate([CHILD, WOMAN, MAN], start=1)]
    named = classify(read("5").span(), known, sex="unknown", age_days=9000).limits
    assert [one.band for one in named] == [2, 3]
    assert [one.band for one in classify(read("5").span(), known, sex="male", age_days=9000).limits] == [3]


# --- laws -------------------------------------------------------------------------------------------

NUMBERS = st.decimals(-50, 50, places=1, allow_nan=False, allow_infinity=False)
OPTIONAL = st.booleans()


@st.composite
def some_limits(draw, sex="any", ages=(0, None)):
    """Whatever the database accepts: bounds in order, any of them missing, each with either operator."""
    ordered = sorted(draw(st.tuples(NUMBERS, NUMBERS, NUMBERS, NUMBERS)))
    names = ("critical_low", "low", "high", "critical_high")
    bounds = {
        name: Bound(at, inclusive=draw(OPTIONAL)) for name, at in zip(names, ordered, strict=True) if draw(OPTIONAL)
    }
    by_design = {f"no_{end}": end not in bounds and draw(OPTIONAL) for end in ("low", "high")}
    return replace(NONE, sex=sex, age_from=ages[0], age_until=ages[1], **bounds, **by_design)


def rank(found):
    return ORDER.index(found) if found else None


@given(some_limits(), NUMBERS, NUMBERS)
def test_a_larger_value_never_has_a_lower_class(known, one, other):
    smaller, larger = sorted([one, other])
    found = [rank(known.class_at((Fraction(at), 0))) for at in (smaller, larger)]
    assume(None not in found)
    assert found[0] <= found[1]


@given(some_limits(), st.sampled_from(["<", "<=", ">", ">="]), NUMBERS, st.integers(0, 300))
def test_the_class_of_half_a_line_is_that_of_every_number_in_it(known, sign, at, tenths):
    away = Decimal(tenths if "=" in sign else tenths + 1) / 10
    inside = at - away if sign.startswith("<") else at + away
    found = flag(f"{sign}{at}", known)
    assert found in (None, flag(f"{inside}", known))


@given(some_limits(), NUMBERS, st.sampled_from([Fraction("18.016"), Fraction(1, 10), Fraction(10000, 11312)]))
def test_the_unit_in_which_a_value_is_sent_does_not_change_its_class(known, at, factor):
    """Also for a value that lies exactly on a bound."""
    sent = Fraction(at) / factor
    exact = ((sent * factor, 0), (sent * factor, 0))
    assert classify(exact, [known], sex="male", age_days=1).flag == flag(f"{at}", known, sex="male", age_days=1)


@given(st.data(), NUMBERS, st.integers(0, 200), st.sampled_from(["female", "male"]))
def test_who_is_known_less_of_never_has_a_more_certain_class(data, at, age_days, sex):
    """Where something is classified for an unknown patient, it is classified the same for whoever it can be."""
    known = [
        data.draw(some_limits(of, ages)) for of in ("female", "male") for ages in ((0, 100), (100, None)) if
        data.draw(st.integers(0, 5))
    ]  # fmt: skip
    text = data.draw(st.sampled_from(["", "<", ">="])) + f"{at}"
    certain = flag(text, *known, sex=sex, age_days=age_days)
    for less in (
        {"sex": "unknown", "age_days": age_days},
        {"sex": sex, "age_days": None},
        {"sex": "", "age_days": None},
    ):
        found = flag(text, *known, **less)
        assert found in (None, certain)


@given(some_limits())
def test_no_number_lies_beyond_both_ends(known):
    assert known.class_at((-FAR, 0)) in ("LL", "L", "N", None)
    assert known.class_at((FAR, 0)) in ("HH", "H", "N", None)
