"""For tests, like `django.core.mail.outbox`: with NOTIFICATIONS_OUTBOX on, what was sent, and no Redis asked."""

from notifications.publisher import outbox

__all__ = ["outbox"]
