"""What is wrong with a pack: one fault a mistake, each with its place and a suggestion."""

import difflib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from dreamsync_server.errors import DreamsyncError
from dreamsync_server.limits import PACK_FAULTS_MAX
from dreamsync_server.packs.catalogue import CATALOGUE
from dreamsync_server.world.model import Place

Severity = Literal["error", "warning"]

_KEPT_MAX = 20 * PACK_FAULTS_MAX  # held before sorting, so that a hostile pack costs no memory
_WHAT_CHARS_MAX = 400
_DOTTED = re.compile(r"[a-z_][a-z0-9_.]*")
_SEGMENTS_MAX = 8
_ALIKE_CHARS_MAX = 80  # longer words are compared with nothing: the search is quadratic


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One mistake. `line` and `column` count from 1; `suggestion` is what was likely meant."""

    file: str
    line: int
    column: int
    code: str
    severity: Severity
    what: str
    suggestion: str = ""

    def __str__(self) -> str:
        kind = "warning: " if self.severity == "warning" else ""
        tail = f"; did you mean '{self.suggestion}'?" if self.suggestion else ""
        return f"{self.file}:{self.line}:{self.column}: {kind}{self.what}{tail}"

    def as_dict(self) -> dict[str, Any]:
        """Return the fault as plain values, for `--json`."""
        return {
            "code": self.code,
            "severity": self.severity,
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "what": self.what,
            "suggestion": self.suggestion,
        }


class PackFaultsError(DreamsyncError):
    """A pack cannot be used. `faults` are in the order of files and lines; `more` were left off."""

    def __init__(self, faults: Iterable[Fault], more: int = 0) -> None:
        self.faults = tuple(faults)
        self.more = more
        super().__init__(format_faults(self.faults, more))


class Faults:
    """Collects faults while a pack is read, so that all of them are told at once.

    `broken` are names whose declarations have a fault: what merely follows from it is not told.
    """

    def __init__(self) -> None:
        self._kept: dict[tuple[Place, str, str], Fault] = {}
        self._dropped = 0
        self._dropped_errors = 0
        self.broken: set[str] = set()

    def add(self, code: str, place: Place, what: str, suggestion: str = "") -> None:
        """Note a fault of the catalogue; the same one at the same place counts once."""
        severity = CATALOGUE[code].severity
        what = _plain(what)
        key = (place, code, what)
        if key in self._kept:
            return
        if len(self._kept) >= _KEPT_MAX:
            self._dropped += 1
            self._dropped_errors += severity == "error"
            return
        self._kept[key] = Fault(*place, code, severity, what, _plain(suggestion))

    def follows(self, source: str) -> bool:
        """Return whether a text names something whose declaration has a fault itself."""
        if not self.broken:
            return False
        for word in _DOTTED.findall(source):
            parts = word.split(".")[:_SEGMENTS_MAX]
            for i in range(len(parts)):
                ends = range(i + 1, len(parts) + 1)
                if any(".".join(parts[i:end]) in self.broken for end in ends):
                    return True
        return False

    def has(self, codes: Iterable[str]) -> bool:
        """Return whether a fault of one of these kinds was noted."""
        return not {fault.code for fault in self._kept.values()}.isdisjoint(codes)

    def keep(self, wanted: Callable[[Fault], bool]) -> None:
        """Forget the faults that are not wanted."""
        self._kept = {key: fault for key, fault in self._kept.items() if wanted(fault)}
        self._dropped = self._dropped_errors = 0

    @property
    def errors(self) -> int:
        """How many faults forbid the pack's use; warnings do not."""
        return self._dropped_errors + sum(f.severity == "error" for f in self._kept.values())

    def listed(self) -> tuple[tuple[Fault, ...], int]:
        """Return the first `PACK_FAULTS_MAX` faults in order, errors kept before warnings.

        The number is how many were left off.
        """
        kept = sorted(self._kept.values(), key=lambda fault: (fault.severity, fault))
        listed = tuple(sorted(kept[:PACK_FAULTS_MAX]))
        return listed, len(kept) - len(listed) + self._dropped

    def raise_if_any(self) -> None:
        """Raise what was found.

        Raises:
            PackFaultsError: the author's fault; at least one error was noted.
        """
        if self.errors:
            raise PackFaultsError(*self.listed())


def alike(word: str, known: Iterable[str]) -> str:
    """Return the known word that `word` was likely meant to be, or ""."""
    if len(word) > _ALIKE_CHARS_MAX:
        return ""
    names = [name for name in known if abs(len(name) - len(word)) <= 1 + len(word) // 2]
    by_folded = {name.casefold(): name for name in sorted(names)}  # sets have no order
    found = difflib.get_close_matches(word.casefold(), list(by_folded), n=1, cutoff=0.6)
    return by_folded[found[0]] if found else ""


def format_faults(faults: Iterable[Fault], more: int = 0) -> str:
    """Return faults as lines for a terminal."""
    lines = [str(fault) for fault in faults]
    if more:
        lines.append(f"… and {more} more")
    return "\n".join(lines)


def _plain(text: str) -> str:
    """Cut a message and take out control characters: it goes to terminals and logs."""
    text = "".join(c if c.isprintable() else "�" for c in text)
    return text if len(text) <= _WHAT_CHARS_MAX else text[: _WHAT_CHARS_MAX - 1] + "…"
