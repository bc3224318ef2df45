"""What the database demands of limits."""

from django.db import models
from django.db.models import F, Q


class LowOperator(models.TextChoices):
    """A value is low when it is ... the bound."""

    BELOW = "<", "less than"
    AT_OR_BELOW = "<=", "less than or equal to"


class HighOperator(models.TextChoices):
    """A value is high when it is ... the bound."""

    ABOVE = ">", "greater than"
    AT_OR_ABOVE = ">=", "greater than or equal to"


def _in_order(lower: str, upper: str) -> Q:
    return Q(**{f"{lower}__isnull": True}) | Q(**{f"{upper}__isnull": True}) | Q(**{f"{lower}__lte": F(upper)})


BAND_RULES = {
    "limit_band_sex_in_set": Q(sex__in=["any", "female", "male"]),
    "limit_band_age_ends_after_it_begins": Q(age_until_days=None) | Q(age_until_days__gt=F("age_from_days")),
    "limit_band_ends_after_it_begins": Q(effective_until=None) | Q(effective_until__gte=F("effective_from")),
    "limit_band_low_or_none_by_design": Q(no_low=False) | Q(low=None),
    "limit_band_high_or_none_by_design": Q(no_high=False) | Q(high=None),
    "limit_band_says_something": Q(low__isnull=False)
    | Q(high__isnull=False)
    | Q(critical_low__isnull=False)
    | Q(critical_high__isnull=False),
    "limit_band_low_operators_in_set": Q(low_operator__in=["<", "<="], critical_low_operator__in=["<", "<="]),
    "limit_band_high_operators_in_set": Q(high_operator__in=[">", ">="], critical_high_operator__in=[">", ">="]),
    "limit_band_low_is_not_above_high": _in_order("low", "high"),
    "limit_band_critical_low_is_lowest": _in_order("critical_low", "low") & _in_order("critical_low", "high"),
    "limit_band_critical_high_is_highest": _in_order("high", "critical_high") & _in_order("low", "critical_high"),
    "limit_band_critical_ends_in_order": _in_order("critical_low", "critical_high"),
    "limit_band_approved_by_somebody": Q(approved_by=None, approved_at=None)
    | Q(approved_by__isnull=False, approved_at__isnull=False),
}
"""Name of a database constraint -> what it demands of every band."""

NO_OVERLAP = """
ALTER TABLE labs_limitband ADD CONSTRAINT limit_bands_never_overlap EXCLUDE USING gist (
    int8range(analyte_id, analyte_id, '[]') WITH &&,
    int4range(CASE WHEN sex = 'male' THEN 2 ELSE 1 END, CASE WHEN sex = 'female' THEN 2 ELSE 3 END) WITH &&,
    int4range(age_from_days, age_until_days) WITH &&,
    tstzrange(effective_from, effective_until) WITH &&
)
"""
"""Ranges of one number stand for "is the same": equality under gist would need an extension."""
