"""Which limits are in force, and which would judge the same patients twice."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, NoReturn, Self

from django.db.models import F, Q, QuerySet

if TYPE_CHECKING:
    from labs.limit_bands import LimitBand


def refuse_to_delete() -> NoReturn:
    raise TypeError("Limits are never deleted: results were judged by them. revise() them.")


class LimitBandQuerySet(QuerySet[Any]):
    """`update()` and `bulk_create()` leave the rules of versions to the caller: use the verbs."""

    def in_force(self, at: datetime) -> Self:
        return self.filter(Q(effective_until=None) | Q(effective_until__gt=at), effective_from__lte=at)

    def for_some_of_the_same(self, band: "LimitBand") -> Self:
        """Others of the analyte that judge one of the same patients, at whatever moment."""
        found = self.filter(analyte_id=band.analyte_id).exclude(pk=band.pk)
        if band.sex != "any":
            found = found.filter(sex__in=[band.sex, "any"])
        found = found.filter(Q(age_until_days=None) | Q(age_until_days__gt=band.age_from_days))
        if band.age_until_days is not None:
            found = found.filter(age_from_days__lt=band.age_until_days)
        return found

    def overlapping(self, band: "LimitBand") -> Self:
        """Others that would judge one of the same patients at one of the same moments."""
        ended = Q(effective_until=None) | Q(effective_until__gt=band.effective_from)
        found = self.for_some_of_the_same(band).filter(ended).exclude(effective_until=F("effective_from"))
        return found.filter(effective_from__lt=band.effective_until) if band.effective_until else found

    def delete(self) -> NoReturn:
        refuse_to_delete()
