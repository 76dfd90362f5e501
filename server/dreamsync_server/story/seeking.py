"""Seeking: the guided search for a run that reaches a goal.

One *seek* plays forward from the opening and does, again and again, what the chain says could be
done first; where it says that nothing leads to the goal any more, or nothing has brought it nearer
for a while, it goes back to a state of its archive. Seeks of one goal differ by noise on what
things cost and by random doings in between: together they are the goal's population.
Tried and left out: branch distance of the goal's own condition alone, which is blind until the
last step, and going back to states by novelty, which never came to endings that need a plan.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Final

from dreamsync_server.story.atlas import Atlas
from dreamsync_server.story.chain import NEVER, Chain, Look
from dreamsync_server.story.company import do, gather, perform
from dreamsync_server.story.dice import Dice
from dreamsync_server.story.goals import Goal, reached_in
from dreamsync_server.story.playthrough import Playthrough
from dreamsync_server.story.rehearsing import step_of
from dreamsync_server.story.ways import Trigger
from dreamsync_server.world.model import Pack
from dreamsync_server.world.offers import OfferBook
from dreamsync_server.world.rehearsal import Step
from dreamsync_server.world.state import is_over, seats_of
from dreamsync_server.world.trace import failing

TURNS: Final = 600
"""Looks that one seek takes, at most."""
_ARCHIVE_MAX: Final = 24
_STALE_LOOKS: Final = 90  # looks without getting nearer before going back
_MOVES_A_LOOK: Final = 3
_WAIT_MAX_MS: Final = 40_000
_TABU_MS: Final = 5_000  # a refused move is not tried again so soon
_RUN_MAX_MS: Final = 4 * 3_600_000


@dataclass(frozen=True, slots=True)
class Found:
    """A run that reaches a goal with its first `count` steps; several goals may share a run."""

    goal: Goal
    seed: int
    absent: tuple[str, ...]
    run: tuple[Step, ...]
    count: int

    @property
    def steps(self) -> tuple[Step, ...]:
        """The proposals up to the goal."""
        return self.run[: self.count]


@dataclass(frozen=True, slots=True)
class Miss:
    """How near a goal came: the chain's distance, when, and what of its condition was missing."""

    cost: float
    world_ms: int
    leaves: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sought:
    """What came of a seek. `found` holds whatever wanted goals it passed, its own or others."""

    found: tuple[Found, ...]
    miss: Miss | None
    turns: int


def found_in(
    play: Playthrough, absent: Sequence[str], wanted: Collection[Goal]
) -> tuple[Found, ...]:
    """Return the wanted goals that a run reached, each with the run up to there."""
    reached = {g: at for g, at in reached_in(play.commits).items() if g in wanted}
    if not reached:
        return ()
    steps: list[Step] = []
    before: list[int] = []  # how many steps there are up to each commit
    for commit in play.commits:
        step = step_of(play.pack, commit)
        if step is not None:
            steps.append(step)
        before.append(len(steps))
    run = tuple(steps)
    return tuple(
        Found(goal, play.seed, tuple(absent), run, before[at]) for goal, at in reached.items()
    )


def seek(
    atlas: Atlas,
    goal: Goal,
    seed: int,
    *,
    attempt: int = 0,
    absent: Sequence[str] = (),
    wanted: Collection[Goal] = (),
    turns: int = TURNS,
) -> Sought:
    """Search for a run that reaches a goal; other `wanted` goals on the way are found too."""
    seeker = _Seeker(atlas, goal, seed, attempt, tuple(absent), frozenset((*wanted, goal)))
    return seeker.run(turns)


@dataclass(slots=True)
class _Kept:
    cost: float
    play: Playthrough


@dataclass(slots=True)
class _Seeker:
    """One seek in progress."""

    atlas: Atlas
    goal: Goal
    seed: int
    attempt: int
    absent: tuple[str, ...]
    wanted: frozenset[Goal]
    archive: list[_Kept] = field(default_factory=list)
    found: dict[Goal, Found] = field(default_factory=dict)
    refused: dict[Trigger, int] = field(default_factory=dict)
    factors: dict[Trigger, float] = field(default_factory=dict)
    miss: Miss | None = None

    def run(self, turns: int) -> Sought:
        dice = Dice(self.seed, f"seek/{self.goal}/{self.attempt}")
        book = OfferBook(self.atlas.pack)
        node = self.atlas.goal_node(self.goal)
        is_ordered = self.attempt % 4 < 2  # some goals are found sooner by trying the steps anyhow
        has_desk = self.attempt % 2 == 1
        chain = Chain(self.atlas, node, has_desk=has_desk, is_ordered=is_ordered)
        play, round_number = gather(self.atlas.pack, self.seed, self.absent), 0
        best, stale, turn = NEVER, 0, 0
        for turn in range(1, turns + 1):
            look = chain.look(play.facts, lambda trigger: self.factor(dice, trigger))
            if turn == 1 and look.cost == NEVER:
                break  # not with these people
            if look.cost < best:
                best, stale = look.cost, 0
                self.keep(look, play)
            stale += 1
            is_lost = look.cost == NEVER or stale > _STALE_LOOKS or play.world_ms > _RUN_MAX_MS
            if not is_lost:
                self.turn(play, look, dice, book)
            if is_lost or is_over(play.facts):
                self.take(play)
                if self.goal in self.found:
                    return self.sought(turn)
                round_number += 1
                play, best = self.again(dice, round_number)
                stale = 0
            elif self.is_reached(play):
                self.take(play)
                return self.sought(turn)
        self.take(play)
        return self.sought(turn)

    def turn(self, play: Playthrough, look: Look, dice: Dice, book: OfferBook) -> None:
        """Do what was said could be done first; else let time pass."""
        if self.attempt and dice.happens(6):
            self.wander(play, dice, book)
            return
        done = 0
        for move in look.moves:
            if done >= _MOVES_A_LOOK or is_over(play.facts) or self.is_reached(play):
                return
            if self.refused.get(move, -1) > play.world_ms:
                continue
            play.pass_ms(500 * dice.roll(5))
            outcome = perform(play, move) if not is_over(play.facts) else None
            if outcome is None or outcome.code == "ok":
                done += 1
            else:
                wait_ms = dict(outcome.arguments).get("wait_ms", _TABU_MS)
                self.refused[move] = play.world_ms + (wait_ms if type(wait_ms) is int else 0)
        if not done and not is_over(play.facts):
            self.wait(play)

    def wait(self, play: Playthrough) -> None:
        """Let time pass until a refused move may do, a page turns or somebody is asked."""
        until_ms = play.world_ms + _WAIT_MAX_MS
        for free_ms in self.refused.values():
            if play.world_ms < free_ms < until_ms:
                until_ms = free_ms
        until_ms = max(until_ms, play.world_ms + 500)
        chapter = play.facts["chapter"]
        while play.world_ms < until_ms and not is_over(play.facts):
            due_ms = play.next_due_ms()
            commits = play.pass_to(until_ms if due_ms is None else min(due_ms, until_ms))
            is_asked = any(c.name.startswith("choice.") for one in commits for c in one.changes)
            if is_asked or play.facts["chapter"] != chapter:
                return

    def wander(self, play: Playthrough, dice: Dice, book: OfferBook) -> None:
        """Let somebody do anything that they may."""
        pack = play.pack
        seats = [
            seat
            for role in pack.roles
            for seat in seats_of(pack, role)[:1]
            if play.facts[f"{seat}.held"] != "nobody"
        ]
        if not seats:
            return
        seat = dice.pick(seats)
        offers = book.possible(play.facts, seat)
        if offers:
            offer = dice.pick(offers)
            given = {p.name: dice.pick(p.values) for p in offer.params if p.values}
            do(play, seat, offer.action, given)  # type: ignore[arg-type]

    def factor(self, dice: Dice, trigger: Trigger) -> float:
        """Return what this seek's noise makes of a trigger's cost, the same each time."""
        if not self.attempt:
            return 1.0
        found = self.factors.get(trigger)
        if found is None:
            found = self.factors[trigger] = 0.6 + dice.roll(120) / 100
        return found

    def keep(self, look: Look, play: Playthrough) -> None:
        """Put a state into the archive, and note how near it came."""
        self.archive.append(_Kept(look.cost, play.fork()))
        if len(self.archive) > _ARCHIVE_MAX:
            del self.archive[len(self.archive) // 2]
        if self.miss is None or look.cost < self.miss.cost:
            self.miss = Miss(look.cost, play.world_ms, missing(play, self.goal))

    def again(self, dice: Dice, round_number: int) -> tuple[Playthrough, float]:
        """Go back: to the opening with other luck, or to a kept state, nearer ones more often."""
        self.refused.clear()
        self.factors.clear()
        if not self.archive or dice.happens(40):
            seed = self.seed + 1000 * round_number
            return gather(self.atlas.pack, seed, self.absent), NEVER
        at = max(dice.roll(len(self.archive)), dice.roll(len(self.archive)))
        kept = sorted(self.archive, key=lambda one: -one.cost)[at - 1]
        return kept.play.fork(), kept.cost

    def is_reached(self, play: Playthrough) -> bool:
        facts = play.facts
        match self.goal.kind:
            case "ending":
                return bool(facts["ending"] == self.goal.id)
            case "beat":
                return bool(facts[f"cued.{self.goal.id}"])
            case "action":
                return bool(facts[f"did.{self.goal.id}"])

    def take(self, play: Playthrough) -> None:
        """Note the goals that a run reached."""
        for one in found_in(play, self.absent, self.wanted):
            self.found.setdefault(one.goal, one)

    def sought(self, turns: int) -> Sought:
        return Sought(tuple(self.found.values()), self.miss, turns)


def missing(play: Playthrough, goal: Goal) -> tuple[str, ...]:
    """Return the parts of a beat's condition that do not hold now, as their author wrote them."""
    pack: Pack = play.pack
    if goal.kind == "action":
        return ()
    beat = pack.beats[goal.id]
    texts = []
    if beat.chapters and play.facts["chapter"] not in beat.chapters:
        texts.append(f"chapter in {list(beat.chapters)}")
    if beat.when is not None:
        texts.extend(leaf.wish for leaf in failing(beat.when, play.facts, {}))
    return tuple(texts)
