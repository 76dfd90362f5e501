"""Takes a world over: own its log, rebuild its state, write the first commit of a new epoch."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from dreamsync_server.clock import Clock
from dreamsync_server.errors import FencedError, StoreUnavailableError, WorldFaultError
from dreamsync_server.host.jobs import Jobs
from dreamsync_server.host.owner import Owner, Rules
from dreamsync_server.limits import (
    APPEND_RETRY_S,
    STORE_TIMEOUT_S,
    TAKEOVER_GRACE_MS,
    WARM_KEPT_S,
    WARM_MAX,
)
from dreamsync_server.store.codec import CodecError
from dreamsync_server.store.port import Batch, Held, Ownership, Store, WorldCard
from dreamsync_server.store.reading import LoadPack, adopt_pack, catch_up, state_of
from dreamsync_server.world.commit import Commit, Proposal
from dreamsync_server.world.model import Pack
from dreamsync_server.world.state import State, as_tuple

_APPEND_TRIES = 20  # of the first commit, at least APPEND_RETRY_S apart
_log = logging.getLogger(__name__)


class _Warm(NamedTuple):
    """A state that was loaded before the world is to be had."""

    state: State
    snapshot_seq: int
    at_s: float


class Takeover:
    """How this node takes worlds over. What it returns is confirmed and may be served."""

    def __init__(
        self, store: Store, clock: Clock, jobs: Jobs, load_pack: LoadPack, rules: Rules
    ) -> None:
        self._store = store
        self._clock = clock
        self._jobs = jobs
        self._load_pack = load_pack
        self._rules = rules
        self._warm: dict[str, _Warm] = {}

    async def warm(self, card: WorldCard, tail: int) -> None:
        """Load a world that another node is about to let go, so that little is left to be read.

        Raises:
            StoreUnavailableError, WorldFaultError: it cannot be loaded now.
        """
        pack = await self._load_pack(card.pack_hash)
        state, snapshot_seq = await self.load(card.world, pack, tail)
        now_s = self._clock.mono_s()
        for world, known in list(self._warm.items()):
            if len(self._warm) >= WARM_MAX or now_s - known.at_s > WARM_KEPT_S:
                del self._warm[world]
        self._warm[card.world] = _Warm(state, snapshot_seq, now_s)

    async def take(
        self, card: WorldCard, node: str, nonce: str, held: Held, *, is_handed: bool = False
    ) -> tuple[Owner, Sequence[Commit]] | None:
        """Return the new owner and its first commits; None where another node was quicker.

        Where the last owner handed it over, whoever is there still is.

        Raises:
            StoreUnavailableError: the store did not answer; the world is given up again.
            WorldFaultError: its log, snapshot or pack is not in order; likewise.
        """
        work = self._store.acquire(card.world, node, nonce, held)
        ownership = await self._jobs.finish(work)
        if ownership is None:
            return None
        self._jobs.start(self._store.note_awake(card.world, True))  # should this node die soon
        try:
            pack = await self._load_pack(card.pack_hash)
            if is_handed:  # people wait for it: what is asked of the store goes together
                (state, snapshot_seq), hints = await asyncio.gather(
                    self._loaded(card.world, pack, ownership.tail), self._hints(card.world)
                )
                await adopt_pack(state, self._load_pack)
            else:
                state, snapshot_seq = await self._loaded(card.world, pack, ownership.tail)
                await adopt_pack(state, self._load_pack)
                hints = await self._hints(card.world)
            owner = self._owner(card, state, ownership, hints, is_handed)
            commits = await self._write_first(owner)
        except FencedError:
            return None
        except BaseException:
            self._jobs.start(self._store.release(ownership))
            raise
        owner.snapshot_seq = snapshot_seq
        return owner, commits

    async def _hints(self, world: str) -> Mapping[str, Any]:
        return await self._jobs.finish(self._store.status(world))

    async def _loaded(self, world: str, pack: Pack, tail: int) -> tuple[State, int]:
        """Return what `load` does, from the state that was made ready where there is one."""
        known = self._warm.pop(world, None)
        if known is not None and known.state.position.seq <= tail:
            try:
                await catch_up(self._store, world, known.state, tail)
                if known.state.position.seq == tail:
                    return known.state, known.snapshot_seq
            except (WorldFaultError, CodecError) as error:
                _log.warning("world %s is loaded anew: %s", world, error)
        return await self.load(world, pack, tail)

    async def load(self, world: str, pack: Pack, tail: int) -> tuple[State, int]:
        """Return the state at the log's tail, and the seq of the snapshot it was built from.

        A snapshot that is not in order is passed over for an older one, at last for none.

        Raises:
            WorldFaultError: the log contradicts itself or ends too early.
        """
        at_most = tail
        while True:
            snapshot = await self._store.load_snapshot(world, at_most)
            try:
                state = State(pack) if snapshot is None else state_of(pack, snapshot)
                await catch_up(self._store, world, state, tail)
                if state.position.seq != tail:
                    raise WorldFaultError(f"the log ends at {state.position.seq}, not at {tail}")
                return state, 0 if snapshot is None else snapshot.position.seq
            except (WorldFaultError, CodecError) as error:
                if snapshot is None:
                    raise WorldFaultError(str(error)) from error
                _log.error("snapshot %s of world %s: %s", snapshot.position, world, error)
                at_most = snapshot.position.seq - 1

    def _owner(
        self, card: WorldCard, state: State, ownership: Ownership, hints: Mapping[str, Any],
        is_handed: bool,
    ) -> Owner:  # fmt: skip
        mono_s, now_ms = self._clock.mono_s(), self._clock.now_ms()
        arguments: dict[str, Any] = {"epoch": ownership.epoch}
        if state.position.seq == 0:
            owner = Owner(card, state, ownership, mono_s, self._rules, 0)
            arguments |= {
                "seed": card.seed,
                "understudies": card.has_understudies,
                "speed": card.speed,
            }
            owner.own.append(Proposal("open", "owner", arguments=arguments))
            return owner
        world_ms = resumed_ms(state, hints, now_ms)
        owner = Owner(card, state, ownership, mono_s, self._rules, world_ms)
        arguments["outage_ms"] = world_ms - state.world_ms
        if is_handed:
            arguments["handed_over"] = True
        owner.own.append(Proposal("begin", "owner", arguments=arguments))
        return owner

    async def _write_first(self, owner: Owner) -> Sequence[Commit]:
        batch = owner.decide_batch(self._clock.mono_s(), self._clock.now_ms(), 1)
        if batch is None:
            raise WorldFaultError(owner.fault)
        await self._append(batch)
        return owner.confirm(self._clock.mono_s())

    async def _append(self, batch: Batch) -> None:
        """Append until the outcome is known.

        Raises:
            FencedError: another owner took over meanwhile.
            WorldFaultError: the commit cannot be stored.
            StoreUnavailableError: the outcome is still not known.
        """
        for _ in range(_APPEND_TRIES):
            (answer,) = await self._jobs.finish(self._store.append([batch]), 2 * STORE_TIMEOUT_S)
            if isinstance(answer, StoreUnavailableError):
                await asyncio.sleep(APPEND_RETRY_S)
                continue
            match answer.code:
                case "ok":
                    return
                case "refused":
                    raise WorldFaultError("the first commit cannot be stored")
                case _:
                    raise FencedError(answer.code)
        raise StoreUnavailableError("the first commit is not confirmed")


def resumed_ms(state: State, hints: Mapping[str, Any], now_ms: int) -> int:
    """Return the world time at which a new owner goes on.

    The outage counts up to `TAKEOVER_GRACE_MS`. It is measured from the last sign of life: the
    last commit, or the later directory hint of a world in which nothing happened.
    """
    if not state.is_running():
        return state.world_ms
    speed = int(as_tuple(state.facts["@world"])[2])
    world_ms, at_ms = state.world_ms, state.at_ms
    hint_world_ms, hint_at_ms = hints.get("world_ms"), hints.get("at_ms")
    if isinstance(hint_world_ms, int) and isinstance(hint_at_ms, int):
        possible_ms = world_ms + (hint_at_ms - at_ms + 1000) * speed // 1000
        if at_ms < hint_at_ms <= now_ms and world_ms <= hint_world_ms <= possible_ms:
            world_ms, at_ms = hint_world_ms, hint_at_ms
    outage_ms = min(max(0, now_ms - at_ms), TAKEOVER_GRACE_MS)
    return world_ms + outage_ms * speed // 1000
