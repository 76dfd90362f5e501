"""The line that is being typed. Pure: keys in, finished lines and wishes out."""

import re
from dataclasses import dataclass, field
from typing import Final, Literal

Wish = Literal["up", "down", "escape"]
"""Scroll the story back, forward; drop what is being asked."""

LENGTH_MAX: Final = 1_000
HISTORY_MAX: Final = 50
_TOKEN: Final = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1bO.|\x1b|[\s\S]")
_WISHES: Final[dict[str, Wish]] = {"\x1b[5~": "up", "\x1b[6~": "down", "\x1b": "escape"}


@dataclass(frozen=True, slots=True)
class Finished:
    """A line that was ended by Enter."""

    text: str


@dataclass
class Editor:
    """A line with a cursor, and the lines before it."""

    text: str = ""
    cursor: int = 0
    _history: list[str] = field(default_factory=list)
    _at: int = 0

    def feed(self, keys: str) -> list[Finished | Wish]:
        """Take keys in; return what they brought."""
        found: list[Finished | Wish] = []
        for token in _TOKEN.findall(keys):
            if token in _WISHES:
                if token == "\x1b" and self.text:
                    self._put("", 0)
                else:
                    found.append(_WISHES[token])
            elif token in ("\r", "\n"):
                found.append(Finished(self._finish()))
            else:
                self._edit(token)
        return found

    def _finish(self) -> str:
        text = self.text
        if text.strip() and text not in self._history[-1:]:
            self._history = [*self._history, text][-HISTORY_MAX:]
        self._at = len(self._history)
        self._put("", 0)
        return text

    def _edit(self, token: str) -> None:
        before, after = self.text[: self.cursor], self.text[self.cursor :]
        match token:
            case "\x7f" | "\b":
                self._put(before[:-1] + after, self.cursor - 1)
            case "\x1b[3~":
                self._put(before + after[1:], self.cursor)
            case "\x15":
                self._put(after, 0)
            case "\x0b":
                self._put(before, self.cursor)
            case "\x17":
                kept = before.rstrip().rpartition(" ")
                head = kept[0] + kept[1]
                self._put(head + after, len(head))
            case "\x1b[D" | "\x1bOD":
                self._put(self.text, self.cursor - 1)
            case "\x1b[C" | "\x1bOC":
                self._put(self.text, self.cursor + 1)
            case "\x01" | "\x1b[H" | "\x1bOH" | "\x1b[1~":
                self._put(self.text, 0)
            case "\x05" | "\x1b[F" | "\x1bOF" | "\x1b[4~":
                self._put(self.text, len(self.text))
            case "\x1b[A" | "\x1bOA":
                self._recall(-1)
            case "\x1b[B" | "\x1bOB":
                self._recall(1)
            case _ if token.isprintable() and len(self.text) < LENGTH_MAX:
                self._put(before + token + after, self.cursor + 1)

    def _recall(self, step: int) -> None:
        self._at = min(max(0, self._at + step), len(self._history))
        text = self._history[self._at] if self._at < len(self._history) else ""
        self._put(text, len(text))

    def _put(self, text: str, cursor: int) -> None:
        self.text = text
        self.cursor = min(max(0, cursor), len(text))
