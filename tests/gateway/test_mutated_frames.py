"""Frames that went wrong on the way: only clear errors come back, and others play on meanwhile.

`DREAMSYNC_FRAMES=100000 pytest tests/gateway/test_mutated_frames.py` sends as many as you like;
`DREAMSYNC_SEED` chooses which. The same seed sends the same bytes.
"""

import asyncio
import json
import logging
import os
import random
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

import msgpack
import pytest
from support.lines import (
    BINARY,
    CLOSE,
    CONT,
    PING,
    PONG,
    TEXT,
    RawClient,
    ServerFrame,
    client_frame,
    raw_client,
)
from support.node import Node, open_node
from support.wire_examples import CLIENT

import dreamsync
from dreamsync.protocol import server_messages as wire
from dreamsync.protocol.bounds import FRAME_BYTES_MAX, SUBPROTOCOL_JSON, SUBPROTOCOL_MSGPACK
from dreamsync.protocol.codec import decode_server
from dreamsync.protocol.codes import CLOSE_BY_NUMBER, ERRORS, OUTCOMES

FRAMES: Final = int(os.environ.get("DREAMSYNC_FRAMES", "20000"))
SEED: Final = int(os.environ.get("DREAMSYNC_SEED", "7"))
FRAMES_A_LINE: Final = 40
LINES_AT_ONCE: Final = 6
TOO_BIG: Final = b"\x82\xff" + (FRAME_BYTES_MAX + 1).to_bytes(8, "big")
CLEAR_CLOSES: Final = {1000, 1002, 1003, 1007, 1009, *CLOSE_BY_NUMBER}
ODD_VALUES: Final[tuple[Any, ...]] = (
    None, True, -1, 0, 1, 2**53, 2**63, -(2**63), 1.5, float("nan"), "", "x" * 9_000, "\x00", "‮",
    b"", b"\xff" * 40, [], [[]], {}, {"a": {"b": {"c": {"d": {"e": {"f": {"g": {"h": 1}}}}}}}},
    [0] * 70, {str(i): i for i in range(70)}, "ada", "ada.nerve", "__class__", "../../etc/passwd",
    "a" * 41, "🌙" * 300, msgpack.Timestamp(0), msgpack.ExtType(5, b"xx"),
)  # fmt: skip


class Sender:
    """Sends mutated frames over one line after the other, and judges what comes back."""

    def __init__(self, node: Node, world: "dreamsync.World", seed: int) -> None:
        self.node = node
        self.world = world
        self.chance = random.Random(seed)
        self.heard: Counter[str] = Counter()

    async def send(self, count: int) -> None:
        """Send `count` frames."""
        while count > 0:
            batch = min(count, FRAMES_A_LINE)
            await self.send_over_one_line(batch)
            count -= batch

    async def send_over_one_line(self, count: int) -> None:
        chance = self.chance
        is_json = chance.random() < 0.4
        async with raw_client(self.node.server.port) as client:
            # Guessing invites is throttled by address: each line has one of its own.
            address = f"10.{chance.randrange(256)}.{chance.randrange(256)}.{chance.randrange(256)}"
            subprotocol = SUBPROTOCOL_JSON if is_json else SUBPROTOCOL_MSGPACK
            await client.upgrade(subprotocol, X_Forwarded_For=address)
            if chance.random() < 0.9:
                await self._greet(client, is_json=is_json)
            frames = [self._frame(is_json=is_json) for _ in range(count)]
            client.writer.write(b"".join(frames))
            client.writer.write_eof()
            await self._judge(client)

    async def _greet(self, client: RawClient, *, is_json: bool) -> None:
        first: list[dict[str, Any]] = [{"type": "hello", "v": 1, "client": "fuzz", "lang": "en"}]
        kind = self.chance.choice(("", "", "", "player", "desk", "watch"))
        if kind:
            enter = {"type": "enter", "q": 1, "world": self.world.id, "as": kind}
            secret = {"token" if kind == "desk" else "invite": self.world.desk_token
                      if kind == "desk" else self.world.invite}  # fmt: skip
            first.append(enter | secret)
        for message in first:
            await client.send(framed(encoded(message, is_json=is_json), is_json=is_json))
        wanted = wire.Entered if kind else wire.Welcome
        while type(heard := self._hear(await client.frame())) is not wanted:
            assert not isinstance(heard, wire.Error | wire.Bye), heard

    async def _judge(self, client: RawClient) -> None:
        """Read to the end of the line; it ends between two frames, never within one."""
        while not await client.is_at_end():
            frame = await client.frame()
            if frame.opcode == CLOSE:
                self.heard[f"close {frame.close_code}"] += 1
                assert frame.close_code in CLEAR_CLOSES, frame
            elif frame.opcode != PONG:
                self._hear(frame)

    def _hear(self, frame: ServerFrame) -> Any:
        payload = frame.payload
        message = decode_server(payload.decode() if frame.opcode == TEXT else payload)
        self.heard[message.type] += 1
        if isinstance(message, wire.Error):
            assert message.code in {**ERRORS, **OUTCOMES}, message
            assert message.code != "internal", message
            self.heard[f"error {message.code}"] += 1
        return message

    # --- going wrong -----------------------------------------------------------------------

    def _frame(self, *, is_json: bool) -> bytes:
        chance = self.chance
        payload = encoded(self._message(), is_json=is_json)
        how = chance.random()
        if how < 0.6:
            return framed(payload, is_json=is_json)
        if how < 0.9:
            damaged = self._damaged(payload)
            if is_json and chance.random() < 0.97:  # what is not UTF-8 costs the line
                damaged = damaged.decode(errors="ignore").encode()
            return framed(damaged, is_json=is_json)
        if how < 0.95:
            cut = chance.randrange(len(payload) + 1)
            kind = TEXT if is_json else BINARY
            return client_frame(payload[:cut], kind, is_final=False) + client_frame(
                payload[cut:], CONT
            )
        if how < 0.985:
            return client_frame(payload[:125], PING if chance.random() < 0.5 else PONG)
        if how < 0.99:
            return client_frame(payload[:125], chance.choice(range(16)))
        if how < 0.993:
            return client_frame(payload, BINARY if is_json else TEXT)
        if how < 0.996:
            return TOO_BIG
        return self._damaged(framed(payload, is_json=is_json))

    def _message(self) -> Any:
        chance = self.chance
        message = dict(chance.choice(CLIENT))
        if message["type"] == "create":  # each would open a world
            message["pack"] = chance.choice(("none", "", "../expo", 7))
        if message["type"] in ("remove", "leave") and chance.random() < 0.9:
            message["n"] = -1
        if chance.random() < 0.2:
            message["world"] = self.world.id
        for _ in range(chance.randrange(3)):
            key = chance.choice(list(message)) if message else "type"
            what = chance.random()
            if what < 0.2:
                message.pop(key, None)
            elif what < 0.3:
                message[chance.choice(("q", "n", "extra", "as", 7, ""))] = chance.randrange(40)
            else:
                message[key] = chance.choice(ODD_VALUES)
        return message if chance.random() < 0.97 else chance.choice(ODD_VALUES)

    def _damaged(self, data: bytes) -> bytes:
        chance = self.chance
        made = bytearray(data)
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(made) + 1)
            match chance.randrange(4):
                case 0 if made:
                    made[at % len(made)] ^= 1 << chance.randrange(8)
                case 1:
                    made[at:at] = chance.randbytes(chance.randint(1, 6))
                case 2:
                    del made[at : at + chance.randint(1, 8)]
                case _:
                    made[at:at] = made[: chance.randrange(20)]
        return bytes(made)


def encoded(message: Any, *, is_json: bool) -> bytes:
    """Return a message as its sub-protocol has it, right or wrong."""
    if is_json:
        return json.dumps(message, default=str).encode()
    packed: bytes = msgpack.packb(message, strict_types=False)
    return packed


def framed(payload: bytes, *, is_json: bool) -> bytes:
    return client_frame(payload, TEXT if is_json else BINARY)


async def play_on(node: Node, world: "dreamsync.World", stop: asyncio.Event) -> int:
    """Play as somebody who does nothing wrong; return how often they acted."""
    acted = 0
    async with node.connect() as dream:
        ada = await dream.enter(world.id, role="ada", invite=world.invite)
        while not stop.is_set():
            outcome = await ada.act("talk", words=f"line {acted}")
            assert outcome.code in ("ok", "paused"), outcome
            acted += 1
        assert ada.mismatches == 0
    return acted


async def test_mutated_frames_bring_clear_errors_while_others_play_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING)
    heard: Counter[str] = Counter()
    stop = asyncio.Event()
    async with open_node(trusted_proxies=("127.0.0.1",)) as node, node.connect() as dream:
        world = await dream.create_world("starter", understudies=False, spectators=True)
        senders = [Sender(node, world, SEED * 1_000 + index) for index in range(LINES_AT_ONCE)]
        playing = asyncio.create_task(play_on(node, world, stop))
        await asyncio.gather(*(sender.send(FRAMES // LINES_AT_ONCE) for sender in senders))
        stop.set()
        acted = await asyncio.wait_for(playing, 20)
        for sender in senders:
            heard += sender.heard
        async with node.connect() as late:
            await late.worlds()
        assert node.count("messages_in_total") > FRAMES / 2, "most frames are to be read"
    assert ours(caplog.records) == []
    assert acted > 10
    assert_everything_was_tried(heard)


def ours(records: list[logging.LogRecord]) -> list[str]:
    """Return what was logged as a fault of ours."""
    return [r.getMessage() for r in records if r.levelno >= logging.ERROR or r.exc_info]


def assert_everything_was_tried(heard: Mapping[str, int]) -> None:
    """Fail where the frames no longer reach what they are to try."""
    wanted = "error bad_message|error unknown_type|error gap|error not_entered|error not_allowed"
    closes = "close 1002|close 1003|close 1009|close 4000"
    missing = [name for name in f"{wanted}|{closes}".split("|") if not heard[name]]
    assert missing == [], heard
