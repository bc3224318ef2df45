"""For load balancers and watchmen: does the process live, and can it do its work?"""

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from psycopg_pool import PoolTimeout
from redis import RedisError

from notifications import publisher


@login_not_required
def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


@login_not_required
def readyz(request: HttpRequest) -> JsonResponse:
    """200, or 503 naming what does not answer."""
    checks = {"postgresql": _postgresql(), "redis": _redis()}
    failing = [name for name, answers in checks.items() if not answers]
    status = {"status": "ok"} if not failing else {"status": "unavailable", "failing": failing}
    return JsonResponse(status, status=503 if failing else 200)


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
