"""Frames to messages and back: MessagePack in binary frames, JSON in text frames.

Both carry the same maps with the key `type`. Strings are keys; values are strings, booleans,
integers of at most 53 bits, arrays and maps: no null, no floats, no binary, no extension types.
Whatever bytes come in, decoding gives a message or raises ProtocolError.
"""

import json
from collections.abc import Mapping
from typing import Any, Final, NamedTuple, NoReturn

import msgpack
from msgpack.exceptions import StackError
from pydantic import ValidationError

from dreamsync.protocol import bounds
from dreamsync.protocol.messages import (
    CLIENT_MODELS,
    SERVER_MODELS,
    ClientMessage,
    ServerMessage,
    client_message,
    server_message,
)

_packer: Final = msgpack.Packer(use_bin_type=True, autoreset=True)
_TOO_DEEP: Final = f"Maps and lists may be nested {bounds.NESTING_MAX} deep."
_write_json: Final = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), allow_nan=False
).encode


class ProtocolError(ValueError):
    """A frame that cannot be used; the fault is its sender's.

    `code` is one of bad_message, too_big, too_deep, unknown_type; `text` is one sentence that
    holds nothing of the frame but names of fields. `q` and `n` are the frame's own, where they
    could be read, so that the error can be answered to the right request.
    """

    def __init__(self, code: str, text: str, *, q: int | None = None, n: int | None = None) -> None:
        super().__init__(f"{code}: {text}")
        self.code = code
        self.text = text
        self.q = q
        self.n = n


class _Limits(NamedTuple):
    frame_bytes: int
    str_bytes: int
    map_items: int
    array_items: int


_FROM_CLIENT: Final = _Limits(
    bounds.FRAME_BYTES_MAX, bounds.STR_BYTES_MAX, bounds.MAP_ITEMS_MAX, bounds.ARRAY_ITEMS_MAX
)
_FROM_SERVER: Final = _Limits(
    bounds.SERVER_FRAME_BYTES_MAX,
    bounds.SERVER_STR_BYTES_MAX,
    bounds.SERVER_ITEMS_MAX,
    bounds.SERVER_ITEMS_MAX,
)


def decode_client(frame: bytes | str) -> ClientMessage:
    """Return the message in a client's frame: bytes are MessagePack, str is JSON.

    Raises:
        ProtocolError: the frame is not a message of a client; the client's fault.
    """
    plain = _read(frame, _FROM_CLIENT)
    _check_type(plain, CLIENT_MODELS)
    try:
        return client_message(plain)
    except ValidationError as error:
        raise _as_protocol_error(error, plain) from None


def decode_server(frame: bytes | str) -> ServerMessage:
    """Return the message in a server's frame: bytes are MessagePack, str is JSON.

    Raises:
        ProtocolError: the frame is not a message of a server; the server's fault.
    """
    plain = _read(frame, _FROM_SERVER)
    _check_type(plain, SERVER_MODELS)
    try:
        return server_message(plain)
    except ValidationError as error:
        raise _as_protocol_error(error, plain) from None


def encode(plain: Mapping[str, Any]) -> bytes:
    """Return a message's map as MessagePack, its keys in their order.

    Nothing is checked: what is sent was made by us. Not for use from several threads at once.
    """
    packed: bytes = _packer.pack(plain)
    return packed


def encode_json(plain: Mapping[str, Any]) -> str:
    """Return a message's map as compact JSON, its keys in their order. Nothing is checked."""
    return _write_json(plain)


def _read(frame: bytes | str, limits: _Limits) -> dict[str, Any]:
    """Return the frame's map with arrays as tuples, every bound checked."""
    if len(frame) > limits.frame_bytes:
        raise ProtocolError("too_big", f"A frame is at most {limits.frame_bytes} bytes.")
    if isinstance(frame, str):
        plain = _read_json(frame)
    else:
        plain = _read_msgpack(frame, limits)
    if type(plain) is not dict:
        raise ProtocolError("bad_message", "A message is a map.")
    checked: dict[str, Any] = _checked(plain, limits, bounds.NESTING_MAX)
    return checked


def _read_msgpack(frame: bytes, limits: _Limits) -> Any:
    try:
        return msgpack.unpackb(
            frame,
            raw=False,
            use_list=False,
            strict_map_key=True,
            object_pairs_hook=_pairs,
            max_str_len=limits.str_bytes,
            max_bin_len=0,
            max_ext_len=0,
            max_array_len=limits.array_items,
            max_map_len=limits.map_items,
        )
    except ProtocolError:
        raise
    except StackError:
        raise ProtocolError("too_deep", _TOO_DEEP) from None
    except (ValueError, msgpack.UnpackException):
        # Its own words may quote the frame.
        raise ProtocolError("bad_message", "The frame is not MessagePack within bounds.") from None


def _read_json(frame: str) -> Any:
    try:
        return json.loads(frame, object_pairs_hook=_pairs, parse_constant=_no_constant)
    except ProtocolError:
        raise
    except ValueError:
        raise ProtocolError("bad_message", "The frame is not JSON.") from None
    except RecursionError:
        raise ProtocolError("too_deep", _TOO_DEEP) from None


def _no_constant(_name: str) -> NoReturn:
    raise ProtocolError("bad_message", "NaN and Infinity are no numbers here.")


def _pairs(pairs: list[tuple[Any, Any]]) -> dict[Any, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ProtocolError("bad_message", "A key stands twice in a map.")
    return made


def _checked(value: Any, limits: _Limits, depth: int) -> Any:
    """Return a value with its lists as tuples; raise ProtocolError where it breaks a bound."""
    kind = type(value)
    if kind is str:
        _check_text(value, limits)
        return value
    if kind is int:
        if not -bounds.INT_EXACT_MAX <= value <= bounds.INT_EXACT_MAX:
            raise ProtocolError("bad_message", "A number has more than 53 bits.")
        return value
    if kind is bool:
        return value
    if kind is not dict and kind is not tuple and kind is not list:
        raise ProtocolError("bad_message", "Null, floats and binary values are not used here.")
    if depth == 0:
        raise ProtocolError("too_deep", _TOO_DEEP)
    if kind is dict:
        if len(value) > limits.map_items:
            raise ProtocolError("too_big", "A map has too many keys.")
        for key in value:
            if type(key) is not str:
                raise ProtocolError("bad_message", "A key is a string.")
            _check_text(key, limits)
        return {key: _checked(item, limits, depth - 1) for key, item in value.items()}
    if len(value) > limits.array_items:
        raise ProtocolError("too_big", "A list is too long.")
    return tuple([_checked(item, limits, depth - 1) for item in value])


def _check_text(text: str, limits: _Limits) -> None:
    if text.isascii():
        size_bytes = len(text)
    else:
        try:
            size_bytes = len(text.encode())
        except UnicodeEncodeError:
            raise ProtocolError("bad_message", "A text holds half a character.") from None
    if size_bytes > limits.str_bytes:
        raise ProtocolError("too_big", f"A text is at most {limits.str_bytes} bytes.")


def _check_type(plain: Mapping[str, Any], models: Mapping[str, Any]) -> None:
    kind = plain.get("type")
    if type(kind) is not str:
        raise ProtocolError("bad_message", "A message has the key type, a string.")
    if kind not in models:
        raise ProtocolError(
            "unknown_type", "There is no message of this type.", **_numbers_of(plain)
        )


def _numbers_of(plain: Mapping[str, Any]) -> dict[str, int | None]:
    return {
        name: value if type(value := plain.get(name)) is int and value >= 1 else None
        for name in ("q", "n")
    }


def _as_protocol_error(error: ValidationError, plain: Mapping[str, Any]) -> ProtocolError:
    """Return the first fault in one sentence: the field and what it should be, never its value."""
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    # A field of several kinds has one fault a kind: the one of the right kind says more.
    first = next((fault for fault in faults if not fault["type"].endswith("_type")), faults[0])
    where = ".".join(_safe(part) for part in first["loc"][1:]) or "the message"
    code = "too_big" if first["type"] in ("string_too_long", "too_long") else "bad_message"
    said = first["msg"].removeprefix("Value error, ")
    return ProtocolError(code, f"{where}: {said}.", **_numbers_of(plain))


def _safe(part: int | str) -> str:
    """Return a part of a field's place; a key that the sender made up is not repeated."""
    text = str(part)
    return text if text.isascii() and text.isidentifier() and len(text) <= 32 else "?"
