"""Scalars as they were written: where each character of a value stands in its file."""

import bisect
from dataclasses import dataclass
from typing import Final

from dreamsync_server.world.model import Place

_ESCAPE_DIGITS: Final = {"x": 2, "u": 4, "U": 8}


@dataclass(frozen=True, slots=True)
class Source:
    """One file's text with the offsets at which its lines start."""

    file: str
    text: str
    line_starts: tuple[int, ...]

    def place(self, offset: int) -> Place:
        """Return the place of a character offset."""
        line = bisect.bisect_right(self.line_starts, offset)
        return Place(self.file, line, offset - self.line_starts[line - 1] + 1)


@dataclass(frozen=True, slots=True)
class Written:
    """A scalar in its source: from `start` to `end`, quotes included; `text` is its value."""

    source: Source
    start: int
    end: int
    style: str  # "", a quote, "|" or ">"
    text: str

    def place(self, offset: int) -> Place:
        """Return where the character at `offset` of the value stands; behind the last: its end."""
        offsets = offsets_of(self.source.text[self.start : self.end], self.text, self.style)
        if not offsets:
            return self.source.place(self.start)
        last = len(offsets) - 1
        at = offsets[min(max(offset, 0), last)]
        return self.source.place(self.start + at + min(1, max(0, offset - last)))


def offsets_of(raw: str, value: str, style: str) -> list[int]:
    """Return for each character of `value` its offset in `raw`, quotes and header included.

    Exact where the value is written on one line; in folded and block scalars exact for all but
    white space, which is placed behind the character before it. Empty where the two do not fit.
    """
    if style == '"':
        return _double_quoted(raw, value)
    at = _content_start(raw, style)
    offsets = []
    for char in value:
        if char.isspace():
            here = raw[at : at + 1]
            offsets.append(at)
            if here == char:
                at += 1
            continue
        while at < len(raw) and raw[at].isspace():
            at += 1
        if raw[at : at + 1] != char:
            return []
        offsets.append(at)
        at += 2 if style == "'" and char == "'" else 1
    return offsets


def _content_start(raw: str, style: str) -> int:
    """Return where the value begins: behind the quote, or behind the header line of a block."""
    if style == "'":
        return 1
    if style in ("|", ">"):
        return raw.find("\n") + 1
    return 0


def _double_quoted(raw: str, value: str) -> list[int]:
    """Walk escapes and folded lines of a double-quoted scalar."""
    offsets: list[int] = []
    at = 1
    for char in value:
        if char == " " and raw[at : at + 1] != " " and raw[at : at + 1] != "\\":
            offsets.append(at)  # a folded line break
            continue
        while char not in " \t\n" and raw[at : at + 1] in (" ", "\t", "\n") and at < len(raw):
            at += 1
        while raw[at : at + 2] == "\\\n":
            at += 2
            while raw[at : at + 1] in (" ", "\t") and at < len(raw):
                at += 1
        offsets.append(at)
        if raw[at : at + 1] == "\\":
            at += 2 + _ESCAPE_DIGITS.get(raw[at + 1 : at + 2], 0)
        elif at < len(raw) - 1:
            at += 1
    return offsets
