"""Whatever dies in between: what was committed is shown, in order, once.

Real processes on real sockets. Each prints what was expected, what was received and how many were shown twice; the
bar is received = expected and none twice. `make faults` runs them longer.
"""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis
from django.db import connection, transaction

from healthhub.embedded import places, postgres, redis_server
from notifications import publisher
from notifications.channels import doctor_channel, patient_channel
from notifications.dispatch import publish_notification_sync
from notifications.models import Notification
from tests.faults.proxy import Proxy
from tests.faults.reader import Reader, wait_for
from tests.server import ROOT, Server, free_port

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults]
LONGER = int(os.environ.get("FAULTS_TIMES", "1"))
LONG = LONGER > 1
QUICK = {"NOTIFICATIONS_HEARTBEAT_SECONDS": "1"}


@pytest.fixture
def alice(cast):
    return cast.alice


@pytest.fixture
def own_redis(tmp_path_factory, settings) -> Iterator["OwnRedis"]:
    """A Redis that a test may freeze and kill; this process and the servers that it starts use it."""
    own = OwnRedis()
    own.start()
    settings.REDIS_URL = own.url
    publisher.connection.cache_clear()
    yield own
    own.stop()
    publisher.connection.cache_clear()


class OwnRedis:
    def __init__(self) -> None:
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    def start(self) -> None:
        command = [redis_server._binary(), "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        client = redis.Redis(port=self.port)
        assert wait_for(lambda: _answers(client), 10)
        client.close()

    def kill(self) -> None:
        assert self.process
        self.process.send_signal(signal.SIGCONT)
        self.process.kill()
        self.process.wait()

    stop = kill

    def freeze(self) -> None:
        assert self.process
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self.process
        self.process.send_signal(signal.SIGCONT)

    def server(self) -> Server:
        return Server(REDIS_URL=self.url, **QUICK)


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False


class Writer:
    """Writes 0, 1, 2, ... to one reader's stream."""

    def __init__(self, person) -> None:
        self.channel = patient_channel(person.pk)
        self.count = 0

    def write(self, count: int = 1) -> None:
        for _ in range(count):
            publish_notification_sync(self.channel, {"type": "test", "n": self.count})
            self.count += 1

    def write_for(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.write()
            time.sleep(0.05)

    def everything_was_shown_once_by(self, reader: Reader, timeout: float = 30) -> bool:
        complete = reader.has(list(range(self.count)), timeout)
        ids = [frame["id"] for frame in reader.shown]
        print(f"expected {self.count}, received {len(ids)}, shown twice {len(ids) - len(set(ids))}")
        return complete


def closing(work):
    try:
        return work()
    finally:
        connection.close()


# --- the server dies ----------------------------------------------------------------------------------


def test_a_server_killed_between_commit_and_publish_loses_nothing(alice, own_redis):
    """Redis is frozen, so a server that has committed hangs in publishing; there it is killed."""
    import json
    import urllib.request

    from tests.cast import PASSWORD, make_user

    make_user("root@example.com", "Ro", "Ot", is_staff=True)
    server, other = own_redis.server().start(), own_redis.server().start()

    def post(path, body, token=""):
        headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
        request = urllib.request.Request(f"{server.url}/api/v1/{path}", json.dumps(body).encode(), headers)
        return json.load(urllib.request.urlopen(request, timeout=30))

    try:
        token = post("auth/login", {"email": "root@example.com", "password": PASSWORD})["access_token"]
        with Reader(alice, [other.ws]) as reader, ThreadPoolExecutor(1) as pool:
            own_redis.freeze()
            asking = pool.submit(post, "system-alerts", {"severity": "info", "message": "Hold on"}, token)
            assert wait_for(lambda: Notification.objects.exists(), 10)
            server.kill()
            assert asking.exception(10)
            assert Notification.objects.get().published_at is None
            own_redis.thaw()
            assert wait_for(lambda: [frame["message"] for frame in reader.shown] == ["Hold on"], 30)
    finally:
        server.stop()
        other.stop()


def test_servers_restarted_in_turn_under_load_lose_nothing(alice, own_redis):
    servers = [own_redis.server().start(), own_redis.server().start()]
    writer, go_on = Writer(alice), threading.Event()
    go_on.set()

    def load():
        while go_on.is_set():
            writer.write()
            time.sleep(0.005)

    try:
        with Reader(alice, [server.ws for server in servers]) as reader, ThreadPoolExecutor(1) as pool:
            writing = pool.submit(closing, load)
            for server in servers * LONGER:
                server.stop()
                server.start()
            go_on.clear()
            writing.result(30)
            assert writer.everything_was_shown_once_by(reader)
            assert 4012 in reader.closes
    finally:
        go_on.clear()
        for server in servers:
            server.stop()


# --- Redis dies ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["killed and restarted empty", "frozen", "flushed"])
def test_redis_away_under_writes_loses_nothing(alice, own_redis, how):
    writer = Writer(alice)
    with own_redis.server() as server, Reader(alice, [server.ws]) as reader:
        writer.write(5)
        if how == "frozen":
            own_redis.freeze()
            writer.write_for(30 if LONG else 3)  # each waits for the time-out of a publisher that must not wait long
            own_redis.thaw()
        elif how == "flushed":
            redis.Redis(port=own_redis.port).flushall()
            writer.write(5)
        else:
            own_redis.kill()
            writer.write_for(30 if LONG else 2)
            own_redis.start()
        writer.write(5)
        assert writer.everything_was_shown_once_by(reader)


# --- PostgreSQL dies ----------------------------------------------------------------------------------


def test_postgresql_restarted_loses_nothing_and_storms_no_log(alice):
    assert not os.environ.get("DATABASE_URL"), "This test restarts the embedded server."
    writer, server = Writer(alice), Server(**QUICK).start()
    said = ""
    try:
        with Reader(alice, [server.ws]) as reader:
            writer.write(5)
            connection.close()
            connection.close_pool()
            postgres.stop(places.servers_folder() / "postgres")
            assert not reader.has([-1], timeout=2.5)  # a heartbeat or two without a database
            postgres.start(places.servers_folder() / "postgres", places.sockets_folder())
            for _ in range(5):  # as many new sockets as there may be connections from before
                with Reader(alice, [server.ws]) as newcomer:
                    assert newcomer.closes == []
            writer.write(5)
            assert writer.everything_was_shown_once_by(reader)
        said = server.stop()
    finally:
        server.stop()
    assert said.count("Traceback") == 0, said


# --- the client's network -----------------------------------------------------------------------------


AWAY_SECONDS = {
    "cut": 300 if LONG else 5,
    "reset": 3,
    "half open": 30 if LONG else 3,
    "one byte a second": 30 if LONG else 3,
}


@pytest.mark.parametrize("how", AWAY_SECONDS)
def test_a_client_whose_network_fails_misses_nothing(alice, how):
    writer = Writer(alice)
    with Server(**QUICK) as server, Proxy(server.port) as proxy, Reader(alice, [proxy.ws]) as reader:
        writer.write(3)
        act = {"cut": proxy.cut, "reset": proxy.reset, "half open": proxy.freeze, "one byte a second": proxy.slow}[how]
        act()
        writer.write_for(AWAY_SECONDS[how])
        if how in ("half open", "one byte a second"):
            assert not reader.has(list(range(writer.count)), timeout=1)
        proxy.mend()
        writer.write(3)
        assert writer.everything_was_shown_once_by(reader)


def test_a_long_absence_is_brought_back_in_pages(alice):
    writer = Writer(alice)
    with Server(**QUICK) as server, Proxy(server.port) as proxy, Reader(alice, [proxy.ws]) as reader:
        proxy.cut()
        writer.write(450)
        proxy.mend()
        assert writer.everything_was_shown_once_by(reader)


def test_a_client_away_past_retention_is_told_so_and_finds_everything_in_the_inbox(alice):
    from datetime import timedelta

    from django.utils import timezone

    writer = Writer(alice)
    with Server(**QUICK) as server, Proxy(server.port) as proxy, Reader(alice, [proxy.ws]) as reader:
        writer.write(3)
        assert reader.has([0, 1, 2])
        proxy.cut()
        writer.write(300)
        Notification.objects.update(created_at=timezone.now() - timedelta(days=91))
        alice.user.date_joined = timezone.now() - timedelta(days=400)
        alice.user.save()
        writer.write(3)
        reader.inbox = f"{server.url}/api/v1/notifications"
        proxy.mend()
        assert writer.everything_was_shown_once_by(reader)
        assert reader.reloads == 1


# --- writers ------------------------------------------------------------------------------------------


def test_many_writers_on_many_streams_in_opposite_orders(alice, cast):
    channels = [patient_channel(alice.pk), doctor_channel("a"), doctor_channel("b"), "system:alerts"]
    seed = random.randrange(10**6)
    print("seed", seed)

    def write(number):
        order = random.Random(seed + number).sample(channels, len(channels))
        with transaction.atomic():
            from notifications.writing import write_and_publish

            messages = [(channel, {"type": "test", "m": number}, "normal") for channel in order]
            write_and_publish(messages, link=None, alert=None)

    count = 60 * LONGER
    with Server(**QUICK) as server, Reader(alice, [server.ws]) as reader, ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: closing(lambda: write(n)), range(count)))
        own = patient_channel(alice.pk)

        def both():
            return [sum(frame["channel"] == name for frame in list(reader.shown)) for name in (own, "system:alerts")]

        assert wait_for(lambda: both() == [count, count], 30), both()
        for name in (own, "system:alerts"):
            seqs = [frame["seq"] for frame in reader.shown if frame["channel"] == name]
            assert seqs == list(range(1, count + 1))


# --- the relay ----------------------------------------------------------------------------------------


def test_two_workers_killed_in_the_middle_of_their_work_lose_nothing(alice, own_redis):
    from datetime import timedelta

    from django.utils import timezone

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "HEALTHHUB_TEST_DATABASE": connection.settings_dict["NAME"],
        "REDIS_URL": own_redis.url,
    }

    def worker():
        process = subprocess.Popen(
            [sys.executable, "manage.py", "worker"], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
        )
        assert "Working" in process.stdout.readline()
        return process

    own_redis.kill()
    writer = Writer(alice)
    writer.write(50)
    Notification.objects.update(created_at=timezone.now() - timedelta(minutes=1))
    assert Notification.objects.filter(published_at=None).count() == 50
    own_redis.start()
    own_redis.freeze()  # two workers hang in the middle of their batches, and are killed there
    first, second = worker(), worker()
    try:
        assert wait_for(lambda: _hanging_in_a_batch() >= 1, 15)
    finally:
        for process in (first, second):
            process.kill()
            process.communicate()
    own_redis.thaw()
    third, fourth = worker(), worker()
    try:
        assert wait_for(lambda: not Notification.objects.filter(published_at=None).exists(), 40)
    finally:
        for process in (third, fourth):
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=20)


def _hanging_in_a_batch() -> int:
    """How many sessions hold claimed notifications in an open transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(DISTINCT activity.pid) FROM pg_stat_activity activity JOIN pg_locks USING (pid) "
            "WHERE activity.state = 'idle in transaction' AND pg_locks.mode = 'RowShareLock' "
            "AND pg_locks.relation = 'notifications_notification'::regclass"
        )
        return int(cursor.fetchone()[0])
