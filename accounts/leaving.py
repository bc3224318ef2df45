"""What somebody who no longer works here leaves to others. Each domain says in words what that is of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class LeftBehind:
    """`words` are whole sentences, `path` is the page on which it is listed."""

    words: str
    path: str


_told: dict[str, Callable[["User"], LeftBehind | None]] = {}


def register_left_behind(name: str, tell: Callable[["User"], LeftBehind | None]) -> None:
    """Called once from a domain's AppConfig.ready(); a second call with the name replaces the first."""
    _told[name] = tell


def left_behind_by(user: "User") -> list[LeftBehind]:
    return [found for tell in _told.values() if (found := tell(user))]
