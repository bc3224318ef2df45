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

ROOT = Path(__file__).resolve().parent.parent
HOLD = "from healthhub import embedded\nwith embedded.servers():\n    print('up', flush=True)\n    input()\n"


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


def both_answer(folder: Path) -> bool:
    try:
        psycopg.connect(f"host={folder}/run user=postgres dbname=healthhub").close()
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
    with psycopg.connect(f"host={folder}/run user=postgres dbname=healthhub") as connection:
        connection.execute("CREATE TABLE kept (n int)")
    first.stop()
    second = Starter(folder).up()
    with psycopg.connect(f"host={folder}/run user=postgres dbname=healthhub") as connection:
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


def test_a_pid_file_that_names_another_process_is_no_obstacle(folder):
    Starter(folder).up().stop()
    (folder / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n")
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


def test_where_there_is_no_redis_to_be_found_is_one_clear_line(folder, monkeypatch):
    from healthhub.embedded import EmbeddedError, redis_server

    monkeypatch.setattr(redis_server, "_shipped", lambda: None)
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(EmbeddedError, match="REDIS_URL"):
        redis_server._binary()


def test_a_private_home_is_left_private_and_the_servers_live_elsewhere(folder, monkeypatch):
    from healthhub import embedded
    from healthhub.embedded import places

    folder.chmod(0o700)
    monkeypatch.setenv("HEALTHHUB_DATA", str(folder))
    monkeypatch.setattr(places, "is_root", lambda: True)
    assert str(folder) not in embedded.database_url()
    assert folder.stat().st_mode & 0o777 == 0o700
