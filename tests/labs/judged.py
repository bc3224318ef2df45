"""A value as the example catalogue judges it."""

from datetime import date, timedelta

from django.utils import timezone

from labs.catalogue import judge
from labs.values import read_values

ADULT = date(1980, 1, 1)


def judged(name, sent, *, sex="female", born=ADULT, days_old=None, at=None, decimal_comma=False, test_type="Blood"):
    """`sent` is the plain form, or an object with the parts."""
    at = at or timezone.now()
    born = born if days_old is None else timezone.localdate(at) - timedelta(days=days_old)
    values = read_values({name: sent}, decimal_comma=decimal_comma)
    return judge(values, patient_sex=sex, born=born, at=at, test_type=test_type)[name]


def flag_of(name, sent, **patient):
    return judged(name, sent, **patient).flag
