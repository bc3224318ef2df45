"""The socket as the spec says it: who gets in, what they hear, and with which code it ends."""

import asyncio
import time

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.test import Client
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken

from accounts.models import Doctor
from notifications.channels import SYSTEM_ALERTS, admin_channel, doctor_channel, patient_channel
from notifications.consumers import close_all
from notifications.dispatch import publish_notification, refresh
from notifications.heartbeat import heart
from tests.cast import NOBODYS_ID
from tests.notifications.sockets import Socket, token_of

pytestmark = pytest.mark.django_db(transaction=True)
ORIGIN = settings.ALLOWED_ORIGINS[0]


def by_cookie(person, origin=ORIGIN):
    client = Client()
    client.force_login(getattr(person, "user", person))
    cookie = f"sessionid={client.cookies['sessionid'].value}"
    headers = [(b"cookie", cookie.encode())]
    if origin is not None:
        headers.append((b"origin", origin.encode()))
    return client, headers


@pytest.fixture
async def people(cast):
    """Everybody exists before a socket opens."""
    names = ("alice", "bob", "charlie", "smith", "admin")
    await sync_to_async(lambda: [getattr(cast, name) for name in names])()
    return cast


async def test_ready_says_who_which_streams_and_how_often_to_expect_a_heartbeat(people):
    async with Socket.of(people.smith) as socket:
        ready = await socket.ready()
    assert ready == {
        "type": "ready",
        "user_id": str(people.smith.pk),
        "heartbeat_interval": 25,
        "channels": {doctor_channel(people.smith.pk): 0, SYSTEM_ALERTS: 0},
        "unread_count": 0,
    }


async def test_a_notification_reaches_its_reader_and_not_the_stranger(people):
    async with Socket.of(people.alice) as alice, Socket.of(people.charlie) as charlie:
        await alice.ready(), await charlie.ready()
        await publish_notification(patient_channel(people.alice.pk), {"type": "test", "text": "für Alice"})
        assert (await alice.next())["text"] == "für Alice"
        assert await charlie.hears_nothing()


async def test_a_system_alert_reaches_everyone(people):
    async with Socket.of(people.alice) as alice, Socket.of(people.smith) as smith:
        await alice.ready(), await smith.ready()
        await publish_notification(SYSTEM_ALERTS, {"type": "system_alert", "severity": "info", "message": "Hi"})
        assert (await alice.next())["message"] == (await smith.next())["message"] == "Hi"


async def test_a_person_of_two_roles_hears_both(people):
    await Doctor.objects.acreate(user=people.alice.user, specialization="Surgery", license_number="L-9")
    async with Socket.of(people.alice) as socket:
        assert list((await socket.ready())["channels"]) == [
            doctor_channel(people.alice.pk),
            patient_channel(people.alice.pk),
            SYSTEM_ALERTS,
        ]


async def test_an_administrator_has_a_channel(people):
    async with Socket.of(people.admin) as socket:
        assert admin_channel(people.admin.pk) in (await socket.ready())["channels"]


async def test_a_program_cannot_close_or_steer_a_socket_with_a_messages_type(people):
    async with Socket.of(people.alice) as socket:
        await socket.ready()
        for kind in ("close", "websocket.close", "signed_out", "_private"):
            await publish_notification(patient_channel(people.alice.pk), {"type": kind})
            assert (await socket.next())["type"] == kind
        await socket.send({"type": "ping"})
        assert (await socket.frame())["type"] == "pong"


async def test_a_refresh_frame_reaches_the_persons_open_pages(people):
    async with Socket.of(people.smith) as socket:
        await socket.ready()
        await sync_to_async(refresh)([people.smith.pk], "lab_results")
        assert await socket.frame() == {"type": "refresh", "topic": "lab_results"}


# --- who gets in --------------------------------------------------------------------------------------


def altered(token):
    head, body, signature = token.split(".")
    return ".".join([head, body, signature[:-4] + ("AAAA" if signature[-4:] != "AAAA" else "BBBB")])


def expired(person):
    token = AccessToken.for_user(person.user)
    token.set_exp(from_time=token.current_time, lifetime=-token.lifetime)
    return str(token)


REFUSED = {
    "none at all": lambda person: "",
    "nonsense": lambda person: "x.y.z",
    "a refresh token": lambda person: str(RefreshToken.for_user(person.user)),
    "an expired one": expired,
    "an altered one": lambda person: altered(token_of(person)),
    "one without a signature": lambda person: token_of(person).rsplit(".", 1)[0] + ".",
}


@pytest.mark.parametrize("kind", REFUSED)
async def test_a_token_that_is_no_good_is_closed_with_4401(people, kind):
    token = await sync_to_async(REFUSED[kind])(people.alice)
    async with Socket.of(people.alice, token=token) as socket:
        assert await socket.close_code() == 4401


async def test_a_token_of_somebody_deactivated_is_closed_with_4401(people):
    token = token_of(people.alice)
    people.alice.user.is_active = False
    await people.alice.user.asave()
    async with Socket.of(people.alice, token=token) as socket:
        assert await socket.close_code() == 4401


async def test_a_token_from_before_a_new_password_is_closed_with_4401(people):
    token = token_of(people.alice)
    people.alice.user.set_password("another-horse-8")
    await people.alice.user.asave()
    async with Socket.of(people.alice, token=token) as socket:
        assert await socket.close_code() == 4401


@pytest.mark.parametrize("path_id", ["", "not-a-uuid", NOBODYS_ID])
async def test_a_path_that_is_not_the_tokens_own_person_is_closed_with_4403(people, path_id):
    async with Socket.of(people.alice, path_id=path_id or people.bob.pk) as socket:
        assert await socket.close_code() == 4403


async def test_a_path_that_leads_nowhere_is_closed_without_a_traceback():
    async with Socket("/ws") as socket:
        assert await socket.close_code() == 4403


async def test_our_own_pages_come_in_by_cookie_and_origin(people):
    _, headers = await sync_to_async(by_cookie)(people.alice)
    async with Socket(f"/ws/{people.alice.pk}", headers) as socket:
        assert (await socket.ready())["user_id"] == str(people.alice.pk)


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "null",
        "https://evil.example",
        ORIGIN.replace("http:", "https:"),
        ORIGIN + "1",
        "http://localhost",
    ],
)
async def test_a_cookie_from_another_origin_is_closed_with_4401(people, origin):
    _, headers = await sync_to_async(by_cookie)(people.alice, origin)
    async with Socket(f"/ws/{people.alice.pk}", headers) as socket:
        assert await socket.close_code() == 4401


async def test_a_token_counts_whatever_the_origin_and_a_bad_one_is_not_saved_by_a_cookie(people):
    _, headers = await sync_to_async(by_cookie)(people.alice)
    async with Socket(f"/ws/{people.alice.pk}?token={token_of(people.alice)}", [(b"origin", b"null")]) as socket:
        await socket.ready()
    async with Socket(f"/ws/{people.alice.pk}?token=bad", headers) as socket:
        assert await socket.close_code() == 4401


# --- when it ends -------------------------------------------------------------------------------------


async def test_signing_out_closes_the_sockets_of_that_session_only(people):
    client, headers = await sync_to_async(by_cookie)(people.alice)
    _, phone = await sync_to_async(by_cookie)(people.alice)
    async with (
        Socket(f"/ws/{people.alice.pk}", headers) as tab,
        Socket(f"/ws/{people.alice.pk}", phone) as other,
    ):
        await tab.ready(), await other.ready()
        await sync_to_async(client.logout)()
        assert await tab.close_code() == 4408
        assert await other.hears_nothing()


async def change(people, what):
    user = people.alice.user
    if what == "deactivated":
        user.is_active = False
    elif what == "another role":
        user.is_staff = True
    else:
        user.set_password("another-horse-8")
    await (
        type(user)
        .objects.filter(pk=user.pk)
        .aupdate(is_active=user.is_active, is_staff=user.is_staff, password=user.password)
    )


@pytest.mark.parametrize("what", ["deactivated", "another role", "a new password"])
async def test_the_heartbeat_closes_a_socket_whose_sign_in_is_over(people, what):
    """Even where the order to close was lost: the heartbeat asks the database."""
    _, headers = await sync_to_async(by_cookie)(people.alice)
    async with Socket(f"/ws/{people.alice.pk}", headers) as socket, Socket.of(people.bob) as bob:
        await socket.ready(), await bob.ready()
        await change(people, what)
        await heart().beat()
        assert await socket.close_code() == 4408
        assert (await bob.frame())["type"] == "heartbeat"


async def test_a_heartbeat_carries_the_heads_of_the_readers_streams_only(people):
    async with Socket.of(people.alice) as alice, Socket.of(people.bob) as bob:
        await alice.ready(), await bob.ready()
        await publish_notification(patient_channel(people.alice.pk), {"type": "test"})
        await heart().beat()
        assert (await alice.next("heartbeat"))["channels"] == {
            patient_channel(people.alice.pk): 1,
            SYSTEM_ALERTS: 0,
        }
        assert (await bob.next("heartbeat"))["channels"] == {
            patient_channel(people.bob.pk): 0,
            SYSTEM_ALERTS: 0,
        }


async def test_a_socket_ends_with_4401_when_its_token_is_too_old_to_open_one(people, settings):
    settings.SIMPLE_JWT = {**settings.SIMPLE_JWT, "LEEWAY": 0}
    token = AccessToken.for_user(people.alice.user)
    token["exp"] = int(time.time()) + 2
    async with Socket.of(people.alice, token=str(token)) as socket:
        await socket.ready()
        assert await socket.close_code() == 4401


async def test_a_fresh_token_keeps_the_socket_open(people, settings):
    settings.SIMPLE_JWT = {**settings.SIMPLE_JWT, "LEEWAY": 0}
    token = AccessToken.for_user(people.alice.user)
    token["exp"] = int(time.time()) + 2
    async with (
        Socket.of(people.alice, token=str(token)) as alice,
        Socket.of(people.alice, token=str(token)) as other,
    ):
        await alice.ready(), await other.ready()
        await alice.send({"type": "token", "token": token_of(people.alice)})
        assert await other.close_code() == 4401
        assert await alice.hears_nothing()


async def test_another_persons_token_or_a_bad_one_is_an_error_and_changes_nothing(people):
    async with Socket.of(people.alice) as socket:
        await socket.ready()
        for token, code in [
            (token_of(people.bob), "not_your_token"),
            ("x", "bad_token"),
            (None, "bad_token"),
        ]:
            await socket.send({"type": "token", "token": token})
            assert (await socket.frame())["code"] == code


async def test_a_restart_says_so_on_every_socket(people):
    async with Socket.of(people.alice) as alice, Socket.of(people.bob) as bob:
        await alice.ready(), await bob.ready()
        await close_all(4012)
        assert (await alice.close_code(), await bob.close_code()) == (4012, 4012)


async def test_too_many_sockets_of_one_person_are_closed_with_4429(people, settings):
    settings.NOTIFICATIONS_MAX_SOCKETS_PER_USER = 1
    async with (
        Socket.of(people.alice) as first,
        Socket.of(people.alice) as second,
        Socket.of(people.bob) as bob,
    ):
        await first.ready(), await bob.ready()
        assert await second.close_code() == 4429


async def test_everything_is_given_back_when_a_socket_closes(people):
    from channels.layers import get_channel_layer

    layer = get_channel_layer()._get_layer()
    async with Socket.of(people.alice) as socket:
        await socket.ready()
        assert layer.groups
    await asyncio.sleep(0)
    assert (layer.channels, layer.groups, heart().sockets) == ({}, {}, set())
    assert layer._shards[0]._subscribed_to == set()
