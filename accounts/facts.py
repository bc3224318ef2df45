"""What a domain keeps and people are told of: the row and what its saving writes are one."""

from typing import Any

from django.db import models, transaction


class Fact(models.Model):
    """Saved in a transaction of its own where there is none: Django commits a bare `save()` before `post_save`, and a
    receiver that fails, or a process that dies between the two, would leave a row that nobody is ever told of.
    """

    class Meta:
        abstract = True

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
