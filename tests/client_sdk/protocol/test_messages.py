"""The golden vectors: each message as JSON and as MessagePack, to the byte."""

import json

import pytest
from support.wire_examples import CLIENT, FOLDER, SERVER, vectors

from dreamsync.protocol.codec import decode_client, decode_server, encode
from dreamsync.protocol.fields import wire_map
from dreamsync.protocol.messages import CLIENT_MODELS, SERVER_MODELS

FILES = sorted(FOLDER.glob("*.json"))


def test_every_message_has_an_example() -> None:
    assert sorted(plain["type"] for plain in CLIENT) == sorted(CLIENT_MODELS)
    assert {plain["type"] for plain in SERVER} == set(SERVER_MODELS)


def test_the_files_are_those_that_the_examples_make() -> None:
    kept = {path.stem: json.loads(path.read_text("utf-8")) for path in FILES}
    assert kept == vectors(), "run python tests/support/wire_examples.py and read the difference"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_message_is_read_from_both_encodings_and_written_to_the_same_bytes(path) -> None:  # type: ignore[no-untyped-def]
    vector = json.loads(path.read_text("utf-8"))
    decode = {"client": decode_client, "server": decode_server}[vector["direction"]]
    frame = bytes.fromhex(vector["msgpack"])
    message = decode(frame)
    assert message == decode(json.dumps(vector["json"]))
    assert encode(wire_map(message)) == frame
    assert json.loads(json.dumps(wire_map(message))) == vector["json"]
