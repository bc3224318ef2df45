"""What follows a commit never makes a failure of it: a stored prescription stays stored, and its page is no error."""

import logging
from collections.abc import Callable
from typing import Any

from django.db import Error as DatabaseError
from django.db import transaction

logger = logging.getLogger(__name__)


def after_commit(work: Callable[..., object], *arguments: Any) -> None:
    """Call `work(*arguments)` after the commit; what it raises is logged, not raised.

    Django's `robust=True` alone does not do that for a `partial`: to log what was raised it asks for a name that a
    partial has not, and raises at that.
    """

    def follow() -> None:
        try:
            work(*arguments)
        except DatabaseError as error:
            logger.warning("PostgreSQL went away after a commit (%s); what was committed stays.", str(error).strip())

    transaction.on_commit(follow, robust=True)
