"""When a patient sees a result: at once, unless a doctor holds it or the patient chose to hear from the doctor first.

One rule: `querysets.py` asks the same of the database, and every page and every program goes through it.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import models


class ReleaseState(models.TextChoices):
    RELEASED = "released", "Shown to the patient"
    HELD = "held", "Held back"
    WAITING = "waiting", "Waits for the doctor's comment"


@dataclass(frozen=True)
class Standing:
    """How it stands at one moment. `since` and `until` are those of the hold; a wait has no `until`."""

    state: ReleaseState
    since: datetime | None = None
    until: datetime | None = None

    @property
    def is_released(self) -> bool:
        return self.state == ReleaseState.RELEASED

    @property
    def is_held(self) -> bool:
        return self.state == ReleaseState.HELD

    @property
    def is_waiting(self) -> bool:
        return self.state == ReleaseState.WAITING


@dataclass(frozen=True)
class ReleasePolicy:
    """What is on record about the release of one result, which all of its versions share.

    held_since, held_until: of a hold that nobody has lifted, whether or not its end has come. waits_since: of a wait
    that is not over.
    """

    held_since: datetime | None = None
    held_until: datetime | None = None
    waits_since: datetime | None = None

    def at(self, moment: datetime) -> Standing:
        """A hold ends by the clock alone, at `held_until` to the letter; while there is one, it is what counts."""
        if self.held_until is not None and moment < self.held_until:
            return Standing(ReleaseState.HELD, self.held_since, self.held_until)
        if self.waits_since is not None:
            return Standing(ReleaseState.WAITING, self.waits_since)
        return Standing(ReleaseState.RELEASED)

    @property
    def is_settled(self) -> bool:
        """Nothing on record keeps it. Until then nobody tells the patient: whoever settles it does, and so once, also
        where the clock has ended a hold and its end is not on record yet.
        """
        return self.held_until is None and self.waits_since is None

    def shows_to(self, reader: UUID, *, patient: UUID, doctor: UUID, at: datetime) -> bool:
        """Of those who may see the patient's results at all, only the patient ever waits."""
        return not reads_as_patient(reader, patient=patient, doctor=doctor) or self.at(at).is_released


def reads_as_patient(reader: UUID, *, patient: UUID, doctor: UUID) -> bool:
    """Whoever the result is about reads it as its patient, also as an administrator or a doctor: a role is no way
    around a hold. Only who ordered it for themselves must answer for it, and reads it as its doctor.
    """
    return reader == patient != doctor
