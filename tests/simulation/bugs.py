"""Bugs planted one at a time, to show that the simulation finds what it is there to find.

Each patches the production code while a run lasts. `SEEDS` says which seed was the first to find
each; the suite runs those again, `./dream simulate --bugs` searches anew.
"""

import contextlib
import dataclasses
from collections.abc import Callable, Iterator
from typing import Any, Final
from unittest.mock import patch

from dreamsync.requests import Requests
from dreamsync_server.errors import StoreUnavailableError
from dreamsync_server.gateway import session as gateway_session
from dreamsync_server.gateway.arrivals import Arrivals
from dreamsync_server.gateway.carrying import Carrying
from dreamsync_server.gateway.entering import Entering
from dreamsync_server.gateway.posing import Posing
from dreamsync_server.gateway.room import Room
from dreamsync_server.gateway.sender import Sender
from dreamsync_server.gateway.views import Eyes
from dreamsync_server.host.lane import Lane
from dreamsync_server.host.node import HostNode
from dreamsync_server.host.owner import Owner
from dreamsync_server.store.memory import MemoryStore
from dreamsync_server.store.port import Appended
from dreamsync_server.world import acting
from dreamsync_server.world import decide as deciding
from dreamsync_server.world.commit import Position
from dreamsync_server.world.draft import Draft
from simulation import store_model

Bug = Callable[[], contextlib.AbstractContextManager[Any]]


def ack_early() -> Any:
    """Show commits before they are stored."""

    async def append(self: Lane, batches: Any) -> Any:
        for batch in batches:
            self._events.on_confirmed(batch.owner.world, batch.commits)  # type: ignore[attr-defined]
        return await original(self, batches)

    original = Lane._append
    return patch.object(Lane, "_append", append)


def unknown_is_written() -> Any:
    """Take an append whose outcome is unknown as done."""

    def settle(self: Lane, owner: Owner, answer: Any, mono_s: float) -> None:
        if isinstance(answer, StoreUnavailableError):
            answer = Appended("ok", 0)
        original(self, owner, answer, mono_s)

    original = Lane._settle
    return patch.object(Lane, "_settle", settle)


@contextlib.contextmanager
def fence_unheard() -> Iterator[None]:
    """Believe to be the owner, whatever the lease and the store say."""

    def settle(self: Lane, owner: Owner, answer: Any, mono_s: float) -> None:
        if isinstance(answer, Appended) and answer.code == "fenced":
            answer = Appended("ok", 0)
        original(self, owner, answer, mono_s)

    original = Lane._settle
    with patch.object(Lane, "_settle", settle), patch.object(HostNode, "is_leased", lambda _: True):
        yield


def tail_unconfirmed() -> Any:
    """Let followers read up to what the replicas do not have yet."""
    waited = tuple(name for name in store_model._CONFIRMED if name != "tail")
    return patch.object(store_model, "_CONFIRMED", waited)


def no_dedupe() -> Any:
    """Decide a number again when it comes again."""
    return patch.object(deciding, "answer_again", lambda facts, session, n: None)


def no_tail_check() -> Any:
    """Append wherever the log ends."""

    def append(self: MemoryStore, batch: Any) -> Any:
        world = self._worlds.get(batch.owner.world)
        if world is not None:
            owner = batch.owner._replace(tail=len(world.log))
            batch = dataclasses.replace(batch, owner=owner)
        return original(self, batch)

    original = MemoryStore._append
    return patch.object(MemoryStore, "_append", append)


def epoch_reused() -> Any:
    """Take a world over without raising its epoch."""

    async def acquire(self: MemoryStore, world: str, *given: Any) -> Any:
        it = self._worlds.get(world)
        before = 0 if it is None else it.epoch
        taken = await original(self, world, *given)
        if taken is None or it is None or not before:
            return taken
        it.epoch = before
        return taken._replace(epoch=before)

    original = MemoryStore.acquire
    return patch.object(MemoryStore, "acquire", acquire)


@contextlib.contextmanager
def lease_trusted() -> Iterator[None]:
    """Ask neither for epoch and nonce nor for the tail: who had a lease will be the owner."""
    with (
        patch.object(MemoryStore, "_owned", lambda self, owner: self._worlds.get(owner.world)),
        patch.object(HostNode, "is_leased", lambda _: True),
        no_tail_check(),
    ):
        yield


def cursor_apart() -> Any:
    """Keep the cursor of the inbox apart from the state."""

    def put(self: Draft, name: str, value: Any) -> None:
        if name != "@inbox":
            original(self, name, value)

    original = Draft.put
    return patch.object(Draft, "put", put)


def gate_skipped_on_resume() -> Any:
    """Replay a missed tail for eyes that see everything."""

    def look_of(self: Sender, kind: str, session: str) -> Any:
        look = original(self, kind, session)
        return lambda facts: Eyes(look(facts).atoms, lambda atoms, cls: True)

    original = Sender.look_of
    return patch.object(Sender, "look_of", look_of)


def eyes_kept() -> Any:
    """Let who walks into another scene go on seeing the old one."""
    return patch.object(Room, "_movers", lambda self, step: {})


def resume_off_by_one() -> Any:
    """Begin a missed tail one commit too late."""

    async def missed(self: Entering, room: Any, kind: str, session: str, at: Position) -> Any:
        later = at._replace(seq=at.seq + 1)
        if room.follower.is_on_history(later):
            at = later
        return await original(self, room, kind, session, at)

    original = Entering._missed
    return patch.object(Entering, "_missed", missed)


def director_without_term() -> Any:
    """Obey every director, also one that was followed by another."""
    return patch.object(deciding, "_is_stale_term", lambda draft, proposal: False)


def timer_twice() -> Any:
    """Decide a timer that fell due a second time."""

    def follow(self: Owner, commit: Any) -> None:
        if commit.cause.kind == "due" and not getattr(self, "has_repeated", False):
            self.has_repeated = True  # type: ignore[attr-defined]
            return
        self.has_repeated = False  # type: ignore[attr-defined]
        original(self, commit)

    original = Owner._follow
    return patch.object(Owner, "_follow", follow)


def tenure_ignored() -> Any:
    """Let an understudy act for a seat that has changed hands since."""

    def acting_seat(draft: Any, proposal: Any) -> Any:
        if proposal.by == "understudy" and not draft.facts["paused"]:
            return proposal.role, None
        return original(draft, proposal)

    original = acting.acting_seat
    return patch.object(acting, "acting_seat", acting_seat)


def number_freed() -> Any:
    """Free a number that was decided, because its repeat was not taken."""

    def not_taken(self: Any, n: int, code: str, retry_ms: int | None = 250) -> Any:
        self._decided_n = 0
        return original(self, n, code, retry_ms)

    original = gateway_session.Session.not_taken
    return patch.object(gateway_session.Session, "not_taken", not_taken)


def strays_stay() -> Any:
    """Let whom nobody stands behind count as present."""
    return patch.object(Arrivals, "strays", lambda self: [])


def poses_stay() -> Any:
    """Let an avatar stand where it was, though its seat has left the scene."""
    return patch.object(Posing, "take", lambda self, step: self.carrying.take(step))


def poses_of_others_unheard() -> Any:
    """Know only of avatars whose players are at the same node."""
    return patch.object(Carrying, "heard", lambda self, said, now_s: None)


def watches_left_behind() -> Any:
    """Let a desk that comes back watch nothing of what it watched."""
    return patch.object(Requests, "watches", lambda self: [])


BUGS: Final[dict[str, Bug]] = {
    bug.__name__: bug
    for bug in (
        ack_early, unknown_is_written, fence_unheard, tail_unconfirmed, no_dedupe, no_tail_check,
        epoch_reused, lease_trusted, cursor_apart, gate_skipped_on_resume, eyes_kept,
        resume_off_by_one, director_without_term, timer_twice, tenure_ignored,
        number_freed, strays_stay, poses_stay, poses_of_others_unheard, watches_left_behind,
    )
}  # fmt: skip

SEEDS: Final[dict[str, int]] = {
    "ack_early": 0,
    "unknown_is_written": 2,
    "fence_unheard": 62,
    "tail_unconfirmed": 3,
    "no_dedupe": 0,
    "no_tail_check": 6,
    "epoch_reused": 1,
    "lease_trusted": 6,
    "cursor_apart": 1,
    "gate_skipped_on_resume": 1,
    "eyes_kept": 0,
    "resume_off_by_one": 22,
    "director_without_term": 95,
    "timer_twice": 6,
    "tenure_ignored": 54,
    "number_freed": 72,
    "strays_stay": 115,
    "poses_stay": 0,
    "poses_of_others_unheard": 0,
    "watches_left_behind": 1,
}
