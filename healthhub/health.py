"""For load balancers and watchmen: does the process live, and can it do its work?"""

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from psycopg_pool import PoolTimeout
from redis import RedisError

from notifications import publisher
from notifications.relay import worker_is_missing


@login_not_required
def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


@login_not_required
def readyz(request: HttpRequest) -> JsonResponse:
    """200, or 503 naming what does not answer. A missing worker is said, but pages go on without one."""
    checks = {"postgresql": _postgresql(), "redis": _redis()}
    failing = [name for name, answers in checks.items() if not answers]
    if failing:
        return JsonResponse({"status": "unavailable", "failing": failing}, status=503)
    return JsonResponse({"status": "ok", "worker": "missing" if worker_is_missing() else "ok"})


def _postgresql() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, PoolTimeout):
        return False
    return True


def _redis() -> bool:
    try:
        return bool(publisher.connection().ping())
    except RedisError:
        return False
