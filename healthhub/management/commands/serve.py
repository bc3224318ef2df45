from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from healthhub.server import PortTaken, check_port, serve


class Command(BaseCommand):
    help = "Serve pages, API and sockets until it is told to stop."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=settings.PORT)

    def handle(self, *args: Any, host: str, port: int, **options: Any) -> None:
        try:
            check_port(host, port)
        except PortTaken as taken:
            raise CommandError(str(taken)) from None
        serve(host, port, announce=lambda: self.stdout.write(f"Listening on http://localhost:{port}"))
