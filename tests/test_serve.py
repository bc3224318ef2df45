"""The server process: a taken port is one line, a goodbye has its code, the log holds no token."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request

import pytest
import websockets
from asgiref.sync import sync_to_async
from django.db import connection, transaction

from tests.notifications.sockets import token_of
from tests.server import ROOT, Server, free_port

pytestmark = pytest.mark.django_db(transaction=True)
TOO_BIG = 1009  # WebSocket's own code: the message never reached ours
FRAME_TOO_LARGE = 4413


def run(*command: str, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_taken_port_is_one_clear_line(command):
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        answer = run(command, PORT=str(port))
    assert answer.returncode == 1
    assert answer.stderr.count("\n") == 1
    assert f"Port {port} is taken" in answer.stderr


@pytest.mark.parametrize("port", ["0", "99999", "-1"])
def test_a_port_that_does_not_exist_is_one_clear_line(port):
    answer = run("serve", PORT=port)
    assert (answer.returncode, answer.stderr.count("\n")) == (1, 1)
    assert f"There is no port {port}" in answer.stderr


@pytest.mark.parametrize(
    ("name", "url"), [("DATABASE_URL", "postgres://x@127.0.0.1:1/x"), ("REDIS_URL", "redis://127.0.0.1:1")]
)
def test_a_demo_on_a_server_that_is_not_there_is_one_clear_line(name, url):
    answer = run("demo", "--prepare-only", **{name: url})
    assert (answer.returncode, answer.stderr.count("\n")) == (1, 1)
    assert f"that {name} names does not answer" in answer.stderr


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
async def test_every_socket_hears_that_the_server_restarts(cast, how):
    server, alice = Server(), await sync_to_async(lambda: cast.alice)()
    await sync_to_async(server.start)()
    try:
        async with websockets.connect(f"{server.ws}/ws/{alice.pk}?token={token_of(alice)}") as client:
            assert json.loads(await client.recv())["type"] == "ready"
            said = await sync_to_async(server.stop)(how)
            with pytest.raises(websockets.ConnectionClosed) as closed:
                await client.recv()
    finally:
        await sync_to_async(server.stop)()
    assert closed.value.rcvd.code == 4012
    assert "Traceback" not in said


def asking_for_a_page(server, session):
    """A request for a page, in a thread of its own: its answer's status comes out of the list."""
    answers = []
    request = urllib.request.Request(server.url, headers={"Cookie": f"sessionid={session.value}"})

    def ask():
        with contextlib.suppress(OSError), urllib.request.urlopen(request) as answer:
            answers.append(answer.status)

    thread = threading.Thread(target=ask)
    thread.start()
    return thread, answers


@contextlib.contextmanager
def nobody_can_be_looked_up():
    """Every page waits for the database until the block ends; yields a wait for the first that does."""

    def somebody_waits():
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
        pytest.fail("No page waited for the database.")

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE accounts_user IN ACCESS EXCLUSIVE MODE")
        yield somebody_waits


def test_a_server_that_ends_answers_what_it_was_asked(cast, signed_in):
    session = signed_in(cast.smith).cookies["sessionid"]
    with Server() as server:
        with nobody_can_be_looked_up() as somebody_waits:
            thread, answers = asking_for_a_page(server, session)
            somebody_waits()
            server.process.send_signal(signal.SIGTERM)
            refused_soon(server.port)
        thread.join(20)
        process = server.process
        server.stop()
    assert (answers, process.returncode) == ([200], 0)


def test_a_server_ends_even_where_a_page_waits_for_ever(cast, signed_in):
    session = signed_in(cast.smith).cookies["sessionid"]
    with Server() as server, nobody_can_be_looked_up() as somebody_waits:
        thread, answers = asking_for_a_page(server, session)
        somebody_waits()
        said = server.stop()
        thread.join(20)
    assert answers == []
    assert "the server ends without it" in said


def refused_soon(port):
    """A server that ends lets nobody new in, so that a balancer asks the next one."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return
    pytest.fail("It still lets people in.")


@pytest.mark.parametrize(("size", "code"), [(9_000, FRAME_TOO_LARGE), (900_000, FRAME_TOO_LARGE), (3_000_000, TOO_BIG)])
async def test_a_message_that_would_fill_the_memory_is_refused_before_it_is_all_there(cast, size, code):
    server, alice = Server(), await sync_to_async(lambda: cast.alice)()
    await sync_to_async(server.start)()
    try:
        async with websockets.connect(f"{server.ws}/ws/{alice.pk}?token={token_of(alice)}") as client:
            await client.recv()
            with pytest.raises(websockets.ConnectionClosed) as closed:
                await client.send("x" * size)
                await client.recv()
        said = await sync_to_async(server.stop)()
    finally:
        await sync_to_async(server.stop)()
    assert closed.value.rcvd.code == code
    assert "Traceback" not in said


def test_the_log_has_the_path_and_never_the_query(cast):
    token = token_of(cast.alice)
    with Server() as server:
        urllib.request.urlopen(f"{server.url}/healthz?token={token}")
        said = server.stop()
    assert "GET /healthz 200" in said
    assert token not in said


def test_two_servers_deliver_to_each_others_readers(cast):
    """The reader hangs on the one, the save happens beside both."""
    from tests.appointments.making import requested
    from tests.test_listen import listening

    assert cast.alice
    assert cast.smith
    with Server() as one, Server():
        process = listening(one, "dr.smith@example.com")
        appointment = requested(cast)
        line, _ = process.communicate(timeout=20)
    assert json.loads(line)["appointment_id"] == str(appointment.pk)


def test_a_free_port_is_really_served(cast):
    with Server(port=free_port()) as server:
        assert json.load(urllib.request.urlopen(f"{server.url}/readyz"))["status"] == "ok"
