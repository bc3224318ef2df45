import re
import time
from argparse import ArgumentTypeError
from itertools import islice
from random import Random
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from healthhub.simulated_lab import NoDemo, SimulatedLab
from labs.models import LabResult

SECONDS = {"s": 1, "min": 60, "h": 3600}
RATE = re.compile(r"(?P<count>[1-9]\d{0,3})/(?P<unit>s|min|h)\Z", re.ASCII)
FASTEST = 20  # a second; it is there to be watched


def seconds_between(text: str) -> float:
    """ "6/min" is 10.0. Raises ArgumentTypeError, saying how a rate is written."""
    found = RATE.match(text)
    if found is None or int(found["count"]) / SECONDS[found["unit"]] > FASTEST:
        raise ArgumentTypeError(f"{text!r}: write a rate like 6/min, 1/s or 30/h, {FASTEST}/s at most")
    return SECONDS[found["unit"]] / int(found["count"])


def a_number_of_results(text: str) -> int:
    """Raises ArgumentTypeError for what is none."""
    if not text.isdecimal() or len(text) > 9:
        raise ArgumentTypeError(f"{text!r}: write how many results, such as 20")
    return int(text)


class Command(BaseCommand):
    help = "A laboratory for the demo: its people get results, now and then a critical one, until it is interrupted."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rate", type=seconds_between, default="6/min", help="results in a time: 6/min, 1/s, 30/h")
        parser.add_argument("--count", type=a_number_of_results, help="stop after so many results")
        parser.add_argument("--seed", type=int, help="the same values again")

    def handle(self, *args: Any, rate: float, count: int | None, seed: int | None, **options: Any) -> None:
        try:
            results = islice(SimulatedLab(Random(seed)).results(), count)  # noqa: S311  # values, no secrets
        except NoDemo as missing:
            raise CommandError(str(missing)) from None
        try:
            for number, result in enumerate(results):
                self._tell(result)
                if number + 1 != count:
                    time.sleep(rate)
        except KeyboardInterrupt:
            self.stdout.write("The laboratory is closed.")

    def _tell(self, result: LabResult) -> None:
        mark = "  CRITICAL" if result.critical else ""
        self.stdout.write(f"{result.created_at:%H:%M:%S}  {result}: {result.summary}{mark}")
