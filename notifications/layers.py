"""The Redis pub/sub channel layer with the spec's names and plain JSON on the wire."""

import asyncio
import json
from typing import Any

from channels_redis.pubsub import RedisPubSubChannelLayer, RedisPubSubLoopLayer
from channels_redis.serializers import BaseMessageSerializer, registry
from channels_redis.utils import _wrap_close

from notifications.channels import channel_name


class FrameText(BaseMessageSerializer):
    """Writes JSON, reads the text as it is: a socket forwards a frame, it need not understand it.

    A text is written as it stands: the orders of sessions.py are no JSON, so no notification can pose as one.
    """

    def as_bytes(self, message: dict[str, Any] | str, *args: Any, **kwargs: Any) -> bytes:
        return (message if isinstance(message, str) else json.dumps(message)).encode()

    def from_bytes(self, message: bytes, *args: Any, **kwargs: Any) -> str:
        return message.decode(errors="replace")


registry.register_serializer("frame-text", FrameText)


class SpecNamedPubSubLayer(RedisPubSubChannelLayer):
    """`SUBSCRIBE doctor:<id>:notifications` on Redis shows what `group_send` was given, as JSON.

    `receive` returns the frame's text, not a dict: decoding it for every socket is work for nothing.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, serializer_format="frame-text", **{"prefix": "", **kwargs})

    def _get_layer(self) -> "SpecNamedLoopLayer":
        # The parent names its loop class literally, so there is nothing smaller to override.
        loop = asyncio.get_running_loop()
        if loop not in self._layers:
            self._layers[loop] = SpecNamedLoopLayer(*self._args, **self._kwargs, channel_layer=self)
            _wrap_close(self, loop)
        return self._layers[loop]


class SpecNamedLoopLayer(RedisPubSubLoopLayer):
    def _get_group_channel_name(self, group: str) -> str:
        return channel_name(group)

    async def _subscribe_to_channel(self, channel: str) -> None:
        # Without this, every attempt to connect while Redis is down leaves a queue behind for ever.
        try:
            await super()._subscribe_to_channel(channel)
        except BaseException:
            self.channels.pop(channel, None)
            raise

    async def forget(self, channel: str) -> None:
        """A channel that nobody receives from any more; the parent knows this only of a `receive` that is cancelled."""
        if self.channels.pop(channel, None) is not None:
            await self._get_shard(channel).unsubscribe(channel)
