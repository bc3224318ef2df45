"""`listen` is the spec's Python client: each notification is a line of JSON."""

import json
import os
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from tests.appointments.making import requested
from tests.server import ROOT, Server

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server(transactional_db):
    """One of its own: the shared one has been through the fault tests by then."""
    with Server() as running:
        yield running


def listening(server, email, count=1):
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "HEALTHHUB_TEST_DATABASE": connection.settings_dict["NAME"],
    }
    command = [sys.executable, "manage.py", "listen", email, "--url", server.ws, "--count", str(count)]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert "Listening as" in process.stderr.readline()
    return process


def test_each_notification_is_a_line_of_json(server, cast):
    cast.alice, cast.smith  # noqa: B018  # they exist before anyone listens
    process = listening(server, "DR.SMITH@example.com")
    appointment = requested(cast)
    line, _ = process.communicate(timeout=20)
    assert process.returncode == 0
    assert json.loads(line)["appointment_id"] == str(appointment.pk)


def test_announce_reaches_whoever_listens(server, cast):
    assert cast.alice
    process = listening(server, "alice@example.com")
    call_command("announce", "Back at noon", severity="warning")
    said = json.loads(process.communicate(timeout=20)[0])
    assert (said["type"], said["severity"], said["message"]) == ("system_alert", "warning", "Back at noon")


def test_listening_as_nobody_says_so():
    with pytest.raises(CommandError, match=r"no active account .* nobody@example\.com"):
        call_command("listen", "nobody@example.com")
