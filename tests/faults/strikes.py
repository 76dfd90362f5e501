"""The moments at which processes are killed: each window by name, and how it is hit."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from dreamsync_server.store.codec import decode_commit, decode_proposal
from faults.bots import Cast
from faults.resp import Command
from faults.rig import Process, Rig, now_s
from faults.store_tap import Stage, StoreTap, Trap

HIT_S = 8.0  # for a window to come by; beyond: it is counted as missed
BACK_S = 20.0  # for the world to go on afterwards; beyond: the campaign fails


@dataclass
class Tally:
    """What was done under one window's name. `gaps_s`: from a kill to each world's next commit."""

    kills: int = 0
    missed: int = 0
    gaps_s: list[float] = field(default_factory=list)


class Field:
    """A rig and the worlds played on it, under strikes."""

    def __init__(self, rig: Rig, casts: list[Cast]) -> None:
        self.rig = rig
        self.casts = casts
        self.acked = asyncio.Event()  # somebody has just learned an outcome
        self.tallies: dict[str, Tally] = {}
        self._moved = asyncio.Event()
        self._last: dict[str, tuple[float, int]] = {}  # world -> its newest commit: when, epoch
        rig.node_tap.on_confirmed = self._on_confirmed
        for cast in casts:
            cast.on_ack = self.acked.set

    def tally(self, name: str) -> Tally:
        """Return what was done under a name."""
        return self.tallies.setdefault(name, Tally())

    @property
    def kills(self) -> int:
        """How many processes were killed."""
        rig = self.rig
        return rig.node.kills + rig.director.kills + rig.store_kills

    def epochs(self) -> dict[str, int]:
        """Return each world's epoch, as of its newest commit."""
        return {world: epoch for world, (_, epoch) in self._last.items()}

    def _on_confirmed(self, world: str, epoch: int) -> None:
        self._last[world] = now_s(), epoch
        self._moved.set()

    async def until_all_go_on(
        self, since_s: float, tally: Tally, old: Mapping[str, int] | None = None
    ) -> None:
        """Wait until each world that runs has a commit confirmed after a moment.

        Where the node was killed it has to be one of another epoch than the `old`: a reply that
        had left the store before does not count.
        """
        waiting = {cast.world.id for cast in self.casts if cast.is_running}
        try:
            async with asyncio.timeout(BACK_S):
                while waiting:
                    self._moved.clear()
                    for world in sorted(waiting):
                        at_s, epoch = self._last.get(world, (0.0, 0))
                        if at_s > since_s and (old is None or epoch != old.get(world)):
                            tally.gaps_s.append(at_s - since_s)
                            waiting.discard(world)
                    waiting &= {cast.world.id for cast in self.casts if cast.is_running}
                    if waiting:
                        await self._moved.wait()
        except TimeoutError:
            stuck = [cast.told() for cast in self.casts if cast.world.id in waiting]
            up = {it.name: it.is_up for it in (self.rig.node, self.rig.director)}
            text = f"no commit of another epoch within {BACK_S:g} s: {stuck}, up: {up}"
            raise TimeoutError(text) from None


async def by_trap(
    stage: Stage,
    wanted: Callable[[Command], bool],
    target: str,
    field_: Field,
    _dice: random.Random,
    name: str,
) -> None:
    """Kill a process at a command of the store's protocol."""
    rig, tally, blow = field_.rig, field_.tally(name), _Blow(field_, target)
    tap = rig.director_tap if target == "director" else rig.node_tap
    trap = tap.set(Trap(stage, wanted, lambda: blow.strike(tally)))
    if await _until_sprung(tap, trap, tally):
        await blow.until_over(tally)


async def lose_reply(field_: Field, _dice: random.Random, name: str) -> None:
    """Lose the reply to an append of what a player did: nobody is killed, it is sent again."""
    tally, at_s = field_.tally(name), [0.0]
    tap = field_.rig.node_tap
    trap = tap.set(Trap("reply", is_act, lambda: at_s.append(now_s())))
    if await _until_sprung(tap, trap, tally):
        await field_.until_all_go_on(at_s[-1], tally)


async def after_ack(field_: Field, _dice: random.Random, name: str) -> None:
    """Kill the node as soon as a client has learned an outcome."""
    tally = field_.tally(name)
    field_.acked.clear()
    try:
        async with asyncio.timeout(HIT_S):
            await field_.acked.wait()
    except TimeoutError:
        tally.missed += 1
        return
    blow = _Blow(field_, "node")
    blow.strike(tally)
    await blow.until_over(tally)


async def in_takeover(
    stage: Stage, script: str, field_: Field, _dice: random.Random, name: str
) -> None:
    """Kill a node, and the next one while it takes a world over."""
    tap, tally = field_.rig.node_tap, field_.tally(name)
    first, second = _Blow(field_, "node"), _Blow(field_, "node")
    trap = Trap(stage, lambda command: _begins(command, script), lambda: second.strike(tally))
    tap.set(trap)
    first.strike(tally)
    if await _until_sprung(tap, trap, tally):
        await second.until_over(tally)


async def at_random(target: str, field_: Field, dice: random.Random, name: str) -> None:
    """Kill a process at a random moment."""
    tally = field_.tally(name)
    await asyncio.sleep(dice.uniform(0.0, 0.4))
    blow = _Blow(field_, target)
    blow.strike(tally)
    await blow.until_over(tally)


async def _until_sprung(tap: StoreTap, trap: Trap, tally: Tally) -> bool:
    try:
        async with asyncio.timeout(HIT_S):
            await trap.sprung.wait()
    except TimeoutError:
        tap.disarm(trap)
        tally.missed += 1
        return False
    return True


class _Blow:
    """One kill, and the way back from it."""

    def __init__(self, field_: Field, target: str) -> None:
        self._field = field_
        self._target = target
        self._at_s = 0.0
        self._epochs: dict[str, int] = {}

    def strike(self, tally: Tally) -> None:
        """Kill now."""
        self._at_s, self._epochs = now_s(), self._field.epochs()
        tally.kills += _kill(self._field.rig, self._target)

    async def until_over(self, tally: Tally) -> None:
        """Wait until the worlds have another commit, or a director runs again."""
        if self._target == "director":
            await until_up(self._field.rig.director)
            return
        old = self._epochs if self._target == "node" else None
        await self._field.until_all_go_on(self._at_s, tally, old)


async def until_up(process: Process) -> None:
    """Wait until a process that was killed runs again."""
    async with asyncio.timeout(BACK_S):
        await process.died.wait()
        while not process.is_up:
            await asyncio.sleep(0.01)


def _kill(rig: Rig, target: str) -> bool:
    match target:
        case "node":
            return rig.node.kill()
        case "director":
            return rig.director.kill()
        case _:
            return rig.kill_store()


def is_act(command: Command) -> bool:
    """Return whether a command appends something that a player did."""
    if command.name != "append":
        return False
    count = int(command.args[4])
    causes = [decode_commit(raw)[0].cause for raw in command.args[5 : 5 + count]]
    return any(cause.by == "player" and cause.kind in ("act", "choose") for cause in causes)


def _begins(command: Command, script: str) -> bool:
    if command.name != script:
        return False
    return script != "append" or decode_commit(command.args[5])[0].cause.kind == "begin"


def _is(name: str) -> Callable[[Command], bool]:
    return lambda command: command.name == name


def _proposes(kind: str) -> Callable[[Command], bool]:
    return lambda command: (
        command.name == "propose" and decode_proposal(command.args[1]).kind == kind
    )


Strike = Callable[[Field, random.Random, str], Awaitable[None]]
NODE: dict[str, Strike] = {
    "before append": partial(by_trap, "request", is_act, "node"),
    "reply lost, killed": partial(by_trap, "reply", is_act, "node"),
    "reply lost, resent": lose_reply,
    "appended, not acked": partial(by_trap, "passed", is_act, "node"),
    "acked, not published": partial(by_trap, "request", _is("SPUBLISH"), "node"),
    "just acked": after_ack,
    "before snapshot": partial(by_trap, "request", _is("snapshot"), "node"),
    "snapshot, not sealed": partial(by_trap, "reply", _is("snapshot"), "node"),
    "before seal": partial(by_trap, "request", _is("seal"), "node"),
    "sealed, not told": partial(by_trap, "reply", _is("seal"), "node"),
    "acquired, not begun": partial(in_takeover, "reply", "acquire"),
    "before begin": partial(in_takeover, "request", "append"),
    "begun, not served": partial(in_takeover, "reply", "append"),
    "node at random": partial(at_random, "node"),
}
STORE: dict[str, Strike] = {
    "store before append": partial(by_trap, "request", is_act, "store"),
    "store after append": partial(by_trap, "reply", is_act, "store"),
    "store mid-snapshot": partial(by_trap, "passed", _is("snapshot"), "store"),
    "store at random": partial(at_random, "store"),
}
DIRECTOR: dict[str, Strike] = {
    "before cue": partial(by_trap, "request", _proposes("cue"), "director"),
    "cued, not told": partial(by_trap, "reply", _proposes("cue"), "director"),
    "just cued": partial(by_trap, "passed", _proposes("cue"), "director"),
    "taking its term": partial(by_trap, "reply", _proposes("term"), "director"),
    "director at random": partial(at_random, "director"),
}
OWNERS = {**NODE, **STORE}
