"""One run: a house, its people and its faults under one seed, judged at the end."""

import asyncio
import contextlib
import logging
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from faults.bots import MARK
from support.invariants import Fault, check_appends, check_world
from support.packs import starter

from dreamsync.entry import Entry
from dreamsync.errors import DreamsyncError
from dreamsync.protocol.server_messages import Created
from dreamsync_server.gateway import hall
from dreamsync_server.host import presence, snapshots
from dreamsync_server.limits import POSES_ASKED_S
from dreamsync_server.store.reading import catch_up
from dreamsync_server.story import understudy
from dreamsync_server.world import sessions
from dreamsync_server.world.state import State, is_over
from simulation.chaos import Chaos
from simulation.house import House
from simulation.judging import judge_followers, judge_log, judge_recaps, judge_snapshots
from simulation.loop import SimLoop, StuckError
from simulation.people import EVERYWHERE, People, Person
from simulation.plan import Plan, plan_of
from simulation.seeing import (
    judge_branch,
    judge_hits,
    judge_moments,
    judge_poses,
    judge_whereabouts,
)
from simulation.store_model import run_now
from simulation.tracing import Trace

SETTLE_S = 10.0  # virtual, from the end of the faults until everybody goes on
_CALM_S = 20.0  # for everybody to come in, before the faults
_LOOK_S = POSES_ASKED_S + 1.5  # in which followers look at the log, and all poses are said again
_TIGHT = (
    (snapshots, "SNAPSHOT_EVERY_COMMITS", 40),
    (snapshots, "LOG_WINDOW_COMMITS", 80),
    (understudy, "PACE_S", 1),
    (presence, "ASLEEP_AFTER_MS", 2_000),
    (sessions, "SEAT_GRACE_MS", 5_000),
    (hall, "ROOM_IDLE_S", 2.0),
)

Bug = Callable[[], contextlib.AbstractContextManager[Any]]


@dataclass
class Result:
    """What one run came to."""

    plan: Plan
    faults: list[Fault] = field(default_factory=list)
    trace: list[str] = field(default_factory=list)
    digest: str = ""
    virtual_s: float = 0.0
    steps: int = 0
    commits: int = 0
    acked: int = 0
    struck: int = 0
    epochs: int = 0


def simulate(seed: int, *, bug: Bug | None = None, is_traced: bool = False) -> Result:
    """Run a seed and judge it. Raises nothing: what goes wrong is a fault of the result."""
    plan = plan_of(seed)
    loop = SimLoop(seed)
    trace = Trace(loop, is_kept=is_traced)
    result = Result(plan)
    before = asyncio._get_running_loop()
    with _bounds(), (bug or contextlib.nullcontext)(), _log_to(trace):
        asyncio._set_running_loop(None)
        run = _Run(loop, plan, trace)
        try:
            context = loop.context_of("stage")
            loop.run_until_complete(context.run(lambda: loop.create_task(run.whole(result))))
        except StuckError as error:
            result.faults.append(Fault("order", f"stuck: {error}"))
        finally:
            result.trace, result.digest = trace.lines, trace.digest()
            result.virtual_s, result.steps = loop.time(), loop.steps
            loop.bury()
            asyncio._set_running_loop(before)
    return result


class _Run:
    def __init__(self, loop: SimLoop, plan: Plan, trace: Trace) -> None:
        self.loop = loop
        self.plan = plan
        self.trace = trace
        self.house = House(loop, plan, trace)
        self.people = People(loop, self.house.network, plan.seed, plan.odd_share)
        self.world: Created

    async def whole(self, result: Result) -> None:
        """Open a world, play it under faults, settle, judge."""
        for i in range(self.plan.nodes):
            self.house.start_node(f"n{i}")
        self.house.start_director("d0")
        try:
            async with asyncio.timeout(_CALM_S):
                await self._come_in()
        except (TimeoutError, DreamsyncError) as error:
            result.faults.append(Fault("order", f"nobody could come in: {error!r}"))
            return
        chaos = Chaos(self.house, self.world.world)
        playing = [self.loop.create_task(self._play(person)) for person in self.people.all]
        playing.append(self.loop.create_task(self._come_late()))
        await chaos.rage()
        self.people.is_over = True
        stuck = await self.people.settle(SETTLE_S, self._is_ended)
        if stuck:
            result.faults.append(Fault("order", f"no progress within {SETTLE_S:g} s: {stuck}"))
        for director in self.house.directors.values():
            self.loop.kill(director.process)
        await self.people.settle(SETTLE_S, self._is_ended)
        for person in self.people.all:
            if person.record.kind == "player":
                person.stand(EVERYWHERE)
        await asyncio.sleep(_LOOK_S)
        await self._come_up()
        for task in playing:
            broken = task.exception() if task.done() and not task.cancelled() else None
            if broken is not None:
                result.faults.append(Fault("order", f"somebody broke off: {broken!r}"))
            task.cancel()
        result.struck = chaos.count
        self._judge(result)

    # --- people ----------------------------------------------------------------------------------

    async def _come_in(self) -> None:
        plan = self.plan
        lobby = self.people.conversation("lobby", None)(lambda notice: None)
        while True:
            try:
                await lobby.connection.open(5.0)
                break
            except DreamsyncError:
                lobby = self.people.conversation("lobby", None)(lambda notice: None)
                await asyncio.sleep(0.2)
        made = await lobby.ask({
            "type": "create", "pack": "starter", "private": True, "seed": plan.seed,
            "spectators": True, "understudies": plan.has_understudies, "speed": plan.speed,
        })  # fmt: skip
        assert isinstance(made, Created)
        self.world = made
        await lobby.close()
        for i, role in enumerate(plan.players):
            await self._enter(f"{role}-{i}", "player", role, is_json=i % 2 == 1)
        await self._enter("desk", "desk", is_json=True)
        await self._enter("watch", "watch")

    async def _enter(
        self, process: str, kind: Any, role: str = "", *, is_json: bool = False
    ) -> Person:
        made = self.world
        token = made.desk_token if kind == "desk" else None
        entry = Entry(made.world, kind, role or None, process, made.invite, token)
        return await self.people.enter(process, entry, is_json=is_json)

    async def _come_late(self) -> None:
        """Let one more come in while everything breaks."""
        for i in range(20):
            await asyncio.sleep(1.0)
            if self.people.is_over:
                return
            try:
                person = await self._enter(f"late-{i}", "player", "guest")
            except DreamsyncError:
                continue
            await self._play(person)
            return

    async def _play(self, person: Person) -> None:
        if person.record.kind == "player":
            await self.people.play(person, self.plan.pause_s)
        elif person.record.kind == "desk":
            await self.people.direct(person, 2 * self.plan.pause_s)

    def _is_ended(self) -> bool:
        """Return whether the story has come to its end, as the log says."""
        state = State(starter())
        run_now(catch_up(self.house.store.memory, self.world.world, state))
        return is_over(state.facts)

    async def _come_up(self) -> None:
        """Let followers come to the end of the log: who comes late may have joined just now."""
        for _ in range(int(_LOOK_S / 0.05)):
            state = State(starter())
            run_now(catch_up(self.house.store.memory, self.world.world, state))
            if not judge_followers(self.house, self.world.world, state):
                return
            await asyncio.sleep(0.05)

    # --- the judgement ---------------------------------------------------------------------------

    def _judge(self, result: Result) -> None:
        house, world = self.house, self.world.world
        store, pack = house.store, starter()
        state = State(pack)
        try:
            commits = run_now(catch_up(store.memory, world, state))
        except Exception as error:  # noqa: BLE001
            result.faults.append(Fault("log", f"the log cannot be read: {error!r}"))
            return
        if isinstance(commits, Exception):
            result.faults.append(Fault("log", f"the log cannot be read: {commits!r}"))
            commits = run_now(store.memory.read(world, 0, None, 100_000))
        for person in self.people.all:
            person.collect(house.network)
        records = [person.record for person in self.people.all]
        history = check_world(pack, commits, records, store.confirmed.get(world, ()), MARK)
        result.commits, result.acked = len(commits), history.acked
        result.epochs = len({commit.position.epoch for commit in commits})
        result.faults += history.faults
        result.faults += check_appends(store.owned)
        result.faults += judge_log(pack, commits)
        recaps = [(p.process, recap) for p in self.people.all for recap in p.recaps]
        result.faults += judge_recaps(pack, commits, recaps)
        result.faults += judge_snapshots(pack, store.memory, world, commits)
        result.faults += judge_followers(house, world, state)
        lines = [(client, wires[-1]) for client, wires in house.network.of_client.items()]
        at = {client: line.node.process for client, line in lines}
        result.faults += judge_whereabouts(state.facts, self.people.all, at)
        result.faults += judge_poses(pack, commits, self.people.all)
        result.faults += judge_hits(pack, commits, self.people.all)
        result.faults += judge_moments(pack, commits, self.people.all)
        for branch in [name for person in self.people.all for name in person.branches]:
            copied = run_now(store.memory.read(branch, 0, None, 100_000))
            result.faults += judge_branch(commits, copied)
        result.faults += [Fault("order", text) for text in (*house.broken, *house.network.raised)]


@contextlib.contextmanager
def _bounds() -> Iterator[None]:
    """Let snapshots and understudies' acts come often enough to be met."""
    with contextlib.ExitStack() as stack:
        for module, name, value in _TIGHT:
            stack.enter_context(patch.object(module, name, value))
        yield


class _Notes(logging.Handler):
    """Puts what the server logs into the trace; an error that it logs is a line there too."""

    def __init__(self, trace: Trace) -> None:
        super().__init__(logging.INFO)
        self._trace = trace

    def emit(self, record: logging.LogRecord) -> None:
        self._trace.aside(record.name.rpartition(".")[2], lambda: _told(record))


def _told(record: logging.LogRecord) -> str:
    if not record.exc_info or record.exc_info[1] is None:
        return record.getMessage()
    return record.getMessage() + "\n" + "".join(traceback.format_exception(record.exc_info[1]))


@contextlib.contextmanager
def _log_to(trace: Trace) -> Iterator[None]:
    loggers = [logging.getLogger(name) for name in ("dreamsync_server", "dreamsync", "asyncio")]
    kept = [(it, it.level, it.propagate, it.handlers[:]) for it in loggers]
    notes = _Notes(trace)
    for it in loggers:
        it.setLevel(logging.INFO if trace.is_kept else logging.CRITICAL)
        it.propagate = False
        it.handlers = [notes]
    try:
        yield
    finally:
        for it, level, propagate, handlers in kept:
            it.setLevel(level)
            it.propagate = propagate
            it.handlers = handlers
