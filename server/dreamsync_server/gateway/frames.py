"""Messages as ready websocket frames: encoded and framed once, written to many sockets."""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

Encode = Callable[[Mapping[str, Any]], bytes]

DIGEST_CHARS: Final = 16
_FIN_TEXT: Final = 0x81
_FIN_BINARY: Final = 0x82
_LENGTH_16: Final = 126
_LENGTH_64: Final = 127
_SHORT_MAX: Final = 125
_MEDIUM_MAX: Final = 0xFFFF


class Codec(NamedTuple):
    """How a client wants its messages: the sub-protocol's encoding and its kind of frame."""

    name: str
    encode: Encode
    is_text: bool

    def frame(self, message: Mapping[str, Any]) -> bytes:
        """Return a message as one whole frame, ready to be written."""
        return frame(self.encode(message), is_text=self.is_text)


def frame(payload: bytes, *, is_text: bool) -> bytes:
    """Return one unmasked, unfragmented data frame as a server sends it.

    Source: RFC 6455, section 5.2.
    """
    first = _FIN_TEXT if is_text else _FIN_BINARY
    length = len(payload)
    if length <= _SHORT_MAX:
        head = bytes((first, length))
    elif length <= _MEDIUM_MAX:
        head = bytes((first, _LENGTH_16)) + length.to_bytes(2, "big")
    else:
        head = bytes((first, _LENGTH_64)) + length.to_bytes(8, "big")
    return head + payload


def split_at_digest(prepared: bytes, digest: str) -> tuple[bytes, bytes]:
    """Return a frame's bytes before and behind the digest, which stands last in its message.

    Members of a group whose views differ only by facts of their own share everything else of a
    frame; the digest has always the same length.
    """
    at = prepared.rindex(digest.encode())
    return prepared[:at], prepared[at + DIGEST_CHARS :]
