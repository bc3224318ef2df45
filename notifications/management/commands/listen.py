"""The spec's Python client as a command: each notification as a line of JSON."""

import asyncio
import json
from typing import Any

import websockets
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from rest_framework_simplejwt.tokens import AccessToken

from accounts.models import User
from notifications.codes import NOT_YOURS, SIGNED_OUT
from notifications.events import CONTROL_FRAMES

LONGEST_PAUSE = 30


class Command(BaseCommand):
    help = "Listen as a person and print each notification as a line of JSON, until Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--url", default=f"ws://localhost:{settings.PORT}", help="the server, as ws:// or wss://")
        parser.add_argument("--count", type=int, default=0, help="stop after so many notifications (0: never)")
        parser.add_argument("--all", action="store_true", help="print ready, heartbeat and the like, too")

    def handle(self, *args: Any, email: str, url: str, count: int, **options: Any) -> None:
        user = User.objects.filter(email__iexact=email, is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active account with the e-mail address {email}.")
        try:
            asyncio.run(self._listen(user, url, count, every_frame=options["all"]))
        except KeyboardInterrupt:
            self.stderr.write("Stopped.")

    async def _listen(self, user: User, url: str, count: int, *, every_frame: bool) -> None:
        pause, left = 1, count or float("inf")
        while left > 0:
            token = AccessToken.for_user(user)
            try:
                async with websockets.connect(f"{url}/ws/{user.pk}?token={token}") as socket:
                    async for text in socket:
                        pause = 1
                        frame = json.loads(text)
                        if frame["type"] == "ready":
                            self.stderr.write(f"Listening as {user.email}.")
                        if every_frame or frame["type"] not in CONTROL_FRAMES:
                            self.stdout.write(json.dumps(frame))
                            self.stdout.flush()
                            left -= frame["type"] not in CONTROL_FRAMES
                            if left <= 0:
                                return
                    if socket.close_code in (NOT_YOURS, SIGNED_OUT):
                        raise CommandError(f"The server closed the connection for good ({socket.close_code}).")
                    why = f"closed with {socket.close_code}"
            except (OSError, websockets.WebSocketException) as error:
                why = str(error) or type(error).__name__
            self.stderr.write(f"No connection to {url} ({why}); trying again in {pause} s.")
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
