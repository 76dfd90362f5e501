"""Reachable: what a run comes to was called possible; what is planted as impossible is not."""

import pytest
from support.domains import is_within
from support.packs import expo, night, starter
from support.planted import planted

from dreamsync_server.story.causes import causes_of
from dreamsync_server.story.reachable import Reachable, reachable
from dreamsync_server.world.model import Type


def reach_of(pack, absent=()) -> Reachable:
    return reachable(pack, causes_of(pack), absent)


@pytest.mark.parametrize("seed", range(4))
def test_no_fact_ever_leaves_what_was_called_possible(seed: int) -> None:
    reach, play = reach_of(starter()), night(seed, has_understudies=True)
    for _ in range(900):
        play.direct_second()
        play.pass_ms(1000)
    for commit in play.commits:
        for name, value in commit.changes:
            assert is_within(reach.domain, name, value), (name, value, reach.domain[name])


def test_all_of_the_shipped_packs_is_possible_but_what_cannot_be_meant() -> None:
    for pack in (starter(), expo()):
        reach = reach_of(pack)
        never = {
            (trigger.kind, trigger.id)
            for number, trigger in enumerate(reach.ways.triggers)
            if trigger.kind != "act" and trigger.kind != "go" and not reach.triggers[number]
        }
        assert never == set()


def test_what_hangs_on_something_impossible_is_impossible_too() -> None:
    reach = reach_of(planted())
    assert reach.domain["cellar.key"] == ("lost",)
    oil = reach.domain["cellar.lamp_oil"]
    assert isinstance(oil, Type)
    assert (oil.low, oil.high) == (3, 3)
    never = {t.id for n, t in enumerate(reach.ways.triggers)
             if t.kind in ("cue", "law") and not reach.triggers[n]}  # fmt: skip
    assert never == {"oil_runs_over", "cellar_opens", "cellar_creaks", "key_turns", "oil_drips"}


def test_without_a_role_what_it_alone_does_is_impossible() -> None:
    reach = reach_of(starter(), ("ben",))
    assert reach.domain["ben.held"] == ("nobody",)
    assert not any(
        reach.triggers[number]
        for number, trigger in enumerate(reach.ways.triggers)
        if trigger.seat == "ben"
    )
