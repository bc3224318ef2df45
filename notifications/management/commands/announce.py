from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from notifications.announce import SEVERITIES, announce


class Command(BaseCommand):
    help = "Tell everyone: sends a system alert to all who are connected, and to every inbox."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("message", help="the text people read")
        parser.add_argument("--severity", choices=SEVERITIES, default="info")

    def handle(self, *args: Any, message: str, severity: Any, **options: Any) -> None:
        try:
            announce(message, severity)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        self.stdout.write(f"Announced ({severity}): {message}")
