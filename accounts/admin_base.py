"""What the administration of every domain shares: verbs are the only way to change things."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from accounts.refusals import Refused

M = TypeVar("M", bound=Model)


class KeptAdmin(admin.ModelAdmin[M]):
    """Searchable and filterable; nothing is changed or deleted by hand. Adding is up to the subclass."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False


def apply_verb(request: HttpRequest, rows: "QuerySet[Any]", verb: Callable[[Any], None], done: str) -> None:
    """Call the verb on each row; say how many went through, and for each refusal why."""
    count = 0
    for row in rows:
        try:
            verb(row)
            count += 1
        except Refused as refused:
            messages.error(request, f"{row}: {refused.detail}")
        except ValidationError as error:
            messages.error(request, f"{row}: {' '.join(error.messages)}")
    if count:
        messages.success(request, f"{count} {done}.")
