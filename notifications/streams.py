"""Gapless numbers in commit order: the counter row stays locked until the writer's transaction ends.

A serial id is handed out before its row commits, so a reader that asks for "id > last" skips one for good.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from django.db import connection

from notifications.models import Stream

TAKE = """
    INSERT INTO notifications_stream (name, head) VALUES (%s, %s)
    ON CONFLICT (name) DO UPDATE SET head = notifications_stream.head + excluded.head
    RETURNING head
"""


def take_numbers(channels: Sequence[str]) -> list[int]:
    """The next number for each of `channels`, in their order; a channel may stand there more than once.

    Call it last in a transaction. Streams are locked in sorted order: two writers of the same streams then wait
    for each other and never deadlock.
    """
    wanted = Counter(channels)
    following: dict[str, int] = {}
    with connection.cursor() as cursor:
        for name in sorted(wanted):
            cursor.execute(TAKE, [name, wanted[name]])
            following[name] = cursor.fetchone()[0] - wanted[name] + 1
    numbers = []
    for name in channels:
        numbers.append(following[name])
        following[name] += 1
    return numbers


def lock_streams(channels: Iterable[str]) -> None:
    """Lock these streams until the commit, in sorted order, without taking a number."""
    with connection.cursor() as cursor:
        for name in sorted(set(channels)):
            cursor.execute(TAKE, [name, 0])


def heads(names: Sequence[str]) -> dict[str, int]:
    """The last number of each stream, 0 for one that nothing was written to yet. One query."""
    known = dict(Stream.objects.filter(name__in=names).values_list("name", "head"))
    return {name: known.get(name, 0) for name in names}
