"""What each medication was understood as stands beside the check, so that a misreading is seen."""

import re

import pytest

from prescriptions.matching import Names
from prescriptions.templatetags.check_words import read_as
from tests.appointments.making import requested, words_of
from tests.prescriptions.answering import prescribe
from tests.prescriptions.book import checked

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rules")]


def said(*medications):
    lines = read_as(checked(*medications).as_json())
    return [(one["text"], one["ingredients"], one["is_whole"]) for one in lines]


def test_a_brand_and_a_product_say_what_is_in_them_and_a_plain_name_is_not_said_twice():
    assert said("Percocet", "warfarin", "Warfarin sodium 5 mg", "Advil + Nurofen") == [
        ("Percocet", "oxycodone, paracetamol", True),
        ("warfarin", "", True),
        ("Warfarin sodium 5 mg", "warfarin", True),
        ("Advil + Nurofen", "ibuprofen", True),
    ]


def test_what_is_known_in_part_or_not_at_all_says_so():
    assert said("warfarin/foozine", "lisinopril 20/12.5", "Nurofen Plus", "no warfarin") == [
        ("warfarin/foozine", "warfarin", False),
        ("lisinopril 20/12.5", "lisinopril", False),
        ("Nurofen Plus", "ibuprofen", False),
        ("no warfarin", "", False),
    ]


def read_page(answer):
    """The words of the page without its tags."""
    return " ".join(re.sub("<[^>]+>", "", words_of(answer)).split())


@pytest.fixture
def smith(cast):
    requested(cast)
    return cast.smith


def test_it_stands_beside_the_form_on_the_prescription_and_on_the_patients_page(cast, smith, signed_in):
    issued, client = prescribe(smith, cast.alice, "Percocet 5 mg/325 mg"), signed_in(smith)
    asked = {"patient": str(cast.alice.pk), "medication": "Nurofen Plus"}
    beside = read_page(client.post("/prescriptions/partials/check/", asked))
    own = read_page(client.get(issued.get_absolute_url()))
    all_of_it = read_page(client.get(f"/prescriptions/of/{cast.alice.pk}/"))
    for page in (beside, own, all_of_it):
        assert "Percocet 5 mg/325 mg: oxycodone, paracetamol" in page
    assert "Nurofen Plus: ibuprofen and a part that is not known" in beside


def test_a_check_of_a_program_that_read_it_otherwise_is_not_still_as_it_was(cast, smith, signed_in, monkeypatch):
    with monkeypatch.context() as before:
        read = Names.read
        before.setattr(Names, "read", lambda names, text: read(names, text.removesuffix(" Plus")))
        issued, plain = (prescribe(smith, cast.alice, text) for text in ("Nurofen Plus", "paracetamol"))
    page, other = (read_page(signed_in(smith).get(one.get_absolute_url())) for one in (issued, plain))
    assert "Understood otherwise than then: Nurofen Plus." in page
    assert "Stale" in page and "Stale" in other


def test_a_patient_reads_nothing_of_a_check(cast, smith, signed_in):
    prescribe(smith, cast.alice, "Percocet 5 mg/325 mg")
    assert "oxycodone" not in words_of(signed_in(cast.alice).get(f"/prescriptions/of/{cast.alice.pk}/"))


def test_a_duplicate_names_the_ingredient_that_is_there_twice(smith, signed_in):
    page = words_of(signed_in(smith).post("/prescriptions/partials/check/", {"medication": "Tylenol and Percocet"}))
    assert "Tylenol and Percocet: one too many (paracetamol)" in page
