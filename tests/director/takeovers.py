"""Directors that are killed, frozen and doubled at every step, and what must hold all the same.

    PYTHONPATH=tests python -m director.takeovers [--seeds 200] [--first 1] [--pack starter]

Every second of a world one of its directors meets its fate: it dies before what it proposes is
sent, or after; it sleeps, wakes seconds later and sends what it wanted then; another comes while it
lives. What is under way arrives late, twice or never. Exit code 1 where anything did not hold.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from random import Random
from typing import Final

from dreamsync_server.cli.check import folder_of
from dreamsync_server.director.direction import Direction
from dreamsync_server.packs import load_folder
from dreamsync_server.story.playthrough import Playthrough
from dreamsync_server.world.commit import Commit, Proposal
from dreamsync_server.world.evolve import evolve
from dreamsync_server.world.model import Pack
from dreamsync_server.world.state import State, is_over

STEPS: Final = 330
LATE_MAX: Final = 4
"""Seconds that a proposal may be under way."""


class Stand:
    """A world, its directors with a state of their own each, and the proposals under way."""

    def __init__(self, pack: Pack, seed: int) -> None:
        self.rng = Random(seed)
        self.play = Playthrough(pack, seed)
        for role in pack.roles.values():
            if role.is_open and not role.seats and self.rng.random() < 0.6:
                self.play.join(f"s_{role.id}", role.id)
        self.directors: list[Direction] = []
        self.appointed = 0
        self._seen: dict[int, int] = {}
        self._under_way: list[tuple[int, Proposal]] = []

    def appoint(self) -> None:
        """Let a new director come, which knows the log and nothing else."""
        direction = Direction(self.play.state.fork(), self.play.world_ms)
        self._seen[id(direction)] = len(self.play.commits)
        self.directors.append(direction)
        self.appointed += 1

    def wanted(self, direction: Direction) -> list[Proposal]:
        """Let a director read on in the log; return what it proposes."""
        news = self.play.commits[self._seen[id(direction)] :]
        for commit in news:
            evolve(direction.state, commit)
        self._seen[id(direction)] = len(self.play.commits)
        direction.follow(news, self.play.world_ms)
        return direction.next_second(self.play.world_ms)

    def send(self, proposals: list[Proposal]) -> None:
        """Let proposals go their way: most arrive at once, some late, twice or never."""
        for proposal in proposals:
            fate = self.rng.random()
            late_ms = self.rng.randint(1, LATE_MAX) * 1000
            if fate < 0.7 or fate > 0.9:
                self._under_way.append((self.play.world_ms, proposal))
            if fate > 0.8:
                self._under_way.append((self.play.world_ms + late_ms, proposal))

    def second(self) -> None:
        """Let a second pass, and what is due arrive."""
        if not is_over(self.play.facts):
            self.play.pass_ms(1000)
        now_ms = self.play.world_ms
        arrived = [proposal for at_ms, proposal in self._under_way if at_ms <= now_ms]
        self._under_way = [one for one in self._under_way if one[0] > now_ms]
        for proposal in arrived:
            self.play.propose(proposal)


def killed(stand: Stand) -> None:
    """Let each director live for a second or two; it dies before its last words are sent or not."""
    for _ in range(STEPS):
        stand.second()
        if not stand.directors or stand.rng.random() < 0.6:
            if stand.directors and stand.rng.random() < 0.5:
                stand.send(stand.wanted(stand.directors[-1]))
            stand.directors.clear()
            stand.appoint()
        for direction in stand.directors:
            stand.send(stand.wanted(direction))


def frozen(stand: Stand) -> None:
    """Let a director freeze with what it is about to send; another follows; then it wakes."""
    asleep: list[tuple[int, Direction, list[Proposal]]] = []
    for step in range(STEPS):
        stand.second()
        if not stand.directors:
            stand.appoint()
        direction = stand.directors[0]
        proposals = stand.wanted(direction)
        if stand.rng.random() < 0.5:
            stand.directors.clear()
            asleep.append((step + stand.rng.randint(1, 12), direction, proposals))
        else:
            stand.send(proposals)
        for until, sleeper, wanted in asleep:
            if until == step:
                stand.send([*wanted, *stand.wanted(sleeper)])
        asleep = [one for one in asleep if one[0] > step]


def doubled(stand: Stand) -> None:
    """Let two or three direct at every step, and new ones come while they do."""
    for _ in range(STEPS):
        stand.second()
        stand.directors = [one for one in stand.directors if not one.is_stale][-2:]
        if len(stand.directors) < 2 or stand.rng.random() < 0.3:
            stand.appoint()
        for direction in stand.directors:
            stand.send(stand.wanted(direction))


FATES: Final[dict[str, Callable[[Stand], None]]] = {
    "killed": killed, "frozen": frozen, "doubled": doubled,
}  # fmt: skip


def faults_of(play: Playthrough) -> Iterator[str]:
    """Yield what does not hold of a world's log: beats once each, memory intact, traces whole."""
    # What comes twice is answered again, and changes nothing.
    done = [c for c in play.commits if c.changes and c.outcomes and c.outcomes[0].code == "ok"]
    cues = [c for c in done if c.cause.kind == "cue"]
    which = Counter((str(given(c)["beat"]), int(str(given(c)["occurrence"]))) for c in cues)
    yield from (f"{beat} came twice as its {k + 1}." for (beat, k), n in which.items() if n > 1)
    for beat in play.pack.beats.values():
        count = int(str(play.facts[f"cued.{beat.id}"]))
        if sorted(k for one, k in which if one == beat.id) != list(range(count)):
            yield f"{beat.id}: {count} in the state, {which} in the log"
        if beat.times_max and count > beat.times_max:
            yield f"{beat.id} came {count} times of {beat.times_max}"
    numbers = Counter((c.cause.term, c.cause.n) for c in done if c.cause.session == "director")
    yield from (f"{one} was obeyed {n} times" for one, n in numbers.items() if one[1] and n > 1)
    terms = [c.cause.term for c in done if c.cause.by in ("director", "understudy")]
    if terms != sorted(terms):
        yield "an older director was obeyed after a newer one"
    for commit in done:
        if commit.cause.by == "director" and commit.cause.kind in ("cue", "nudge"):
            trace = str(given(commit).get("trace", ""))
            if not trace or (commit.cause.kind == "cue" and "drew" not in trace):
                yield f"no trace: {commit.cause}"
    again = State(play.pack)
    for commit in play.commits:
        evolve(again, commit)
    if dict(again.facts) != dict(play.facts) or again.digest != play.state.digest:
        yield "the log does not tell what the director remembers"


def given(commit: Commit) -> dict[str, object]:
    """Return a commit's arguments by name."""
    return dict(commit.cause.arguments)


def try_one(pack: Pack, seed: int, fate: str) -> tuple[Stand, list[str]]:
    """Play one world under a fate; return it and what did not hold."""
    stand = Stand(pack, seed)
    FATES[fate](stand)
    return stand, list(faults_of(stand.play))


@cache
def pack_of(name: str) -> Pack:
    """Return a shipped pack."""
    return load_folder(folder_of(name))


def main(arguments: list[str]) -> int:
    """Try many seeds under every fate; print what did not hold, and a line a fate."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--pack", default="starter")
    asked = parser.parse_args(arguments)
    bad = 0
    for fate in FATES:
        count: Counter[str] = Counter()
        began_s = time.monotonic()
        for seed in range(asked.first, asked.first + asked.seeds):
            stand, faults = try_one(pack_of(asked.pack), seed, fate)
            count["directors"] += stand.appointed
            for commit in stand.play.commits:
                is_done = (
                    bool(commit.changes)
                    and commit.outcomes[:1] != ()
                    and (commit.outcomes[0].code == "ok")
                )
                count[commit.cause.kind] += is_done and commit.cause.by == "director"
            for fault in faults:
                print(f"{fate}, seed {seed}: {fault}")
            bad += bool(faults)
        spent_s = time.monotonic() - began_s
        print(
            f"{fate}: {asked.seeds} seeds, {count['directors']} directors, {count['cue']} beats,"
            f" {count['nudge']} nudges, {spent_s:.0f} s"
        )
    print("all held" if not bad else f"{bad} worlds did not hold")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
