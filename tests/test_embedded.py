"""Servers of our own: they start, stop with the last who needs them, and get up after anything."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
import pytest
import redis

from healthhub import embedded
from healthhub.embedded import EmbeddedError, places, redis_server

ROOT = Path(__file__).resolve().parent.parent
HOLD = """
import os
from healthhub import embedded
os.umask(int(os.environ.get("mask", "022"), 8))
with embedded.servers():
    print("up", flush=True)
    input()
"""


@pytest.fixture
def folder():
    """A data folder that PostgreSQL's own user can get to; pytest's are private."""
    path = Path(tempfile.mkdtemp(prefix="hh-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path, ignore_errors=True)


class Starter:
    """A program that needs the servers until it is told to stop."""

    def __init__(self, folder: Path, **environment: str) -> None:
        keep = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "REDIS_"))}
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOLD],
            cwd=ROOT,
            env={**keep, "HEALTHHUB_DATA": str(folder), "HEALTHHUB_TEST_SERVERS": "1", **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def up(self) -> "Starter":
        assert self.process.stdout.readline() == "up\n", self.process.stderr.read()
        return self

    def stop(self) -> None:
        self.process.communicate("\n", timeout=20)
        assert self.process.returncode == 0

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


def postgres_pid(folder: Path) -> int:
    return int((folder / "postgres" / "postmaster.pid").read_text().split()[0])


def connect(folder: Path) -> psycopg.Connection:
    return psycopg.connect(host=f"{folder}/run", user="postgres", dbname="healthhub")


def both_answer(folder: Path) -> bool:
    try:
        connect(folder).close()
        return bool(redis.Redis(unix_socket_path=f"{folder}/run/redis.sock").ping())
    except (psycopg.OperationalError, redis.RedisError):
        return False


def test_they_start_for_the_first_and_stop_with_the_last(folder):
    first, second = Starter(folder).up(), Starter(folder).up()
    first.stop()
    assert both_answer(folder)
    second.stop()
    assert not both_answer(folder)


def test_what_was_written_is_there_at_the_next_start(folder):
    first = Starter(folder).up()
    with connect(folder) as connection:
        connection.execute("CREATE TABLE kept (n int)")
    first.stop()
    second = Starter(folder).up()
    with connect(folder) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)
    second.stop()


def test_after_its_starter_was_killed_the_next_one_takes_over_and_stops_them(folder):
    Starter(folder).up().kill()
    assert both_answer(folder)
    Starter(folder).up().stop()
    assert not both_answer(folder)


def test_after_everything_was_killed_the_next_start_works(folder):
    starter = Starter(folder).up()
    server = redis.Redis(unix_socket_path=f"{folder}/run/redis.sock").info("server")["process_id"]
    os.kill(postgres_pid(folder), signal.SIGKILL)
    os.kill(server, signal.SIGKILL)
    starter.kill()
    again = Starter(folder).up()
    assert both_answer(folder)
    again.stop()


@pytest.fixture
def stranger():
    """A process of PostgreSQL's own user that is no PostgreSQL."""
    process = subprocess.Popen(["sleep", "60"], user="nobody" if places.is_root() else None)
    yield process.pid
    process.kill()
    process.wait()


def test_a_pid_file_that_names_another_process_is_no_obstacle(folder, stranger):
    Starter(folder).up().stop()
    (folder / "postgres" / "postmaster.pid").write_text(f"{stranger}\n")
    again = Starter(folder).up()
    assert both_answer(folder)
    again.stop()


def manage(*command: str, **environment: str) -> subprocess.CompletedProcess:
    keep = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "REDIS_"))}
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env={**keep, "DJANGO_SETTINGS_MODULE": "healthhub.settings", **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_folder_that_cannot_be_written_is_one_clear_line():
    answer = manage("migrate", HEALTHHUB_DATA="/proc/nowhere")
    assert answer.returncode == 1
    assert answer.stderr.count("\n") == 1
    assert "Set HEALTHHUB_DATA" in answer.stderr


def test_where_there_is_no_redis_to_be_found_is_one_clear_line(monkeypatch):
    monkeypatch.setattr(redis_server, "_shipped", lambda: None)
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(EmbeddedError, match="install it"):
        redis_server._binary()


def test_a_database_that_does_not_start_is_one_clear_line_naming_its_log(folder):
    Starter(folder).up().stop()
    (folder / "postgres" / "PG_VERSION").write_text("9\n")
    answer = manage("migrate", HEALTHHUB_DATA=str(folder))
    assert answer.returncode == 1
    assert answer.stderr.count("\n") == 1
    log = answer.stderr.split("start; ")[1].split(" says")[0]
    assert "not compatible" in Path(log).read_text()


def test_a_setting_that_cannot_be_read_is_one_clear_line():
    answer = manage("migrate", PORT="high")
    assert (answer.returncode, answer.stderr) == (1, "HealthHub: PORT must be a whole number, not 'high'.\n")


@pytest.mark.parametrize("command", [("help",), ("check",), ("migrate", "--help"), ("--version",)])
def test_what_needs_no_servers_starts_none(folder, command):
    assert manage(*command, HEALTHHUB_DATA=str(folder / "unused")).returncode == 0
    assert not (folder / "unused" / "run").exists()


def test_only_their_own_user_can_enter_the_sockets_folder(folder):
    starter = Starter(folder).up()
    assert (folder / "run").stat().st_mode & 0o777 == 0o700
    starter.stop()


def test_a_database_that_is_slow_to_answer_is_waited_for_and_not_replaced(folder):
    first = Starter(folder).up()
    server = postgres_pid(folder)
    os.kill(server, signal.SIGSTOP)
    second = Starter(folder)
    with pytest.raises(subprocess.TimeoutExpired):
        second.process.wait(timeout=6)  # longer than two connections are tried
    os.kill(server, signal.SIGCONT)
    second.up()
    assert postgres_pid(folder) == server
    first.stop()
    second.stop()


def test_a_first_start_that_was_killed_half_way_is_begun_again(folder):
    half = folder / "postgres.unfinished"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    starter = Starter(folder).up()
    assert both_answer(folder)
    starter.stop()


def test_a_path_with_spaces_and_signs_is_a_path_like_any_other(folder):
    odd = folder / "my 100% 'Repo'"
    starter = Starter(odd, mask="077").up()
    assert both_answer(odd)
    starter.stop()


def test_a_path_too_long_for_a_socket_gets_a_short_one(folder, monkeypatch):
    monkeypatch.setenv("HEALTHHUB_DATA", str(folder / ("long" * 30)))
    assert len(str(redis_server.socket_path())) < 100
    assert len(str(places.sockets_folder())) <= places.LONGEST_FOLDER


def test_a_sockets_folder_that_somebody_else_made_is_refused(folder, monkeypatch):
    (folder / "run").symlink_to("/tmp")
    monkeypatch.setenv("HEALTHHUB_DATA", str(folder))
    with pytest.raises(EmbeddedError, match="belongs to somebody else"):
        places.prepare()


def test_what_the_environment_names_is_used_as_it_stands(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://u:p@db:5432/name")
    monkeypatch.setenv("REDIS_URL", "redis://cache:6379/3")
    assert embedded.database_url() == "postgres://u:p@db:5432/name"
    assert embedded.redis_url() == "redis://cache:6379/3"


def test_a_private_home_is_left_private_and_the_servers_live_elsewhere(folder, monkeypatch):
    folder.chmod(0o700)
    monkeypatch.setenv("HEALTHHUB_DATA", str(folder))
    monkeypatch.setattr(places, "is_root", lambda: True)
    assert not places.servers_folder().is_relative_to(folder)
    assert folder.stat().st_mode & 0o777 == 0o700
