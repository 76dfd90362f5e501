"""`serve --dev`: an author's packs, looked at while worlds play them.

Whenever the files of a pack have changed and come to rest, the pack is checked anew. A good one is
kept in the store, and every world here that plays it goes on under it between two commits; a bad
one is told with file, line and column, and the worlds go on as they are.
"""

import asyncio
import logging
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, Protocol

from dreamsync_server.errors import StoreError
from dreamsync_server.limits import DEV_FAULTS_SHOWN_MAX, DEV_LOOK_S
from dreamsync_server.packs import Checked
from dreamsync_server.packs.faults import format_faults
from dreamsync_server.world.model import Pack

log = logging.getLogger(__name__)

_STALE: Final = ("stale_rehearsal", "stale_odds")
Marks = tuple[tuple[str, int, int], ...]
"""What is looked at of a pack's files: path, time of the last change in ns, size in bytes."""


class Packs(Protocol):
    """The packs of this node."""

    def folders(self) -> dict[str, Path]:
        """Return pack id -> folder of every pack on this machine."""
        ...

    async def read_again(self, pack_id: str) -> Checked | None:
        """Check a pack's folder anew; a good one is the newest from now on, and in the store."""
        ...


class Workbench:
    """Watches the folders of all packs.

    `repack` lets the worlds of a pack go on under its newest state and says which they are; `tell`
    tells their desks (pack id, whether it is good, in words).
    """

    def __init__(
        self,
        packs: Packs,
        repack: Callable[[Pack], Sequence[str]],
        tell: Callable[[str, bool, str], None],
        say: Callable[[str], None] = lambda text: print(text, file=sys.stderr, flush=True),
    ) -> None:
        self._packs = packs
        self._repack = repack
        self._tell = tell
        self._say = say
        self._known: dict[str, Marks] = {}
        self._seen: dict[str, Marks] = {}  # at the last look: files at rest look the same twice
        self._faulty: set[str] = set()  # packs whose files have faults now

    async def run(self) -> None:
        """Look until cancelled; begins by itself where that was not done."""
        if not self._known:
            await self.begin()
        while True:
            await asyncio.sleep(DEV_LOOK_S)
            try:
                await self.look()
            except StoreError as error:
                log.warning("a changed pack waits: %s", error)

    async def begin(self) -> None:
        """Take what there is now as known: what changes from here on is taken in."""
        self._known = self._seen = await asyncio.to_thread(self._marks)

    async def look(self) -> None:
        """Take in what has changed and come to rest."""
        now = await asyncio.to_thread(self._marks)
        for pack_id, marks in now.items():
            if marks != self._known.get(pack_id) and marks == self._seen.get(pack_id):
                await self._take(pack_id)
                self._known[pack_id] = marks
        self._seen = now

    async def _take(self, pack_id: str) -> None:
        checked = await self._packs.read_again(pack_id)
        if checked is None:
            return
        if checked.pack is None:
            self._tell_faults(pack_id, checked)
            return
        worlds = self._repack(checked.pack)
        text = f"{pack_id}: good again"
        if worlds or pack_id not in self._faulty:
            goes = "1 world goes" if len(worlds) == 1 else f"{len(worlds)} worlds go"
            text = f"{pack_id}: changed; {goes} on under it"
        self._faulty.discard(pack_id)
        # That what was recorded is older than what was just written is no news.
        told = [fault for fault in checked.faults if fault.code not in _STALE]
        warnings = format_faults(told[:DEV_FAULTS_SHOWN_MAX])
        self._say("\n".join(filter(None, (text, warnings))))
        self._tell(pack_id, True, warnings)

    def _tell_faults(self, pack_id: str, checked: Checked) -> None:
        self._faulty.add(pack_id)
        shown = checked.faults[:DEV_FAULTS_SHOWN_MAX]
        text = format_faults(shown, len(checked.faults) - len(shown) + checked.more)
        self._say(f"{pack_id}: not taken, the worlds go on as they are\n{text}")
        self._tell(pack_id, False, text)

    def _marks(self) -> dict[str, Marks]:
        return {pack_id: marks_of(folder) for pack_id, folder in self._packs.folders().items()}


def marks_of(folder: Path) -> Marks:
    """Return what tells whether a pack's files have changed; one that vanishes is left out."""
    found = []
    for path in sorted(folder.rglob("*.yaml")):
        try:
            stat = path.stat()
        except OSError:
            continue
        found.append((str(path), stat.st_mtime_ns, stat.st_size))
    return tuple(found)
