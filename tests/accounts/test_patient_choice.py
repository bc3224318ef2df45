"""Whom a form means: words that name one patient do, a part of a name only finds, and nobody is chosen by a guess."""

import pytest

from accounts.patient_choice import NOBODY, STRANGER, Said, number_and_name, whom
from tests.appointments.making import requested
from tests.cast import NOBODYS_ID, make_patient

pytestmark = pytest.mark.django_db


@pytest.fixture
def smith(cast):
    requested(cast)
    requested(cast, patient=cast.bob)
    return cast.smith.user


def offered(answer):
    return [patient.full_name for patient in answer.offered]


@pytest.mark.parametrize("words", ["alice johnson", "Johnson ALICE", "{number}", "alice {number}", "{bare}"])
def test_the_whole_name_or_the_record_number_names_a_patient(cast, smith, words):
    number = cast.alice.display_id
    words = words.format(number=number, bare=number.replace("-", ""))
    assert whom(smith, Said(words=words)).patient == cast.alice


@pytest.mark.parametrize(
    "words, found, problem",
    [
        ("", [], NOBODY),
        ("alic", ["Alice Johnson"], "“alic” is no whole name. If this is the patient, choose them."),
        ("Alice", ["Alice Johnson"], "“Alice” is no whole name"),
        ("1988-08-14", ["Alice Johnson"], "is no whole name"),
        ("son", ["Alice Johnson", "Bob Wilson"], "2 patients are found for “son”. Choose one of them."),
        ("Zed", [], "Nobody whom you may see is found for “Zed”"),
        ("Charlie Stone", [], "Nobody whom you may see is found"),
    ],
)
def test_less_than_that_is_asked_again_with_those_whom_it_finds(cast, smith, words, found, problem):
    assert cast.charlie
    answer = whom(smith, Said(words=words))
    assert (answer.patient, offered(answer)) == (None, found)
    assert answer.problem.startswith(problem) or problem in answer.problem


def test_who_is_named_by_words_alone_is_to_be_looked_at_and_who_was_on_offer_has_been(cast, smith):
    look = "One patient is found for “alice johnson”. Look whether this is the right person before you send the form."
    assert whom(smith, Said(words="alice johnson")).problem == look
    alice = str(cast.alice.pk)
    for said in (Said(alice), Said(alice, "alice johnson", "alice johnson"), Said(alice, "alice johnson", "son")):
        assert whom(smith, said).problem == ""


def test_the_number_stands_before_a_name_that_is_written_from_right_to_left(cast, smith):
    layla = make_patient("layla@example.com", "ليلى", "حداد")
    requested(cast, patient=layla)
    assert number_and_name(layla) == f"{layla.display_id} ليلى حداد"
    assert whom(smith, Said(words=number_and_name(layla))).patient == layla


def test_namesakes_are_never_taken_by_their_name(cast, smith):
    namesake = make_patient("alice.2@example.com", "Alice", "Johnson")
    assert whom(smith, Said(words="alice johnson")).patient == cast.alice
    requested(cast, patient=namesake)
    assert set(whom(smith, Said(words="alice johnson")).offered) == {cast.alice, namesake}
    assert whom(smith, Said(words=number_and_name(namesake))).patient == namesake


def test_a_longer_name_that_begins_alike_is_asked_for(cast, smith):
    requested(cast, patient=make_patient("alice.2@example.com", "Alice", "Johnsons"))
    assert offered(whom(smith, Said(words="alice johnson"))) == ["Alice Johnson", "Alice Johnsons"]


def test_what_is_ticked_holds_until_other_words_are_typed(cast, smith):
    alice = str(cast.alice.pk)
    assert whom(smith, Said(chosen=alice)).patient == cast.alice
    assert whom(smith, Said(alice, "son", "son")).patient == cast.alice
    assert whom(smith, Said(alice, "alice johnson", "son")).patient == cast.alice
    newer = whom(smith, Said(alice, "wils", "son"))
    assert (newer.patient, offered(newer)) == (None, ["Bob Wilson", "Alice Johnson"])
    other = whom(smith, Said(alice, "bob wilson", number_and_name(cast.alice)))
    assert (other.patient, offered(other)) == (None, ["Bob Wilson", "Alice Johnson"])
    assert other.problem == "“bob wilson” is not Alice Johnson, who had been chosen. Choose one of the two."


@pytest.mark.parametrize("stranger", ["charlie", "nobody", "x", "\x00"])
@pytest.mark.parametrize("words", ["", "alice johnson"])
def test_the_id_of_a_stranger_is_refused_whatever_is_typed(cast, smith, stranger, words):
    pk = {"charlie": str(cast.charlie.pk), "nobody": NOBODYS_ID}.get(stranger, stranger)
    answer = whom(smith, Said(pk, words, words))
    assert (answer.patient, answer.problem) == (None, STRANGER)
    assert cast.charlie not in answer.offered
