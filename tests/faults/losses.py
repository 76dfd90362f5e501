"""Replies that are lost after the store did what was asked: thousands of operations of players."""

import asyncio
import random
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from dreamsync_server.store.codec import decode_commit
from faults.bots import Cast
from faults.fleet import BACK_S, Watch, played
from faults.outcome import Outcome
from faults.resp import Command, take_replies
from faults.rig import Rig, now_s
from faults.store_tap import Asked, StoreTap

PER_WORLD = 400  # operations before worlds are judged and others opened
_SHARE = 0.5
_PACKS = ("starter",) * 4


class LossyTap(StoreTap):
    """A tap that cuts a line, now and then, when the store has done what it was asked.

    `lost` counts what players did and the store has, though nobody was told.
    """

    def __init__(self, socket: Callable[[], str], tick: Iterator[int]) -> None:
        super().__init__(socket, tick)
        self.lost = 0
        self.share = 0.0
        self.dice = random.Random(0)
        self.waiting: dict[str, float] = {}  # world -> since when it has waited for a reply

    def _pass_replies(self, buffer: bytearray, pair: Asked) -> bool:
        replies = take_replies(bytearray(buffer))
        done = list(zip(tuple(pair.waiting), replies, strict=False))
        acts = sum(_acts_in(command) for command, _ in done)
        if not acts or self.dice.random() >= self.share:
            return super()._pass_replies(buffer, pair)
        for command, raw in done:
            if command.name in ("append", "read"):
                told, self.on_confirmed = self.on_confirmed, lambda world, epoch: None
                self._note(command, raw)
                self.on_confirmed = told
            if command.name == "append":
                self.waiting.setdefault(command.world, now_s())
        self.lost += acts
        return False


class LossyRig(Rig):
    """A rig whose node's tap loses replies."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.lossy = self.node_tap = LossyTap(self._socket, self.tick)


async def lose_replies(folder: Path, runs: int, seed: str) -> Outcome:
    """Lose the replies to so many operations; each is sent again, and counted once."""
    outcome, dice = Outcome("reply lost"), random.Random(seed)
    async with LossyRig(folder) as rig:
        rig.lossy.dice = random.Random(dice.random())
        while rig.lossy.lost < runs and not outcome.stuck:
            until = min(runs, rig.lossy.lost + PER_WORLD)
            work = partial(_lose, rig, outcome, until)
            await played(rig, dice, outcome, work, packs=_PACKS, pause_s=0.01)
        outcome.runs = rig.lossy.lost
    return outcome


async def _lose(rig: LossyRig, outcome: Outcome, until: int, casts: list[Cast]) -> None:
    tap, watch = rig.lossy, Watch([rig.lossy], casts)

    def on_confirmed(world: str, epoch: int) -> None:
        since_s = tap.waiting.pop(world, None)
        if since_s is not None:
            outcome.gaps_s.append(now_s() - since_s)

    tap.on_confirmed = on_confirmed
    before, tap.share = tap.lost, _SHARE
    at_s = now_s()
    while tap.lost < until and watch.running:
        await asyncio.sleep(0.05)
        if tap.lost > before:
            before, at_s = tap.lost, now_s()
        elif now_s() - at_s > BACK_S:
            outcome.stuck.append("no operation came by")
            break
    tap.share = 0.0
    tap.waiting.clear()


def _acts_in(command: Command) -> int:
    """Return how many doings of players a command appends."""
    if command.name != "append":
        return 0
    count = int(command.args[4])
    causes = [decode_commit(raw)[0].cause for raw in command.args[5 : 5 + count]]
    return sum(cause.by == "player" and cause.kind in ("act", "choose") for cause in causes)
