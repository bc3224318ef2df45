"""A client whose network fails, in every way that networks do, misses nothing once it is well again."""

import contextlib
import time
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.utils import timezone

from notifications.channels import SYSTEM_ALERTS, patient_channel
from notifications.models import Notification
from tests.faults.asking import Program
from tests.faults.conftest import QUICK
from tests.faults.load import Writer, under_load
from tests.faults.proxy import Proxy
from tests.faults.reader import Reader, wait_for
from tests.faults.report import everything_was_shown_once
from tests.faults.scale import scaled
from tests.server import Server

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults]

CLOCK_AHEAD = {"DJANGO_SETTINGS_MODULE": "tests.faults.clock_ahead", "CLOCK_AHEAD_DAYS": "91"}


@dataclass(frozen=True)
class Fault:
    name: str
    begins: str
    """The proxy's method."""
    seconds: int
    at_length: int = 0
    """Seconds in `make faults`, where they are more than these."""

    def __str__(self) -> str:
        return f"client's network: {self.name}, {self.seconds} s"

    @property
    def note(self) -> str:
        return f"{self.at_length} s at length" if self.at_length > self.seconds else ""

    @property
    def lasts(self) -> bool:
        """A reset is over at once; during the others the client lacks something."""
        return self.begins != "reset"


FAULTS = [  # the shortest first
    Fault("reset", "reset", 1),
    Fault("cut", "cut", 5),
    Fault("half open", "freeze", scaled(8, 60), at_length=60),
    Fault("one byte a second", "slow", scaled(8, 60), at_length=60),
    Fault("cut for longer", "cut", scaled(8, 300), at_length=300),
]


def test_clients_on_bad_networks_miss_nothing(quick_server, alice, dice):
    """All at once, each client behind a proxy of its own, on one server under writes."""
    channels = [patient_channel(alice.pk), SYSTEM_ALERTS]
    with contextlib.ExitStack() as stack:
        proxies = [stack.enter_context(Proxy(quick_server.port)) for _ in FAULTS]
        readers = [stack.enter_context(Reader(alice, [proxy.ws])) for proxy in proxies]
        with under_load(channels, dice, every=0.03):
            assert wait_for(lambda: all(reader.shown for reader in readers), 10)
            began = time.monotonic()
            for fault, proxy in zip(FAULTS, proxies, strict=True):
                getattr(proxy, fault.begins)()
            for fault, proxy, reader in zip(FAULTS, proxies, readers, strict=True):
                time.sleep(max(began + fault.seconds - time.monotonic(), 0))
                lacking = reader.committed() - set(reader.shown_ids)
                assert lacking or not fault.lasts, f"{fault.name}: the client never noticed"
                proxy.mend()
        assert all(reader.resets == (fault.begins == "reset") for fault, reader in zip(FAULTS, readers, strict=True))
        for fault, reader in zip(FAULTS, readers, strict=True):
            everything_was_shown_once(str(fault), reader, note=fault.note)


def test_a_long_absence_is_brought_back_in_pages(quick_server, alice, dice):
    with Proxy(quick_server.port) as proxy, Reader(alice, [proxy.ws]) as reader:
        proxy.cut()
        Writer([patient_channel(alice.pk)], dice).write(450)
        proxy.mend()
        everything_was_shown_once("client away for 450 notifications, in pages of 200", reader)


def test_a_client_away_past_retention_is_told_so_and_finds_everything_in_the_inbox(quick_server, cast, dice):
    """Its server is restarted meanwhile, and the new one's clock has gone on by more than what is replayed."""
    writer, program = Writer([patient_channel(cast.alice.pk)], dice), Program(cast.admin)
    with (
        Server(**QUICK, **CLOCK_AHEAD) as later,
        Proxy(quick_server.port) as proxy,
        Reader(cast.alice, [proxy.ws]) as reader,
    ):
        writer.write(3)
        assert reader.has([0, 1, 2])
        proxy.cut()
        writer.write(300)
        program.announce(later, "Welcome back")
        assert Notification.objects.get(type="system_alert").created_at > timezone.now() + timedelta(days=90)
        reader.inbox = f"{later.url}/api/v1/notifications"
        proxy.target = later.port
        proxy.mend()
        everything_was_shown_once("client away past retention, the clock moved by 91 days", reader)
        assert reader.reloads == 1
