"""Suggestions: the closest names, for few words, and without comparing every word with every name."""

import difflib

from hypothesis import given, settings
from hypothesis import strategies as st

from prescriptions import alike
from prescriptions.alike import CLOSE, MOST_SUGGESTIONS, Alike
from tests.prescriptions.book import checked, seed_book

NAMES = sorted(seed_book().names.found)
MISSPELT = st.builds(
    lambda name, at, letter: name[:at] + letter + name[at + 1 :],
    st.sampled_from(NAMES),
    st.integers(0, 12),
    st.sampled_from(["", "e", "x", "th"]),
)


@given(MISSPELT | st.text(max_size=20))
@settings(max_examples=100, deadline=None)
def test_none_is_missed_that_is_close_enough(word):
    assert Alike(NAMES).to(word) == difflib.get_close_matches(word, NAMES, MOST_SUGGESTIONS, CLOSE)


def test_a_hundred_medications_of_many_unknown_parts_are_compared_with_few_names(monkeypatch):
    compared = []

    def counted(word, names, **how):
        compared.append(len(names))
        return difflib.get_close_matches(word, names, **how)

    monkeypatch.setattr(alike, "get_close_matches", counted)
    many = ["/".join(f"{chr(97 + one % 26)}{chr(97 + part)}isinopri" for part in range(18)) for one in range(100)]
    check = checked(*many)
    assert (check.status, len(check.not_checked)) == ("not_checked", 100)
    assert len(compared) <= 300
    assert sum(compared) < 300 * len(NAMES) / 10


def test_a_long_name_that_stands_in_it_is_suggested_before_what_looks_like_it():
    assert seed_book().names.read("insulin glargine mix").suggestions[0] == "insulin glargine"
