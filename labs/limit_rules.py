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
    "limit_band_sex_in_set": (Q(sex__in=["any", "female", "male"]), "Choose any, female or male."),
    "limit_band_age_ends_after_it_begins": (
        Q(age_until_days=None) | Q(age_until_days__gt=F("age_from_days")),
        "The age ends before it begins.",
    ),
    "limit_band_ends_after_it_begins": (
        Q(effective_until=None) | Q(effective_until__gte=F("effective_from")),
        "The limits end before they begin.",
    ),
    "limit_band_low_or_none_by_design": (
        Q(no_low=False) | Q(low=None),
        "There is a low bound, and nothing is too low: only one of them can be.",
    ),
    "limit_band_high_or_none_by_design": (
        Q(no_high=False) | Q(high=None),
        "There is a high bound, and nothing is too high: only one of them can be.",
    ),
    "limit_band_says_something": (
        Q(low__isnull=False) | Q(high__isnull=False) | Q(critical_low__isnull=False) | Q(critical_high__isnull=False),
        "Give at least one bound.",
    ),
    "limit_band_low_operators_in_set": (
        Q(low_operator__in=["<", "<="], critical_low_operator__in=["<", "<="]),
        "A value is low below its bound.",
    ),
    "limit_band_high_operators_in_set": (
        Q(high_operator__in=[">", ">="], critical_high_operator__in=[">", ">="]),
        "A value is high above its bound.",
    ),
    "limit_band_low_is_not_above_high": (_in_order("low", "high"), "The low bound lies above the high one."),
    "limit_band_critical_low_is_lowest": (
        _in_order("critical_low", "low") & _in_order("critical_low", "high"),
        "The critical low bound lies above one that is not critical.",
    ),
    "limit_band_critical_high_is_highest": (
        _in_order("high", "critical_high") & _in_order("low", "critical_high"),
        "The critical high bound lies below one that is not critical.",
    ),
    "limit_band_critical_ends_in_order": (
        _in_order("critical_low", "critical_high"),
        "The critical low bound lies above the critical high one.",
    ),
    "limit_band_approved_by_somebody": (
        Q(approved_by=None, approved_at=None) | Q(approved_by__isnull=False, approved_at__isnull=False),
        "An approval has a person and a time.",
    ),
}
"""Name of a database constraint -> what it demands of every band, and what it says to who breaks it."""

NO_OVERLAP = """
ALTER TABLE labs_limitband ADD CONSTRAINT limit_bands_never_overlap EXCLUDE USING gist (
    int8range(analyte_id, analyte_id, '[]') WITH &&,
    int4range(CASE WHEN sex = 'male' THEN 2 ELSE 1 END, CASE WHEN sex = 'female' THEN 2 ELSE 3 END) WITH &&,
    int4range(age_from_days, age_until_days) WITH &&,
    tstzrange(effective_from, effective_until) WITH &&
)
"""
"""Ranges of one number stand for "is the same": equality under gist would need an extension."""

KEPT = """
CREATE FUNCTION limit_bands_are_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    later text[] := ARRAY['effective_until', 'approved_by_id', 'approved_at'];
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'limits are never deleted' USING ERRCODE = 'check_violation';
    ELSIF to_jsonb(NEW) - later <> to_jsonb(OLD) - later
        OR (OLD.effective_until IS NOT NULL AND NEW.effective_until IS DISTINCT FROM OLD.effective_until)
        OR (OLD.approved_at IS NOT NULL AND NEW.approved_at IS DISTINCT FROM OLD.approved_at)
    THEN
        RAISE EXCEPTION 'limits are never edited' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER limit_bands_are_kept BEFORE UPDATE OR DELETE ON labs_limitband
    FOR EACH ROW EXECUTE FUNCTION limit_bands_are_kept()
"""
"""What old results were judged by stays readable, whoever writes to the table: what is set later is set once."""
NOT_KEPT = """
DROP TRIGGER limit_bands_are_kept ON labs_limitband;
DROP FUNCTION limit_bands_are_kept()
"""
