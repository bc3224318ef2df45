import hashlib
import json
from typing import Any, cast

from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import transaction
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.fields import senders_identifier
from accounts.idempotency import IdempotencyKey
from accounts.models import User
from accounts.refusals import IllegalStep


class IdempotentCreateMixin:
    """For views with `create(request)`: a POST with an `Idempotency-Key` is carried out once.

    The same key again gives the same answer (with `Idempotent-Replay: true`), also to two requests at once: the
    second waits for the first. A key with another body is 409; an answer that was an error is not kept.
    """

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get("Idempotency-Key")
        if key is None:
            return self.create(request, *args, **kwargs)
        try:
            senders_identifier(key)
        except DjangoValidationError as error:
            raise ValidationError({"Idempotency-Key": error.messages}) from None
        with transaction.atomic():
            return self._once(key, request, *args, **kwargs)

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        raise NotImplementedError

    def _once(self, key: str, request: Request, *args: Any, **kwargs: Any) -> Response:
        asked = hashlib.sha256(json.dumps(request.data, sort_keys=True, default=str).encode()).hexdigest()
        kept, first_time = IdempotencyKey.objects.get_or_create(
            user=cast(User, request.user),
            endpoint=request.path.rstrip("/"),
            key=key,
            defaults={"request_hash": asked},
        )
        if first_time:
            response = self.create(request, *args, **kwargs)
            kept.status, kept.body = response.status_code, response.data
            kept.save(update_fields=["status", "body"])
            return response
        if kept.request_hash != asked:
            raise IllegalStep(
                "This Idempotency-Key was used for another request; choose a new one.",
                code="idempotency_key_reused",
            )
        return Response(kept.body, status=kept.status, headers={"Idempotent-Replay": "true"})
