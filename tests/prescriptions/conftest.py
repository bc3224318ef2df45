from datetime import timedelta

import pytest
from django.utils import timezone

from notifications.models import Cover
from tests.cast import Cast


@pytest.fixture
def covered(cast: Cast) -> None:
    """Brown covers Smith, and has nothing to do with Alice."""
    now = timezone.now()
    Cover.objects.create(
        doctor=cast.smith, covering=cast.brown, begins=now - timedelta(days=1), ends=now + timedelta(days=1)
    )
