"""What has expired is forgotten at night; what still opens a door is kept."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from accounts.tasks import forget_expired_sign_ins

pytestmark = pytest.mark.django_db


def test_expired_tokens_and_sessions_are_forgotten_and_live_ones_kept(cast):
    for name, lives in (("old", timedelta(hours=-1)), ("new", timedelta(hours=1))):
        until = timezone.now() + lives
        OutstandingToken.objects.create(user=cast.alice.user, jti=name, token=name, expires_at=until)
        Session.objects.create(session_key=name, session_data="", expire_date=until)
    forget_expired_sign_ins(timestamp=0)
    assert list(OutstandingToken.objects.values_list("jti", flat=True)) == ["new"]
    assert list(Session.objects.values_list("session_key", flat=True)) == ["new"]
