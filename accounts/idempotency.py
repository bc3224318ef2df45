"""The same request sent twice is done once: a sender that lost the answer may ask again with its key."""

import hashlib
import json
from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction

if TYPE_CHECKING:
    from accounts.models import User


class IdempotencyKey(models.Model):
    """What was answered to a create that carried a key. Written in the transaction of the create itself."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    endpoint = models.CharField(max_length=200)
    key = models.CharField(max_length=200)
    request_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "endpoint", "key"], name="idempotency_key_once"),
        ]

    def __str__(self) -> str:
        return f"{self.endpoint} {self.key}"


def made_once(user: "User", endpoint: str, said: object, make: Callable[[], UUID]) -> tuple[UUID, bool]:
    """Id of what `make` made of this form, and whether that was now: the second of two at once waits for the first.

    `said` is all that the form says, with the key that it was given when it was shown: whoever goes back and writes
    something else asks for something else. What `make` raises undoes all.
    """
    digest = hashlib.sha256(json.dumps(said, sort_keys=True, cls=DjangoJSONEncoder).encode()).hexdigest()
    with transaction.atomic():
        kept, _ = IdempotencyKey.objects.get_or_create(
            user=user, endpoint=endpoint, key=digest, defaults={"request_hash": digest}
        )
        if kept.body is not None:
            return UUID(kept.body["id"]), False
        made = make()
        kept.status, kept.body = 201, {"id": str(made)}
        kept.save(update_fields=["status", "body"])
        return made, True
