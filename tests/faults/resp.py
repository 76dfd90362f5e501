"""Where commands and replies of the store's protocol (RESP2) begin and end in a stream of bytes."""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import hiredis

from dreamsync_server.store.redis.scripts import load_scripts

_SHA = {script.sha.encode(): name for name, script in load_scripts().items()}
_TEXT = {script.text.encode(): name for name, script in load_scripts().items()}


def know_scripts(files: Iterable[Path]) -> None:
    """Know the scripts of another version of the code by their files."""
    for path in files:
        text = path.read_bytes()
        _SHA[hashlib.sha1(text, usedforsecurity=False).hexdigest().encode()] = path.stem
        _TEXT[text] = path.stem


class Command(NamedTuple):
    """A command as a client sent it. `name` is the script's, or the command's in upper case."""

    name: str
    keys: tuple[bytes, ...]
    args: tuple[bytes, ...]
    raw: bytes

    @property
    def world(self) -> str:
        """The world its first key is of, "" where that is none's."""
        first = (self.keys or self.args or (b"",))[0].decode(errors="replace")
        return first[3:].partition("}")[0] if first.startswith("{w:") else ""


def take_commands(buffer: bytearray) -> list[Command]:
    """Take the whole commands at the beginning of a buffer out of it."""
    taken: list[Command] = []
    at = 0
    while (end := end_of(buffer, at)) > 0:
        raw = bytes(buffer[at:end])
        taken.append(_command(value_of(raw), raw))
        at = end
    del buffer[:at]
    return taken


def take_replies(buffer: bytearray) -> list[bytes]:
    """Take the whole replies at the beginning of a buffer out of it."""
    taken: list[bytes] = []
    at = 0
    while (end := end_of(buffer, at)) > 0:
        taken.append(bytes(buffer[at:end]))
        at = end
    del buffer[:at]
    return taken


def value_of(raw: bytes) -> Any:
    """Return what whole bytes of the protocol stand for."""
    reader = hiredis.Reader()
    reader.feed(raw)
    return reader.gets()


def end_of(buffer: bytearray, at: int) -> int:
    """Return where the value that begins at `at` ends, -1 where it is not whole yet."""
    head = buffer.find(b"\r\n", at)
    if head < 0:
        return -1
    kind, end = buffer[at], head + 2
    if kind == 0x24:  # $: a string of so many bytes
        length = int(buffer[at + 1 : head])
        end = end if length < 0 else end + length + 2
        return end if end <= len(buffer) else -1
    if kind == 0x2A:  # *: a list of so many values
        for _ in range(int(buffer[at + 1 : head])):
            end = end_of(buffer, end)
            if end < 0:
                return -1
    return end


def _command(parts: list[bytes], raw: bytes) -> Command:
    name = parts[0].decode().upper()
    if name not in ("EVALSHA", "EVAL"):
        return Command(name, (), tuple(parts[1:]), raw)
    known = _SHA if name == "EVALSHA" else _TEXT
    count = int(parts[2])
    keys, args = parts[3 : 3 + count], parts[3 + count :]
    return Command(known.get(parts[1], "?"), tuple(keys), tuple(args), raw)
