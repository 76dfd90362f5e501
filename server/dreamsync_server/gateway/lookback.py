"""Looking back: the state of a world after any of its commits, and what was seen up to then.

States are kept on the way, so that a second look nearby is quick and a long way back that took
too long goes on where it was. The loop has its turn after each slice of commits.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, NamedTuple

from dreamsync_server.gateway.gate import Gate, Viewer
from dreamsync_server.gateway.onlookers import kind_of
from dreamsync_server.gateway.rewind import Look
from dreamsync_server.gateway.views import ClassIndex, Fold, events_for
from dreamsync_server.limits import (
    LOOK_BACK_COMMITS,
    LOOK_LINES_MAX,
    PAST_EVERY_COMMITS,
    PAST_KEPT,
    PAST_SLICE_COMMITS,
)
from dreamsync_server.store.port import Store, WorldCard
from dreamsync_server.store.reading import LoadPack, adopt_pack, state_of
from dreamsync_server.world.commit import Commit, Event, Position
from dreamsync_server.world.evolve import evolve
from dreamsync_server.world.model import Pack
from dreamsync_server.world.repacking import changed_to
from dreamsync_server.world.state import State
from dreamsync_server.world.values import TextRef
from dreamsync_server.world.written import refs_in

Map = dict[str, Any]
Told = tuple[Position, int, int, Event]


class Seen(NamedTuple):
    """A state of the past, and the events that were seen up to then, in order."""

    state: State
    lines: list[Told]


class Lookback:
    """The past of one world. `opened_with` is the pack it was opened with."""

    def __init__(self, world: str, opened_with: Pack, store: Store, load_pack: LoadPack) -> None:
        self._world = world
        self._opened_with = opened_with
        self._store = store
        self._load_pack = load_pack
        self._kept: OrderedDict[int, State] = OrderedDict()
        self._lock = asyncio.Lock()

    async def state_at(self, seq: int) -> State:
        """Return the state after commit `seq`; it is the caller's own.

        Raises:
            WorldFaultError: the log contradicts itself.
            StoreError: the store does not answer, or has lost commits.
        """
        async with self._lock:
            state = await self._nearest(seq)
            await self._advance(state, seq)
            return state

    async def seen_at(self, seq: int, look: Look) -> Seen:
        """Return the state after commit `seq`, and the last lines that `look` had seen.

        Raises:
            WorldFaultError, StoreError: as `state_at`.
        """
        state = await self.state_at(max(0, seq - LOOK_BACK_COMMITS))
        lines: list[Told] = []
        while state.position.seq < seq:
            here = state.position.seq
            for commit in await self._store.read(self._world, here, seq, PAST_SLICE_COMMITS):
                await self._apply(state, commit)
                events = events_for(commit.events, look(state.facts))
                lines += [(commit.position, commit.world_ms, i, event) for i, event in events]
            del lines[: -4 * LOOK_LINES_MAX]  # some of them say nothing
            if state.position.seq == here:
                break
            await asyncio.sleep(0)
        return Seen(state, lines)

    async def _nearest(self, seq: int) -> State:
        """Return a copy of the nearest state that is known at or before `seq`."""
        known = max((at for at in self._kept if at <= seq), default=0)
        snapshot = await self._store.load_snapshot(self._world, seq)
        if snapshot is not None and snapshot.position.seq > known:
            state = state_of(self._opened_with, snapshot)
            await adopt_pack(state, self._load_pack)
            return state
        if known:
            self._kept.move_to_end(known)
            return self._kept[known].fork()
        return State(self._opened_with)

    async def _advance(self, state: State, seq: int) -> None:
        while state.position.seq < seq:
            here = state.position.seq
            page = await self._store.read(self._world, here, seq, PAST_SLICE_COMMITS)
            for commit in page:
                await self._apply(state, commit)
            if not page:
                return
            if state.position.seq // PAST_EVERY_COMMITS > here // PAST_EVERY_COMMITS:
                self._keep(state)
            await asyncio.sleep(0)

    async def _apply(self, state: State, commit: Commit) -> None:
        evolve(state, commit)
        if pack_hash := changed_to(commit):
            state.adopt(await self._load_pack(pack_hash))

    def _keep(self, state: State) -> None:
        self._kept[state.position.seq] = state.fork()
        while len(self._kept) > PAST_KEPT:
            self._kept.popitem(last=False)


async def moment(
    store: Store, card: WorldCard, seen: Seen, eyes: str, look: Look, lang: str
) -> Map:
    """Return a moment as a desk is shown it: the whole view of `eyes`, made by the gate.

    Raises:
        StoreUnavailableError: the texts in it could not be read.
    """
    state = seen.state
    refs = [*refs_in(state.facts), *_refs_of(seen.lines)]
    found = await store.texts(card.world, refs) if refs else {}
    return drawn(card, seen, eyes, look, lang, {ref: text for ref, (_, _, text) in found.items()})


def drawn(
    card: WorldCard, seen: Seen, eyes: str, look: Look, lang: str, texts: Mapping[str, str]
) -> Map:
    """Return a moment as the view that whoever had these eyes had, with what is written known."""
    state = seen.state
    kind = kind_of(eyes)
    gate = Gate(state.pack, lang, texts, names_whom=kind == "desk")
    seat = eyes if kind == "player" else ""
    viewer = Viewer(kind, "", seat, look(state.facts))
    whole = gate.whole(state, ClassIndex(state.pack, state.facts), viewer, card, {})
    names = ("position", "ms", "at", "running", "facts", "cards", "choices", "digest")
    lines = gate.events(Fold({}, {}, [], seen.lines, []))
    told = [line for line in lines if line.get("text")][-LOOK_LINES_MAX:]
    return {"eyes": eyes, **{name: whole[name] for name in names}, "lines": told}


def _refs_of(lines: list[Told]) -> list[str]:
    values = [value for *_, event in lines for _, value in event.arguments]
    return [value.ref for value in values if type(value) is TextRef]
