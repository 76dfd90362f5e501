"""Bytes of a client to messages, without a socket."""

import itertools
import logging
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.lines import BINARY, CLOSE, CONT, PING, PONG, TEXT, client_frame

from dreamsync_server.gateway.wire import (
    PARSERS_KEPT,
    PROTOCOL,
    Control,
    End,
    FrameReader,
    Message,
    ParserPool,
    Part,
    Received,
    close_frame,
    close_name,
    ping_frame,
)
from dreamsync_server.limits import CONTROL_BURST, CONTROL_PER_S, FRAGMENTS_MAX, FRAME_BYTES_MAX

log = logging.getLogger("test")
MASK = b"\x01\x02\x03\x04"


def read_all(reader: FrameReader, now_s: float = 0.0) -> list[Received]:
    found = []
    while (received := reader.next(now_s)) is not None:
        found.append(received)
    return found


def test_each_frame_brings_what_it_holds() -> None:
    reader = FrameReader(ParserPool(log))
    reader.feed(
        client_frame(b"bytes")
        + client_frame("größe".encode(), TEXT)
        + client_frame(b"hi", PING)
        + client_frame(b"there", PONG)
        + client_frame(b"a", is_final=False)
        + client_frame(b"b", CONT)
        + client_frame(b"\x03\xe9away", CLOSE)
        + client_frame(b"after the end")
    )
    assert read_all(reader) == [
        Message(b"bytes"),
        Message("größe"),
        Control(b"\x8a\x02hi"),
        Control(b"", b"there"),
        Part(),
        Message(b"ab"),
        End(1001, "away", b"\x88\x06\x03\xe9away", is_ours=False),
    ]


frames = st.lists(
    st.one_of(
        st.binary(max_size=300).map(lambda data: [client_frame(data, mask=MASK)]),
        st.text(max_size=80).map(lambda text: [client_frame(text.encode(), TEXT, mask=MASK)]),
        st.binary(max_size=125).map(lambda data: [client_frame(data, PING, mask=MASK)]),
        st.lists(st.binary(max_size=90), min_size=1, max_size=4).map(
            lambda parts: [
                client_frame(b"first", BINARY, is_final=False, mask=MASK),
                *(client_frame(part, CONT, is_final=False, mask=MASK) for part in parts),
                client_frame(b"last", CONT, mask=MASK),
            ]
        ),
    ),
    max_size=6,
).map(lambda groups: b"".join(frame for group in groups for frame in group))


@settings(max_examples=150, deadline=None)
@given(data=frames, cuts=st.lists(st.integers(0, 2_000), max_size=12))
def test_it_does_not_matter_where_the_line_cuts_the_bytes(data: bytes, cuts: list[int]) -> None:
    pool = ParserPool(log)
    whole, cut = FrameReader(pool), FrameReader(pool)
    whole.feed(data)
    found = []
    edges = [0, *sorted(cut for cut in cuts if cut < len(data)), len(data)]
    for start, end in itertools.pairwise(edges):
        cut.feed(data[start:end])
        found += read_all(cut)
    assert found == read_all(whole)
    assert (cut._bytes, cut._parser) == (b"", None)


@settings(max_examples=300, deadline=None)
@given(data=st.binary(max_size=400), cut=st.integers(0, 400))
def test_any_bytes_bring_frames_or_one_end(data: bytes, cut: int) -> None:
    reader = FrameReader(ParserPool(log))
    found = []
    for part in (data[:cut], data[cut:]):
        reader.feed(part)
        found += read_all(reader)
    assert all(not isinstance(received, End) for received in found[:-1])


def test_readers_that_share_parsers_never_see_each_others_bytes() -> None:
    chance = random.Random(4)
    pool = ParserPool(log)
    readers = [FrameReader(pool) for _ in range(20)]
    sent: list[list[bytes]] = [[] for _ in readers]
    found: list[list[Received]] = [[] for _ in readers]
    waiting: list[bytes] = [b"" for _ in readers]
    for turn in range(4_000):
        index = chance.randrange(len(readers))
        if not waiting[index]:
            name = b"%d of %d" % (turn, index)
            sent[index].append(name)
            half = chance.randrange(len(name))
            waiting[index] = client_frame(name[:half], is_final=False) + client_frame(
                name[half:], CONT
            )
        size = chance.randrange(1, 40)
        readers[index].feed(waiting[index][:size])
        waiting[index] = waiting[index][size:]
        found[index] += [r for r in read_all(readers[index]) if r != Part()]
    for index, reader in enumerate(readers):
        reader.feed(waiting[index])
        found[index] += [r for r in read_all(reader) if r != Part()]
    assert found == [[Message(name) for name in names] for names in sent]
    assert len(pool._free) <= PARSERS_KEPT


def test_a_parser_that_failed_is_lent_to_nobody() -> None:
    pool = ParserPool(log)
    broken, fine = FrameReader(pool), FrameReader(pool)
    broken.feed(b"\x82\x02hi")
    end = broken.next(0.0)
    assert isinstance(end, End)
    assert (end.code, end.is_ours) == (1002, True)
    fine.feed(client_frame(b"well"))
    assert fine.next(0.0) == Message(b"well")


def test_a_message_in_too_many_frames_ends_the_connection() -> None:
    reader = FrameReader(ParserPool(log))
    first = client_frame(b"x", is_final=False)
    more = client_frame(b"x", CONT, is_final=False)
    for at in range(FRAGMENTS_MAX - 1):
        reader.feed(more if at else first)
        assert reader.next(0.0) == Part()
    reader.feed(more)
    end = reader.next(0.0)
    assert isinstance(end, End)
    assert (end.code, end.is_ours) == (PROTOCOL, True)
    assert reader._parts is None


def test_between_frames_a_reader_holds_no_parser() -> None:
    reader = FrameReader(ParserPool(log))
    reader.feed(client_frame(b"x") + client_frame(b"y")[:3])
    assert reader.next(0.0) == Message(b"x")
    assert reader.next(0.0) is None
    assert reader._parser is None


def test_a_frame_too_big_by_its_header_is_refused_before_it_comes() -> None:
    reader = FrameReader(ParserPool(log))
    reader.feed(b"\x82\xff" + (FRAME_BYTES_MAX + 1).to_bytes(8, "big"))
    end = reader.next(0.0)
    assert isinstance(end, End)
    assert end.code == 1009


def test_control_frames_are_counted_before_they_are_answered_and_refill_with_time() -> None:
    reader = FrameReader(ParserPool(log))
    reader.feed(client_frame(b"", PING) * CONTROL_BURST)
    assert read_all(reader) == [Control(b"\x8a\x00")] * CONTROL_BURST
    reader.feed(client_frame(b"", PONG) * CONTROL_PER_S)
    assert read_all(reader, now_s=1.0) == [Control(b"", b"")] * CONTROL_PER_S
    reader.feed(client_frame(b"", PING))
    assert read_all(reader, now_s=1.0) == [
        End(4008, "flood", b"\x88\x07\x0f\xa8flood", is_ours=True)
    ]


def test_a_close_is_never_too_much() -> None:
    reader = FrameReader(ParserPool(log))
    reader.feed(client_frame(b"", PING) * CONTROL_BURST + client_frame(b"\x03\xe8", CLOSE))
    assert read_all(reader)[-1] == End(1000, "", b"\x88\x02\x03\xe8", is_ours=False)


@pytest.mark.parametrize(
    ("code", "reason", "made"),
    [
        (1000, "", b"\x88\x02\x03\xe8"),
        (4012, "why", b"\x88\x05\x0f\xacwhy"),
        (1000, "ü" * 100, b"\x88\x7c\x03\xe8" + "ü".encode() * 61),
    ],
)
def test_a_close_frame_holds_code_and_as_much_reason_as_fits(
    code: int, reason: str, made: bytes
) -> None:
    assert close_frame(code, reason) == made


def test_a_ping_is_two_bytes() -> None:
    assert ping_frame() == b"\x89\x00"


@pytest.mark.parametrize(
    ("code", "name"), [(1000, "normal"), (4008, "flood"), (1006, "lost"), (3999, "other")]
)
def test_a_close_code_has_a_name(code: int, name: str) -> None:
    assert close_name(code) == name
