"""Of which analyte each value on record is: trends and the value before are looked up by it.

models.py makes it known to Django.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import F, Func, Q, QuerySet

from accounts.models import Patient, User
from labs.catalogue_models import Analyte
from labs.spellings import folded

if TYPE_CHECKING:
    from labs.models import LabResult

LONGEST_NAME = 200
Entry = dict[str, Any]
OWN_CODE, MOST_DIGITS = "local-", 19


class LabValueQuerySet(QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """The values of the results that one sees."""
        from labs.models import LabResult  # which keeps these rows, so that it is loaded later

        return self.filter(result__in=LabResult.objects.visible_to(user))

    def in_force(self) -> Self:
        """Of the newest version of each result; a cancellation has no values here."""
        return self.filter(result__superseded_by__isnull=True)

    def with_entries(self) -> Self:
        """Each with `entry`: the value as its result keeps it, without the other values of the result."""
        entry = Func(
            F("result__entries"),
            F("position"),
            template="(%(expressions)s)",
            arg_joiner=" -> ",
            output_field=models.JSONField(),
        )
        return self.annotate(entry=entry)


class LabValue(models.Model):
    """Where a value stands: in the entries of a result, at a position. What it is, is said there and nowhere else."""

    result = models.ForeignKey("labs.LabResult", on_delete=models.CASCADE, related_name="index")
    position = models.PositiveSmallIntegerField()
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    analyte = models.ForeignKey(Analyte, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(
        max_length=LONGEST_NAME, blank=True, help_text="What it was called, where the catalogue does not know it."
    )
    at = models.DateTimeField(help_text="When its result was first on record, however often it was corrected.")

    entry: Entry
    """Where a queryset was asked for it: see `with_entries`."""

    objects = LabValueQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["result", "position"], name="lab_value_stands_once"),
            models.CheckConstraint(
                condition=Q(analyte__isnull=False, name="") | (Q(analyte=None) & ~Q(name="")),
                name="lab_value_of_an_analyte_or_a_name",
            ),
        ]
        indexes = [models.Index(fields=["patient", "analyte", "name", "-at"], name="lab_value_over_time")]

    def __str__(self) -> str:
        return f"{self.result_id} {self.position}"

    @property
    def key(self) -> tuple[int | None, str]:
        """The same for all values that are of one thing."""
        return self.analyte_id, self.name


def keep_index(result: "LabResult") -> None:
    """With the result, in its transaction; once."""
    analytes = _analytes_of(result.entries)
    first = result.original or result
    LabValue.objects.bulk_create(
        LabValue(
            result=result,
            position=position,
            patient_id=result.patient_id,
            analyte=analyte,
            name="" if analyte else folded(entry["name"])[:LONGEST_NAME],
            at=first.created_at,
        )
        for position, entry in enumerate(result.entries)
        for analyte in [analytes.get(entry.get("analyte"))]
    )


def analyte_coded(code: str) -> Analyte | None:
    return Analyte.objects.filter(_coded([code])).first()


def _analytes_of(entries: list[dict[str, Any]]) -> dict[str | None, Analyte]:
    """An analyte that was given its LOINC code since is found under its own code too."""
    codes = {entry["analyte"] for entry in entries if entry.get("analyte")}
    found = Analyte.objects.filter(_coded(codes)) if codes else []
    return {code: analyte for analyte in found for code in (analyte.loinc, f"{OWN_CODE}{analyte.pk}") if code}


def _coded(codes: Iterable[str]) -> Q:
    numbers = [code.removeprefix(OWN_CODE) for code in codes if code.startswith(OWN_CODE)]
    own = [int(number) for number in numbers if number.isdecimal() and len(number) < MOST_DIGITS]
    return Q(loinc__in=codes) | Q(pk__in=own)
