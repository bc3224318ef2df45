"""What every serializer of the domains is made of."""

from datetime import UTC, datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from rest_framework import serializers

from accounts.fields import no_control_characters, sane_date


class WireTimeField(serializers.DateTimeField):
    """Read: RFC 3339 with Z or an offset, never without. Written: UTC with Z."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(default_timezone=UTC, **kwargs)

    def to_internal_value(self, value: Any) -> datetime:
        self._refuse_without_offset(value)
        try:
            moment = super().to_internal_value(value)
        except OverflowError:
            moment = datetime.max.replace(tzinfo=UTC)
        sane_date(moment)
        return moment

    def _refuse_without_offset(self, value: Any) -> None:
        try:
            moment = parse_datetime(value) if isinstance(value, str) else None
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            raise serializers.ValidationError(
                "Give a time with Z or an offset, for example 2027-03-02T10:00:00Z.", code="invalid"
            )


class PlainText(serializers.CharField):
    """Text without control characters. Numbers and booleans are not text, whatever they look like."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.validators.append(no_control_characters)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class WholeNumber(serializers.IntegerField):
    """An integer. `true` is none, and neither is 2.5."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool | float):
            self.fail("invalid")
        return super().to_internal_value(data)
