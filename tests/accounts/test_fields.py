"""What counts as having said something."""

import pytest
from django.core.exceptions import ValidationError

from accounts.fields import in_words, refuse_silence, says_something


@pytest.mark.parametrize("text", ["", "  ", ".", "-- ?!", "\u200b", "\u200d\ufeff", "\u00a0", "\U0001f44d"])
def test_marks_blanks_and_what_cannot_be_seen_say_nothing(text):
    assert not says_something(text)
    with pytest.raises(ValidationError, match="in words"):
        in_words(text)
    with pytest.raises(ValidationError) as error:
        refuse_silence(source="BNF 2026", note=text)
    assert list(error.value.message_dict) == ["note"]


@pytest.mark.parametrize("text", ["ok", "7", " \u00e9.", "\u65e5\u672c", "\u043d\u0435\u0442"])
def test_a_letter_or_digit_of_any_script_says_something(text):
    assert says_something(text)
    in_words(text)
    refuse_silence(note=text)
