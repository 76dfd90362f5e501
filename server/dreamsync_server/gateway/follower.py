"""Follows one world's log in this process: one state for all its sessions here.

Commits come from the host in the same process (`on_confirmed`) or are read from the store at a
doorbell, and each second in any case, since doorbells get lost. Never past the confirmed tail.
Where a commit does not fit what was followed (a gap, another epoch for a known seq, a digest that
does not come out), the state is loaded anew and whoever listens is told to start over.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import islice
from typing import Protocol

from dreamsync_server.errors import WorldFaultError
from dreamsync_server.gateway.rewind import Step, unwound
from dreamsync_server.gateway.views import ClassIndex
from dreamsync_server.limits import LOG_PAGE, LOG_WINDOW_COMMITS, MEND_LOOKS, RING_COMMITS
from dreamsync_server.store.codec import decode_plain
from dreamsync_server.store.port import Snapshot, Store
from dreamsync_server.store.reading import LoadPack
from dreamsync_server.world.audience import Dependents, is_system
from dreamsync_server.world.commit import Commit, Position
from dreamsync_server.world.erasing import erased_by
from dreamsync_server.world.evolve import evolve
from dreamsync_server.world.model import Pack
from dreamsync_server.world.repacking import changed_at, changed_to, pack_in_force
from dreamsync_server.world.snapshot import from_plain
from dreamsync_server.world.state import State
from dreamsync_server.world.written import refs_in

log = logging.getLogger(__name__)


class Listener(Protocol):
    """Who is told what a follower took in. Nothing here may raise or wait."""

    def take(self, step: Step) -> None:
        """Take in one commit; the follower's state stands behind it."""
        ...

    def taken(self) -> None:
        """Know that no more commits come in this turn of the loop."""
        ...

    def diverged(self) -> None:
        """Start over from the follower's state: what was followed was not the log."""
        ...

    def repacking(self) -> None:
        """Tell now what was not told yet: the next commit changes the pack."""
        ...

    def repacked(self, commit: Commit) -> None:
        """Start over from the follower's state: the world plays another pack from `commit` on."""
        ...


async def no_other_pack(pack_hash: str) -> Pack:
    """Know of no pack but the one that a world was opened with."""
    raise WorldFaultError(f"the pack {pack_hash[:12]} of this world cannot be had")


class _DivergedError(Exception):
    """What was followed is not what the log says."""


class Follower:
    """The state of one world, kept by applying commits, with the way back over the last ones."""

    def __init__(
        self, world: str, pack: Pack, store: Store, load_pack: LoadPack = no_other_pack
    ) -> None:
        """Follow a world that was opened with `pack`; `load_pack` gives those it plays later."""
        self.world = world
        self.pack = pack  # the one in force
        self._opened_with = pack
        self._load_pack = load_pack
        self.state = State(pack)
        self.index = ClassIndex(pack, self.state.facts)
        self.texts: dict[str, str] = {}
        self.listener: Listener | None = None
        self.is_faulted = False
        self.is_to_repack = False  # a change of pack was handed over: `look` takes it in
        self._store = store
        self._dependents = Dependents(pack)
        self._is_missing = False
        self._short_looks = 0  # in a row that found the log shorter than what was followed
        self._ring: deque[Step] = deque()
        self._lock = asyncio.Lock()
        self._waiters: dict[int, tuple[Callable[[], bool], asyncio.Future[None]]] = {}
        self._waiter_ids = 0

    # --- taking commits in -----------------------------------------------------------------

    def on_confirmed(self, commits: Sequence[Commit]) -> None:
        """Take in commits of the host in this process; those known or too early are passed by.

        A gap is left to `look`, which the caller is asked for by the next doorbell or second.
        """
        if self._lock.locked():
            self._is_missing = True  # being loaded or read: the log is read again behind that
            return
        try:
            took = self._take_all(commits)
        except (_DivergedError, WorldFaultError) as error:
            log.warning("world %s: %s; it will be loaded anew", self.world, error)
            self.is_faulted = True
            return
        if took and self.listener is not None:
            self.listener.taken()

    async def load(self) -> None:
        """Load the newest snapshot and the log behind it."""
        async with self._lock:
            await self._load()
        await self._look_again()

    async def look(self) -> None:
        """Read what the log has beyond what was followed; load anew where it diverged.

        Raises:
            StoreUnavailableError: the store could not be read; the state stays as it is.
            WorldFaultError: the log itself does not come to its own digests.
        """
        if not self._lock.locked() and not self.is_faulted:
            # Mostly there is nothing to read, and commits may go on being handed over meanwhile.
            before = self.state.position
            tail = await self._store.tail(self.world)
            if tail is None or (tail.seq >= before.seq and self.is_on_history(tail)):
                return
        async with self._lock:
            tail = await self._store.tail(self.world)
            here = self.state.position
            if tail is None or (tail == here and not self.is_faulted):
                return
            if self._is_being_mended(tail):
                return
            try:
                if self.is_faulted or tail.seq < here.seq or tail.epoch < here.epoch:
                    raise _DivergedError(f"followed to {here}, the log ends at {tail}")
                took = await self._read_on(tail.seq, self._take)
            except (_DivergedError, WorldFaultError) as error:
                log.warning("world %s: %s; loading it anew", self.world, error)
                await self._load()
                if self.listener is not None:
                    self.listener.diverged()
                return
        if took and self.listener is not None:
            self.listener.taken()
        await self._look_again()

    async def until(self, is_so: Callable[[], bool], timeout_s: float) -> bool:
        """Wait until something is so of the state, at most `timeout_s`; return whether it is."""
        if is_so():
            return True
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiter_ids += 1
        key = self._waiter_ids
        self._waiters[key] = (is_so, done)
        try:
            await asyncio.wait_for(done, timeout_s)
        except TimeoutError:
            return is_so()
        finally:
            self._waiters.pop(key, None)
        return True

    # --- going back ------------------------------------------------------------------------

    def is_on_history(self, position: Position) -> bool:
        """Return whether a position lies on the log that was followed."""
        if not 0 < position.seq <= self.state.position.seq:
            return False
        epochs = [epoch for epoch, first in self.state.epochs if first <= position.seq]
        return bool(epochs) and epochs[-1] == position.epoch

    def steps_after(self, seq: int) -> list[Step] | None:
        """Return the steps behind `seq`, or None where the ring does not reach back to it."""
        first = self.state.position.seq - len(self._ring) + 1
        if seq + 1 < first:
            return None
        return list(islice(self._ring, max(0, seq + 1 - first), None))

    def newest_steps(self, most: int) -> list[Step]:
        """Return at most the newest `most` steps, in order."""
        return list(islice(self._ring, max(0, len(self._ring) - most), None))

    async def past(self, seq: int) -> tuple[ClassIndex, list[Step]] | None:
        """Return the index as it was at `seq` and the steps since, or None where out of reach.

        From the ring where it reaches back; else from an older snapshot and the log.
        """
        steps = self.steps_after(seq)
        if steps is not None:
            return unwound(self.index, steps), steps
        tail, changed = self.state.position.seq, changed_at(self.state.facts)
        if tail - seq > LOG_WINDOW_COMMITS or seq < changed:
            return None
        older = await self._store.load_snapshot(self.world, at_most=seq)
        since = 0 if older is None else older.position.seq
        if since < changed or (older is None and tail > LOG_WINDOW_COMMITS):
            return None  # what was before a change of pack cannot be seen with today's eyes
        follower = Follower(self.world, self.pack, self._store)
        try:
            follower._start_at(older, self.pack)
            await follower._read_on(seq, follower._take)
            past = follower.index.copy()
            await follower._read_on(tail, follower._take)
        except (_DivergedError, WorldFaultError):
            return None
        self.texts.update(follower.texts)
        # The ring may have gone on meanwhile: what came since is in it.
        newer = self.steps_after(follower.state.position.seq)
        if newer is None or not self.is_on_history(follower.state.position):
            return None
        for step in newer:  # what was read above may have been erased meanwhile
            self._forget_erased(step.commit)
        return past, [*follower.newest_steps(tail - seq), *newer]

    # --- inside ----------------------------------------------------------------------------

    def _is_being_mended(self, tail: Position) -> bool:
        """Return whether to wait for the owner to put back what the store has lost of the log."""
        is_short = tail.seq < self.state.position.seq and self.is_on_history(tail)
        self._short_looks = self._short_looks + 1 if is_short and not self.is_faulted else 0
        return 0 < self._short_looks <= MEND_LOOKS

    async def _look_again(self) -> None:
        """Read what was handed over while the log was being read."""
        if self._is_missing:
            self._is_missing = False
            await self.look()

    async def _load(self) -> None:
        snapshot = await self._store.load_snapshot(self.world)
        self._start_at(snapshot, self._opened_with)
        in_force = pack_in_force(self.state.facts, self._opened_with.hash)
        if in_force != self.pack.hash:
            self._start_at(snapshot, await self._load_pack(in_force))
        tail = await self._store.tail(self.world)
        if tail is not None:
            await self._read_on(tail.seq, self._apply)
        refs = refs_in(self.state.facts)
        missing = [ref for ref in refs if ref and ref not in self.texts]
        if missing:
            found = await self._store.texts(self.world, missing)
            self.texts.update({ref: text for ref, (_, _, text) in found.items()})
        self._wake()

    def _start_at(self, snapshot: Snapshot | None, pack: Pack) -> None:
        state = State(pack)
        if snapshot is not None:
            state = from_plain(pack, decode_plain(snapshot.state))
        self.state = state
        self._play(pack)
        self.is_faulted = False

    def _play(self, pack: Pack) -> None:
        """Read the state under a pack from here on; there is no way back over this."""
        self.pack = pack
        self._dependents = Dependents(pack)
        self.state.adopt(pack)
        self.index = ClassIndex(pack, self.state.facts, self._dependents)
        self.is_to_repack = False
        self._ring.clear()

    async def _repack(self, commit: Commit) -> None:
        """Take in a change of pack."""
        pack = await self._load_pack(changed_to(commit))
        if self.listener is not None:
            self.listener.repacking()
        evolve(self.state, commit)
        self._play(pack)
        if self.listener is not None:
            self.listener.repacked(commit)
        self._wake()

    async def _read_on(self, up_to: int, take: Callable[[Commit], bool]) -> bool:
        """Read the log up to a seq and take it in. The last known commit is read again, to
        see that it is still the one that was followed."""
        took = False
        while self.state.position.seq < up_to:
            here = self.state.position
            after = max(0, here.seq - 1)
            page = await self._store.read(self.world, after, up_to, LOG_PAGE)
            news = [commit for commit in page if commit.position.seq > here.seq]
            if here.seq and not (page and page[0].position == here) and self._ring:
                raise _DivergedError(f"the log has another commit at {here}")
            if not news:
                return took
            for commit in news:
                if changed_to(commit):
                    await self._repack(commit)
                else:
                    took = take(commit) or took
        return took

    def _take_all(self, commits: Iterable[Commit]) -> bool:
        took = False
        for commit in commits:
            here = self.state.position
            if commit.position.seq <= here.seq:
                if not self.is_on_history(commit.position):
                    raise _DivergedError(f"{commit.position} contradicts what was followed")
                continue
            if commit.position.seq > here.seq + 1:
                break
            if changed_to(commit):
                self.is_to_repack = True
                break
            took = self._take(commit) or took
        return took

    def _take(self, commit: Commit) -> bool:
        self._apply(commit)
        if self.listener is not None:
            self.listener.take(self._ring[-1])
        self._wake()
        return True

    def _apply(self, commit: Commit) -> bool:
        state = self.state
        old_ms = state.facts.ms
        for ref, (_, _, text) in commit.texts.items():
            self.texts[ref] = text
        undo = evolve(state, commit)
        shifts = self.index.follow(state, undo)
        system = tuple((n, old, state.facts.get(n)) for n, old in undo if is_system(n))
        self._ring.append(Step(commit, shifts, system, old_ms))
        self._forget_erased(commit)
        if len(self._ring) > RING_COMMITS:
            self._forget_texts(self._ring.popleft())
        return True

    def _forget_erased(self, commit: Commit) -> None:
        """Let go of all that a commit says was erased, wherever it is kept here."""
        erased = erased_by(commit)
        if erased is None:
            return
        author, refs = erased
        for ref in refs:
            self.texts.pop(ref, None)
        for i, step in enumerate(self._ring):
            texts = step.commit.texts
            gone = [ref for ref, (wrote, _, _) in texts.items() if wrote == author]
            if gone:
                left = {ref: text for ref, text in texts.items() if ref not in gone}
                self._ring[i] = step._replace(commit=replace(step.commit, texts=left))
            for ref in gone:
                self.texts.pop(ref, None)

    def _forget_texts(self, step: Step) -> None:
        """Let go of the texts of a commit that left the ring, but for those still in a fact."""
        if not step.commit.texts:
            return
        kept = set(refs_in(self.state.facts))
        for ref in step.commit.texts:
            if ref not in kept:
                self.texts.pop(ref, None)

    def _wake(self) -> None:
        for is_so, done in tuple(self._waiters.values()):
            if not done.done() and is_so():
                done.set_result(None)
