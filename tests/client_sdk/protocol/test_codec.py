"""Whatever bytes come in, decoding gives a message or one clear error."""

import json
from typing import Any

import msgpack
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.wire_examples import CLIENT

from dreamsync.protocol import bounds
from dreamsync.protocol.client_messages import Act
from dreamsync.protocol.codec import ProtocolError, decode_client, encode, encode_json

ACT = {"type": "act", "n": 1, "action": "draw", "params": {"what": "moon"}}


def fault(frame: bytes | str) -> ProtocolError:
    with pytest.raises(ProtocolError) as caught:
        decode_client(frame)
    return caught.value


@pytest.mark.parametrize("frame", [encode(ACT), encode_json(ACT)])
def test_both_encodings_give_the_same_message(frame: bytes | str) -> None:
    message = Act(type="act", n=1, action="draw", params={"what": "moon"})
    assert decode_client(frame) == message


@pytest.mark.parametrize(
    ("frame", "code", "part"),
    [
        (b"", "bad_message", "MessagePack"),
        (b"\xc1", "bad_message", "MessagePack"),
        (b"\x80\x80", "bad_message", "MessagePack"),
        (b"\xc0", "bad_message", "a map"),
        (b"\x81\xa4type\xc0", "bad_message", "Null"),
        (b"\x81\x01\x01", "bad_message", "MessagePack"),
        (b"\x82\xa1a\x01\xa1a\x02", "bad_message", "twice"),
        (b"\x81\xa4type\xd6\xff\x00\x00\x00\x00", "bad_message", "MessagePack"),
        (b"\x91" * 2000, "too_deep", "nested"),
        (b"\x81\xa1a" * 9 + b"\x01", "too_deep", "nested"),
        (msgpack.packb({"type": "act", "n": 2**64 - 1}), "bad_message", "53 bits"),
        (msgpack.packb({"type": "act", "n": float("nan")}), "bad_message", "floats"),
        (msgpack.packb({"type": "act", "x": "x" * 9000}), "bad_message", "within bounds"),
        ("", "bad_message", "JSON"),
        ("[]", "bad_message", "a map"),
        ('{"type":"act","n":NaN}', "bad_message", "NaN"),
        ('{"type":"act","n":1e999}', "bad_message", "floats"),
        ('{"type":"act","type":"act"}', "bad_message", "twice"),
        ('{"type":"act","n":' + "9" * 5000 + "}", "bad_message", "JSON"),
        ('{"a":' * 9 + "1" + "}" * 9, "too_deep", "nested"),
        ("[" * 60_000, "too_deep", "nested"),
        ('{"type":"act","a":"\\ud800"}', "bad_message", "half a character"),
        ('{"type":"act","a":"' + "x" * 9000 + '"}', "too_big", "bytes"),
        (json.dumps({"type": "act", "a": [1] * 65}), "too_big", "list"),
        (json.dumps({str(i): i for i in range(65)}), "too_big", "keys"),
        (" " * (bounds.FRAME_BYTES_MAX + 1), "too_big", "frame"),
        ('{"type":1}', "bad_message", "type"),
        ('{"n":1}', "bad_message", "type"),
        ('{"type":"fly","n":3}', "unknown_type", "type"),
        ('{"type":"release"}', "bad_message", "n:"),
        ('{"type":"release","n":true}', "bad_message", "n:"),
    ],
)
def test_what_cannot_be_read_has_a_code_and_a_sentence(
    frame: bytes | str, code: str, part: str
) -> None:
    error = fault(frame)
    assert error.code == code
    assert part in error.text
    assert error.text.endswith(".")


def test_an_error_names_the_request_it_belongs_to() -> None:
    assert fault('{"type":"fly","n":3}').n == 3
    assert fault('{"type":"card","q":4}').q == 4
    assert fault('{"type":"card","q":-4}').q is None


def test_an_error_repeats_nothing_that_the_sender_made_up() -> None:
    frame = encode({**ACT, "params": {"<script>": "y" * 600, "what": "z" * 600}})
    error = fault(frame)
    assert "script" not in error.text
    assert "zzz" not in error.text


def test_a_text_that_is_too_long_says_so_and_where() -> None:
    error = fault(encode({**ACT, "params": {"what": "z" * 501}}))
    assert (error.code, error.n) == ("too_big", 1)
    assert "params.what" in error.text


def test_encoding_fails_cleanly_and_then_goes_on() -> None:
    with pytest.raises(TypeError):
        encode({"type": "quiet", "bad": object()})
    assert decode_client(encode(ACT)).type == "act"


plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**64), 2**64)
    | st.floats()
    | st.text()
    | st.binary(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(value=plain, key=st.sampled_from(["type", "n", "q", "params", "as"]), at=st.data())
def test_any_value_in_any_field_is_a_message_or_a_protocol_error(
    value: Any, key: str, at: st.DataObject
) -> None:
    example = at.draw(st.sampled_from(CLIENT))
    try:
        frame = msgpack.packb({**example, key: value})
    except (ValueError, OverflowError):
        return
    read_or_refuse(frame)


@settings(max_examples=300, deadline=None)
@given(at=st.data())
def test_any_mutated_frame_is_a_message_or_a_protocol_error(at: st.DataObject) -> None:
    example = at.draw(st.sampled_from(CLIENT))
    frame = bytearray(encode(example))
    for _ in range(at.draw(st.integers(1, 4))):
        frame[at.draw(st.integers(0, len(frame) - 1))] = at.draw(st.integers(0, 255))
    read_or_refuse(bytes(frame))
    read_or_refuse(bytes(frame[: at.draw(st.integers(0, len(frame)))]))
    read_or_refuse(encode_json(example)[at.draw(st.integers(0, 9)) :])


def read_or_refuse(frame: bytes | str) -> None:
    try:
        decode_client(frame)
        code = "ok"
    except ProtocolError as error:
        code = error.code
    assert code in {"ok", "bad_message", "too_big", "too_deep", "unknown_type"}
