"""The main job on real input: a recorded expo run, by four players and a desk, to an ending."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from pathlib import Path

from support.invariants import Asked, History
from support.packs import WORLDS, expo

import dreamsync
from dreamsync_server.packs.faults import Faults
from dreamsync_server.packs.recorded import load_rehearsal
from dreamsync_server.world.rehearsal import Rehearsal, Step
from faults.bots import Cast, Client
from faults.rig import Rig
from faults.strikes import Field, at_random

SPEED = 200_000  # world ms a second: an hour of the story in some twenty seconds
RUN = "reclaimed_bedtime"
ROLES = ("ava", "leo", "mia", "ellis")
TRY_S = 0.3  # for a step that is refused where it was done in the recording
ENDING_S = 120.0
KILLS = ("node", "director", "store") * 3


def recorded(name: str) -> Rehearsal:
    """Return a run that was recorded with the pack."""
    file = f"rehearsals/{name}.yaml"
    faults = Faults()
    run = load_rehearsal(file, (WORLDS / "expo" / file).read_text("utf-8"), faults)
    faults.raise_if_any()
    return run


class Stage:
    """A recorded run on a world of its own. `as_recorded` steps came out as they had."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.as_recorded = 0
        self.otherwise: list[tuple[Step, str]] = []
        self._by_role = {client.viewer.role: client for client in cast.players}

    async def perform(self, run: Rehearsal) -> None:
        """Take each step at its world time, or as soon after it as it can be done."""
        for step in run.steps:
            if step.kind == "join":
                continue
            while self.cast.desk.world_ms < step.at_ms and self.cast.is_running:
                await asyncio.sleep(0.01)
            code = await self._take(step)
            if code == step.expect:
                self.as_recorded += 1
            else:
                self.otherwise.append((step, code))

    async def _take(self, step: Step) -> str:
        loop = asyncio.get_running_loop()
        until_s = loop.time() + TRY_S
        while True:
            code = await self._try(step)
            if code == step.expect or step.expect != "ok" or loop.time() > until_s:
                return code
            await asyncio.sleep(0.05)

    async def _try(self, step: Step) -> str:
        if step.kind == "cue":
            return (await self.cast.desk.cue(step.do)).code
        client = self._by_role[step.role]
        asked = Asked(step.do, dict(step.given))
        client.record.asked.append(asked)
        with contextlib.suppress(dreamsync.BusyError, dreamsync.UnknownOutcomeError):
            asked.outcome = await act(client, step)
        return "unknown" if asked.outcome is None else asked.outcome.code


async def act(client: Client, step: Step) -> dreamsync.Outcome:
    """Act or choose as a step says."""
    if step.kind == "choose":
        return await client.player.choose(step.do, str(step.given["option"]))
    return await client.player.act(step.do, **step.given)


@contextlib.asynccontextmanager
async def opening_night(folder: Path, run: Rehearsal) -> AsyncIterator[tuple[Field, Stage]]:
    """Give an expo world with its director, four players and a desk."""
    async with Rig(folder) as rig:
        cast = Cast(rig, expo(), run.seed)
        async with cast.stack:
            await cast.open(speed=SPEED)
            await cast.enter("stage manager", "desk")
            await cast.desk.pause("until everybody is there")
            await cast.enter_all(ROLES)
            await cast.desk.resume()
            yield Field(rig, [cast]), Stage(cast)


async def played(field: Field, stage: Stage, run: Rehearsal) -> History:
    """Perform a run to the world's ending, and check everything."""
    cast = stage.cast
    await stage.perform(run)
    for client in cast.clients:
        await client.viewer.until(lambda facts: facts["ending"], ENDING_S)
    await cast.settle()
    return await cast.check()


def said(stage: Stage, history: History) -> str:
    """Return what went otherwise."""
    faults = "\n".join(f"  {fault.kind}: {fault.text}" for fault in history.faults[:20])
    steps = "\n".join(f"  {code} instead of {step}" for step, code in stage.otherwise[:20])
    return f"{stage.as_recorded} steps as recorded;\n{steps}\n{faults}"


async def test_a_recorded_expo_run_comes_to_an_ending_over_real_sockets(tmp_path: Path) -> None:
    run = recorded(RUN)
    async with opening_night(tmp_path, run) as (field, stage):
        history = await played(field, stage, run)
        desk = stage.cast.desk
    assert not history.faults, said(stage, history)
    assert desk.facts["ending"] in expo().beats
    cues = [d.commit.cause.by for d in history.decisions.values() if d.commit.cause.kind == "cue"]
    assert {"director", "desk"} <= {*cues}, "both bring beats in"
    assert stage.as_recorded > len(stage.otherwise), said(stage, history)


async def test_the_same_run_goes_on_whatever_is_killed(tmp_path: Path) -> None:
    run = recorded(RUN)
    async with opening_night(tmp_path, run) as (field, stage):
        playing = asyncio.create_task(played(field, stage, run))
        dice = random.Random(run.seed)
        for target in KILLS:
            if stage.cast.is_running:
                await at_random(target, field, dice, target)
        history = await playing
        kills, ending = field.kills, stage.cast.desk.facts["ending"]
    assert not history.faults, said(stage, history)
    assert ending in expo().beats
    assert kills >= 6
