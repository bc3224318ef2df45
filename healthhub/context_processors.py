"""What the shell around every page shows: who is here, what is unread, what is critical and open."""

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from accounts.models import User
from notifications.alerts import open_for
from notifications.inbox import unread_count
from notifications.relay import worker_is_missing


def shell(request: HttpRequest) -> dict[str, Any]:
    clinic = {"clinic_name": settings.CLINIC_NAME, "clinic_phone": settings.CLINIC_PHONE}
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return clinic
    worker = {"worker_is_missing": user.is_administrator and worker_is_missing()}
    if request.path.startswith("/admin/"):
        return clinic | worker
    return {
        **clinic,
        **worker,
        "roles": user.roles,
        "role": _role(user),
        # Called by the templates that show them, and asked once; a lazy number would have no plural.
        "unread_count": cache(lambda: unread_count(user)),
        "open_alerts": cache(lambda: open_for(user)),
    }


def _role(user: User) -> str:
    """Whose navigation to show: whoever is a doctor works as one, whatever else they are."""
    if "doctor" in user.roles:
        return "doctor"
    return user.role
