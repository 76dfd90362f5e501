"""The work of a rehearsal in parts that any process can do: trials, seeks and shrinkings.

A part's result depends on the pack, the seed and the part alone, never on who does it or when.
"""

import multiprocessing
import signal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from dreamsync_server.packs import load_folder
from dreamsync_server.story.atlas import Atlas, atlas_of
from dreamsync_server.story.goals import Goal
from dreamsync_server.story.seeking import Found, Sought, seek
from dreamsync_server.story.shrinking import shrink
from dreamsync_server.story.trial import Trial, play_trial
from dreamsync_server.world.model import Pack

TURNS: Final = 1_000
"""Looks that one seek takes, at most."""
_ENDLESS_S: Final = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class TrialPart:
    """Play run `number` of the crowd."""

    folder: Path
    seed: int
    number: int
    absent: tuple[str, ...]
    wanted: frozenset[Goal]


@dataclass(frozen=True, slots=True)
class SeekPart:
    """Search for a goal, the `attempt`-th time."""

    folder: Path
    seed: int
    goal: Goal
    attempt: int
    absent: tuple[str, ...]
    wanted: frozenset[Goal]
    turns: int = TURNS


@dataclass(frozen=True, slots=True)
class ShrinkPart:
    """Make a found run short."""

    folder: Path
    found: Found
    tries: int


Part = TrialPart | SeekPart | ShrinkPart


@dataclass(frozen=True, slots=True)
class Done:
    """A part's result: what it found, and the trial or the seek that it was."""

    part: Part
    found: tuple[Found, ...]
    trial: Trial | None = None
    sought: Sought | None = None


def do_part(part: Part) -> Done:
    """Do a part."""
    match part:
        case TrialPart():
            pack = pack_at(part.folder)
            trial, found = play_trial(
                pack, part.seed, part.number, absent=part.absent, wanted=part.wanted
            )
            return Done(part, found, trial=trial)
        case SeekPart():
            sought = seek(
                atlas_at(part.folder, part.absent),
                part.goal,
                part.seed + part.attempt,
                attempt=part.attempt,
                absent=part.absent,
                wanted=part.wanted,
                turns=part.turns,
            )
            return Done(part, sought.found, sought=sought)
        case ShrinkPart():
            return Done(part, (shrink(pack_at(part.folder), part.found, tries=part.tries),))


@cache
def pack_at(folder: Path) -> Pack:
    """Return the pack of a folder, read once a process."""
    return load_folder(folder)


@cache
def atlas_at(folder: Path, absent: tuple[str, ...]) -> Atlas:
    """Return a pack's atlas, made once a process."""
    return atlas_of(pack_at(folder), absent)


def forget() -> None:
    """Read packs anew: a folder may have changed since this process last rehearsed it."""
    pack_at.cache_clear()
    atlas_at.cache_clear()


class Crew:
    """Processes that do parts; with one job the work is done here. `left_s` is the budget left."""

    def __init__(self, jobs: int, left_s: Callable[[], float]) -> None:
        self._left_s = left_s
        self._pool = None
        if jobs > 1:  # Ctrl-C is for the one that leads them: it lets them go
            deaf = (signal.SIGINT, signal.SIG_IGN)
            self._pool = multiprocessing.get_context("spawn").Pool(jobs, signal.signal, deaf)

    def do(self, parts: Sequence[Part]) -> Iterator[Done]:
        """Do parts and yield their results in the parts' order, as far as the budget goes."""
        if self._pool is None:
            for part in parts:
                if self._left_s() <= 0:
                    return
                yield do_part(part)
            return
        results = self._pool.imap(do_part, parts)
        for _ in parts:
            left_s = min(self._left_s(), _ENDLESS_S)
            if left_s <= 0:
                return
            try:
                yield results.next(timeout=left_s)
            except multiprocessing.TimeoutError:
                return

    def close(self) -> None:
        """Let the processes go, also in the middle of a part."""
        if self._pool is not None:
            self._pool.terminate()
            self._pool.join()
