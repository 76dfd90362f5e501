"""Killing, freezing and doubling the director at every step: each beat once, its memory intact."""

from collections import Counter

import pytest
from support.packs import starter

from dreamsync_server.director.direction import Direction
from dreamsync_server.story.guide import Guide
from dreamsync_server.story.playthrough import Playthrough
from dreamsync_server.world.commit import Proposal
from dreamsync_server.world.evolve import evolve
from dreamsync_server.world.state import State

STEPS = 330
SEEDS = (1, 2)


class Stand:
    """A world and its directors, each with a state of its own that it keeps by the log."""

    def __init__(self, seed: int) -> None:
        self.play = Playthrough(starter(), seed)
        self.play.join("s_ada", "ada")
        self.directors: list[tuple[Direction, int]] = []

    def appoint(self) -> Direction:
        """Let a new director come, which knows the log and nothing else."""
        state = State(self.play.pack)
        for commit in self.play.commits:
            evolve(state, commit)
        direction = Direction(state, self.play.world_ms)
        self.directors.append((direction, len(self.play.commits)))
        return direction

    def look(self, number: int) -> None:
        """Let a director read on in the log."""
        direction, seen = self.directors[number]
        news = self.play.commits[seen:]
        for commit in news:
            evolve(direction.state, commit)
        direction.follow(news, self.play.world_ms)
        self.directors[number] = (direction, len(self.play.commits))

    def step(self, *, loses: bool = False) -> list[Proposal]:
        """Let a second pass and every director propose; with `loses` it arrives nowhere."""
        self.play.pass_ms(1000)
        asked = []
        for number in range(len(self.directors)):
            self.look(number)
            asked += self.directors[number][0].next_second(self.play.world_ms)
        for proposal in [] if loses else asked:
            self.play.propose(proposal)
        return asked

    def check(self) -> None:
        """Hold the log to what is promised."""
        cues = Counter(
            (dict(c.cause.arguments)["beat"], dict(c.cause.arguments).get("occurrence"))
            for c in self.play.commits
            if c.cause.kind == "cue" and c.outcomes[0].code == "ok"
        )
        assert all(count == 1 for count in cues.values()), cues
        for beat in self.play.pack.beats.values():
            count = self.play.facts[f"cued.{beat.id}"]
            assert count == sum(1 for cued, _ in cues if cued == beat.id)
            assert not beat.times_max or count <= beat.times_max
        for commit in self.play.commits:
            if commit.cause.kind == "cue" and commit.cause.by == "director":
                assert dict(commit.cause.arguments)["trace"]
        again = State(self.play.pack)
        for commit in self.play.commits:
            evolve(again, commit)
        memory = {n: v for n, v in self.play.facts.items() if n.startswith("director.")}
        assert memory == {n: v for n, v in again.facts.items() if n.startswith("director.")}
        assert self.play.facts.get("@nudge") == again.facts.get("@nudge")


@pytest.mark.parametrize("seed", SEEDS)
def test_a_director_killed_at_every_step_repeats_nothing(seed: int) -> None:
    stand = Stand(seed)
    for _ in range(STEPS):
        stand.directors.clear()
        stand.appoint()
        stand.step()
        stand.step()
    stand.check()
    assert stand.play.facts["cued.chime"] == 1


@pytest.mark.parametrize("seed", SEEDS)
def test_a_director_whose_proposals_are_lost_proposes_them_again_once(seed: int) -> None:
    stand = Stand(seed)
    stand.appoint()
    for number in range(STEPS):
        stand.step(loses=number % 5 in (0, 1, 2))
    stand.check()
    assert stand.play.facts["cued.chime"] == 1


@pytest.mark.parametrize("seed", SEEDS)
def test_a_director_frozen_at_every_step_is_followed_and_wakes_in_vain(seed: int) -> None:
    stand = Stand(seed)
    stand.appoint()
    for number in range(STEPS):
        asked = stand.step()
        if number % 7 == 3:
            stand.appoint()  # the others' last proposals come after it has taken its term
            stand.step()
            for proposal in asked:
                stand.play.propose(proposal)
        stand.directors = [pair for pair in stand.directors if not pair[0].is_stale]
    stand.check()


@pytest.mark.parametrize("seed", SEEDS)
def test_two_directors_at_every_step_double_nothing(seed: int) -> None:
    stand = Stand(seed)
    for number in range(STEPS):
        if number % 5 == 0:
            stand.directors = stand.directors[-1:]
            stand.appoint()
        stand.step()
    stand.check()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_new_director_wants_what_the_old_one_would(seed: int) -> None:
    stand = Stand(seed)
    stand.appoint()
    compared = 0
    for _ in range(STEPS):
        stand.play.pass_ms(1000)
        stand.look(0)
        old = stand.directors[0][0]
        fresh = State(stand.play.pack)
        for commit in stand.play.commits:
            evolve(fresh, commit)
        asked = old.next_second(stand.play.world_ms)
        moves = [p for p in asked if p.kind in ("cue", "nudge")]
        if moves:
            world_ms = old.world_ms(stand.play.world_ms)
            with fresh.facts.seen_at(world_ms):
                move = Guide(fresh.pack).next_move(fresh, world_ms // 1000)
            assert move is not None
            assert (move.kind, move.arguments) == (moves[0].kind, moves[0].arguments)
            compared += 1
        for proposal in asked:
            stand.play.propose(proposal)
    stand.check()
    assert compared > 3
