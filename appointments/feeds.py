"""A person's own calendar address: who knows it reads their visits, so it is long, kept hashed, and can be ended.

models.py makes it known to Django.
"""

import hashlib
import secrets
from typing import Self

from django.db import models
from django.utils import timezone

from accounts.models import User

TOKEN_BYTES = 32


class CalendarFeed(models.Model):
    """At most one a person. A new address ends the old one; without a row there is none."""

    person = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="calendar_feed")
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    with_details = models.BooleanField(default=False)
    made_at = models.DateTimeField(editable=False)

    def __str__(self) -> str:
        return f"{self.person.full_name}, since {self.made_at:%Y-%m-%d}"

    @classmethod
    def make(cls, person: User, *, with_details: bool = False) -> str:
        """A new address, whose secret is what comes back: it is kept nowhere and cannot be asked for again."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        given = {"token_hash": _hashed(token), "with_details": with_details, "made_at": timezone.now()}
        cls.objects.update_or_create(person=person, defaults=given)
        return token

    @classmethod
    def of(cls, person: User) -> Self | None:
        return cls.objects.filter(person=person).first()

    @classmethod
    def opened_by(cls, token: str) -> Self | None:
        """None for an address that is unknown or has ended, or whose person is no longer active."""
        found = cls.objects.filter(token_hash=_hashed(token), person__is_active=True)
        return found.select_related("person").first()

    @classmethod
    def end(cls, person: User) -> None:
        cls.objects.filter(person=person).delete()

    @classmethod
    def show_details(cls, person: User, *, with_details: bool) -> None:
        cls.objects.filter(person=person).update(with_details=with_details)


def _hashed(token: str) -> str:
    """Enough for what is drawn at random: nobody guesses 32 bytes, so no slow hash is needed."""
    return hashlib.sha256(token.encode()).hexdigest()
