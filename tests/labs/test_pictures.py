"""A value within its range: what the sent range settles, and nothing more."""

import pytest

from labs.pictures import bar_of, flag_of, lines_of


def parts(value, low=None, high=None):
    return {"value": value, "unit": None, "low": low, "high": high}


@pytest.mark.parametrize(
    "sent, flag",
    [
        (parts("7.1", "3.5", "5.1"), "high"),
        (parts("2.9", "3.5", "5.1"), "low"),
        (parts("3.5", "3.5", "5.1"), "in"),
        (parts("5.1", "3.5", "5.1"), "in"),
        (parts("0", "70", "99"), "low"),
        (parts("7.1", None, "5.1"), "high"),
        (parts("4", None, "5.1"), "unknown"),
        (parts("4"), "unknown"),
        (parts("see note", "3", "5"), "unknown"),
        (parts("<10", "3", "5"), "unknown"),
        (parts("7,1", "3", "5"), "unknown"),
        (parts("1e1", "3", "5"), "unknown"),
        (parts("NaN", "3", "5"), "unknown"),
        (parts("٤", "3", "5"), "unknown"),
    ],
)
def test_unknown_is_never_normal(sent, flag):
    assert flag_of(sent) == flag


def test_the_picture_shows_where_the_value_lies():
    bar = bar_of(parts("4.3", "3.5", "5.1"))
    assert (bar.start, bar.width, bar.at) == ("34.8%", "30.3%", "50.0%")


def test_a_value_far_outside_is_still_in_the_picture():
    assert 0 < float(bar_of(parts("900", "3.5", "5.1")).at.rstrip("%")) < 100
    assert 0 < float(bar_of(parts("-900", "3.5", "5.1")).at.rstrip("%")) < 100


def test_there_is_no_picture_without_a_range():
    assert bar_of(parts("4")) is None
    assert lines_of({"K": parts("4")})[0].reference == "none"
