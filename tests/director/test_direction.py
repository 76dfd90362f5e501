"""One world's direction: terms, numbers, resending, and world time between commits."""

from dataclasses import replace

from support.packs import night

from dreamsync_server.director.direction import Direction
from dreamsync_server.limits import DIRECTOR_RESEND_MS
from dreamsync_server.world.commit import Proposal


def directed(*, has_understudies: bool = True):
    play = night(5, has_understudies=has_understudies)
    return play, Direction(play.state, now_ms=0)


def settle(play, direction: Direction, proposals: list[Proposal], now_ms: int) -> None:
    """Let the world decide proposals and the direction see what became of them."""
    direction.follow([play.propose(p) for p in proposals], now_ms)


def test_it_takes_a_term_before_anything_else() -> None:
    play, direction = directed()
    asked = direction.next_second(0)
    assert [(p.kind, p.term) for p in asked] == [("term", 1)]
    assert direction.next_second(10) == []
    settle(play, direction, asked, 20)
    assert play.facts["@director"] == (1,)


def test_the_next_director_takes_the_next_term() -> None:
    play, first = directed()
    settle(play, first, first.next_second(0), 0)
    second = Direction(play.state, now_ms=0)
    settle(play, second, second.next_second(0), 0)
    first.follow([], 0)
    assert (second.term, first.is_stale) == (2, True)
    assert first.next_second(5000) == []


def test_what_is_not_answered_is_proposed_again_with_the_same_number() -> None:
    play, direction = directed()
    settle(play, direction, direction.next_second(0), 0)
    now_ms, proposals = 0, []
    while not proposals:
        now_ms += 1000
        proposals = direction.next_second(now_ms)
    assert direction.next_second(now_ms + 1000) == []
    assert direction.next_second(now_ms + DIRECTOR_RESEND_MS) == proposals
    settle(play, direction, proposals, now_ms + DIRECTOR_RESEND_MS)
    settle(play, direction, proposals, now_ms + DIRECTOR_RESEND_MS)
    acts = [c for c in play.commits if c.cause.by == "understudy"]
    assert [c.outcomes[0].code for c in acts] == ["ok"] * len(acts)
    assert sum(bool(c.changes) for c in acts) == len(proposals)


def test_world_time_goes_on_between_commits_and_stands_in_a_paused_world() -> None:
    play, direction = directed()
    direction.follow([play.commits[-1]], 10_000)
    assert direction.world_ms(12_500) == 2_500
    play.join("a", "ada")
    play.ask("pause", "player", "a")
    direction.follow(play.commits[-2:], 13_000)
    assert direction.world_ms(90_000) == play.world_ms


def test_an_ended_world_is_left_alone() -> None:
    play, direction = directed()
    settle(play, direction, direction.next_second(0), 0)
    play.join("d", kind="desk")
    play.ask("cue", "desk", "d", {"beat": "morning", "override": True})
    direction.follow(play.commits[-2:], 0)
    assert direction.next_second(60_000) == []


def test_while_something_is_unanswered_nothing_new_is_proposed() -> None:
    play, direction = directed()
    settle(play, direction, direction.next_second(0), 0)
    proposed = 0
    for now_ms in range(1_000, 200_000, 3_000):
        proposals = direction.next_second(now_ms)
        if proposals:
            proposed += 1
            assert (
                direction.next_second(now_ms + 1_000) == direction.next_second(now_ms + 2_000) == []
            )
            settle(play, direction, proposals, now_ms + 2_000)
    assert proposed > 10


def test_what_another_term_was_answered_is_no_answer_to_this_one() -> None:
    play, first = directed()
    settle(play, first, first.next_second(0), 0)
    now_ms, proposals = 0, []
    while not proposals:
        now_ms += 1_000
        proposals = first.next_second(now_ms)
    stale = [replace(proposal, term=7) for proposal in proposals]
    settle(play, first, stale, now_ms)
    assert {c.outcomes[0].code for c in play.commits[-len(stale) :]} == {"stale_term"}
    assert first.next_second(now_ms + DIRECTOR_RESEND_MS) == proposals
