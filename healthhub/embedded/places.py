"""Where the embedded servers live, who runs them, and what is said when that cannot be."""

import hashlib
import os
import pwd
import stat
from contextlib import suppress
from pathlib import Path

LONGEST_FOLDER = 85  # the limit of a socket's path is 103 or 107, and PostgreSQL adds a file name and `.lock`


class EmbeddedError(Exception):
    """One line for the person at the keyboard: what is wrong and what to do."""


def unwritable(error: OSError) -> EmbeddedError:
    place = error.filename or data_folder()
    return EmbeddedError(f"Cannot write to {place}: {error.strerror}. Set HEALTHHUB_DATA to a folder that can be.")


def data_folder() -> Path:
    return Path(os.environ.get("HEALTHHUB_DATA") or Path(__file__).resolve().parents[2] / ".data").absolute()


def servers_folder() -> Path:
    """The data folder, unless PostgreSQL could not get there.

    PostgreSQL refuses to run as root, so root runs it as `nobody`, who cannot enter a private home. It then lives
    below /var/lib, where only root can put things, so nobody else can be there first.
    """
    folder = data_folder()
    if is_root() and not open_to_all(folder):
        return Path("/var/lib") / _named_after(folder)
    return folder


def sockets_folder() -> Path:
    """A folder that only the servers' user can enter: PostgreSQL asks nobody for a password."""
    folder = servers_folder() / "run"
    if len(str(folder)) > LONGEST_FOLDER or "," in str(folder):  # PostgreSQL reads a comma as two folders
        return Path("/tmp") / _named_after(folder)  # noqa: S108  # the same for every program, unlike TMPDIR
    return folder


def prepare() -> None:
    """Make the folders. Raises OSError, and EmbeddedError where somebody else was there first."""
    for folder in (data_folder(), servers_folder()):
        for missing in reversed([part for part in (folder, *folder.parents) if not part.exists()]):
            missing.mkdir(exist_ok=True)
            if is_root():
                missing.chmod(0o755)  # whatever the umask, PostgreSQL's user gets through
    private_folder(sockets_folder())


def private_folder(folder: Path) -> None:
    """A folder that belongs to the servers' user alone. Raises OSError, EmbeddedError."""
    owner, group = servers_user() or (os.geteuid(), os.getegid())
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (owner, os.geteuid()):
        raise EmbeddedError(f"{folder} belongs to somebody else; remove it, or set HEALTHHUB_DATA to another folder.")
    if is_root():
        os.chown(folder, owner, group)
    folder.chmod(0o700)


def servers_user() -> tuple[int, int] | None:
    """User and group for PostgreSQL where we are root: whose the data are already, else nobody's."""
    if not is_root():
        return None
    data = servers_folder() / "postgres"
    if data.exists() and data.stat().st_uid:
        return data.stat().st_uid, data.stat().st_gid
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def is_root() -> bool:
    return os.geteuid() == 0


def open_to_all(path: Path) -> bool:
    return all(part.stat().st_mode & 0o001 for part in (path, *path.parents) if part.exists())


def _named_after(folder: Path) -> str:
    return f"healthhub-{hashlib.sha256(str(folder).encode()).hexdigest()[:16]}"
