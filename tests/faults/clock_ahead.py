"""The settings of a server process whose clock is ahead. Only named in the environment: an import moves a clock."""

import os
from datetime import timedelta

from django.utils import timezone

from tests.settings import *  # noqa: F403

_now, _ahead = timezone.now, timedelta(days=int(os.environ["CLOCK_AHEAD_DAYS"]))
timezone.now = lambda: _now() + _ahead
