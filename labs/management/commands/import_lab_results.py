import time
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from accounts.refusals import Refused
from labs.imports.run import go_through
from labs.models import CsvImport, CsvImportItem

REPORT_EVERY = 2.0
PROBLEMS_SHOWN = 20


class Command(BaseCommand):
    help = "Import results from a CSV file, as docs/import.md has it. The same file again changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--sender", required=True, help="e-mail of the laboratory's account")
        parser.add_argument("--by", required=True, help="e-mail of the administrator who answers for it")
        parser.add_argument("--decimal-comma", action="store_true", help="its numbers are written 7,1")
        parser.add_argument("--dry-run", action="store_true", help="say what would be recorded, and record nothing")

    def handle(self, *args: Any, file: Path, sender: str, by: str, dry_run: bool, **options: Any) -> None:
        administrator = _user(by, "--by")
        try:
            with file.open("rb") as opened:
                laboratory, comma = _user(sender, "--sender"), options["decimal_comma"]
                taken = CsvImport.take_in(
                    opened, name=file.name, sender=laboratory, by=administrator, decimal_comma=comma
                )
            self._tell_what_was_read(taken)
            if dry_run:
                taken.discard(by=administrator)
                self.stdout.write("Nothing was recorded.")
                return
            taken.start(by=administrator, in_worker=False)
            self._record(taken)
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from None
        except Refused as refused:
            raise CommandError(refused.detail) from None
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None

    def _tell_what_was_read(self, taken: CsvImport) -> None:
        tally = taken.tally
        self.stdout.write(
            f"{taken.lines} values of {tally.total} results: {tally.ready} to record, "
            f"{tally.known} on record already, {tally.refused} refused."
        )
        self._tell_problems(taken)

    def _tell_problems(self, taken: CsvImport, after_line: int = 0) -> None:
        refused = taken.items.filter(state=CsvImportItem.State.REFUSED, first_line__gt=after_line)
        for item in refused[:PROBLEMS_SHOWN]:
            for problem in item.problems:
                self.stdout.write("  line {line}, {field}: {text}".format(**problem))
        if (more := refused.count() - PROBLEMS_SHOWN) > 0:
            self.stdout.write(f"  and {more} more: the administration shows them all, under CSV imports.")

    def _record(self, taken: CsvImport) -> None:
        progress = Progress(taken.tally.ready, self.stdout.write)
        try:
            go_through(taken, after_each=progress.one_more)
        except KeyboardInterrupt:
            raise CommandError(
                f"Interrupted after {progress.done} of {progress.wanted}. Import the same file again to go on."
            ) from None
        progress.tell()
        tally = taken.tally
        self.stdout.write(f"{tally.recorded} recorded, {tally.known} on record already, {tally.refused} refused.")


class Progress:
    """A line every two seconds: how many of how many, and how fast."""

    def __init__(self, wanted: int, write: Any) -> None:
        self.wanted, self.done, self._write = wanted, 0, write
        self._begun = self._told = time.monotonic()

    def one_more(self) -> bool:
        self.done += 1
        if time.monotonic() - self._told >= REPORT_EVERY:
            self.tell()
        return True

    def tell(self) -> None:
        self._told = time.monotonic()
        rate = self.done / max(self._told - self._begun, 0.001)
        self._write(f"{self.done} of {self.wanted}, {rate:.0f} a second")


def _user(email: str, option: str) -> User:
    user = User.objects.filter(email=email.strip().lower()).first()
    if user is None:
        raise CommandError(f"{option}: there is no account of {email}.")
    return user
