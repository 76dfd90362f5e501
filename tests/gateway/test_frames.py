"""Frames: what a client's library reads is what was framed."""

import logging

import pytest
from websockets.client import ClientProtocol
from websockets.frames import Opcode
from websockets.protocol import State
from websockets.uri import parse_uri

from dreamsync_server.gateway.frames import Codec, frame, split_at_digest


def read(data: bytes) -> tuple[Opcode, bytes]:
    """Return what the library's client makes of one frame."""
    client = ClientProtocol(parse_uri("ws://x/"), state=State.OPEN, max_size=None)
    client.logger = logging.getLogger("test")
    client.receive_data(data)
    [event] = client.events_received()
    return event.opcode, bytes(event.data)  # type: ignore[union-attr]


@pytest.mark.parametrize("length", [0, 1, 125, 126, 65_535, 65_536, 200_000])
@pytest.mark.parametrize("is_text", [True, False])
def test_a_frame_of_any_length_is_read_back(length: int, is_text: bool) -> None:
    payload = b"x" * length
    expected = Opcode.TEXT if is_text else Opcode.BINARY
    assert read(frame(payload, is_text=is_text)) == (expected, payload)


def test_a_codec_encodes_and_frames() -> None:
    codec = Codec("c", lambda plain: repr(dict(plain)).encode(), is_text=True)
    assert read(codec.frame({"a": 1})) == (Opcode.TEXT, b"{'a': 1}")


def test_a_frame_is_split_at_its_last_digest() -> None:
    digest = "0123456789abcdef"
    prepared = f'{{"text":"{digest}","digest":"{digest}"}}'.encode()
    before, behind = split_at_digest(prepared, digest)
    assert (before, behind) == (f'{{"text":"{digest}","digest":"'.encode(), b'"}')
