"""The chain: nearer with every preparation, and its first steps can be done."""

from support.packs import starter

from dreamsync_server.story.atlas import atlas_of
from dreamsync_server.story.chain import NEVER, Chain
from dreamsync_server.story.company import gather, perform
from dreamsync_server.story.goals import Goal

ATLAS = atlas_of(starter())


def look(goal: Goal, play):
    return Chain(ATLAS, ATLAS.goal_node(goal)).look(play.facts, lambda _: 1.0)


def test_each_first_step_that_is_done_brings_the_goal_nearer() -> None:
    play, goal = gather(starter(), 1), Goal("action", "wind_box")
    costs = []
    for _ in range(20):
        if play.facts["did.wind_box"]:
            break
        found = look(goal, play)
        costs.append(found.cost)
        assert found.moves, "something can be done"
        play.pass_ms(4_000)
        assert perform(play, found.moves[0]).code == "ok"
    assert play.facts["did.wind_box"] == 1
    assert costs == sorted(costs, reverse=True)
    assert look(goal, play).cost == 0


def test_what_can_no_longer_come_about_is_never() -> None:
    play = gather(starter(), 1)
    play.pass_to(620_000)
    assert play.facts["chapter"] == "dream"
    assert look(Goal("beat", "chime"), play).cost == NEVER
    assert look(Goal("ending", "morning"), play).cost < NEVER


def test_it_knows_when_only_time_is_wanted() -> None:
    play = gather(starter(), 1)
    play.pass_to(600_000)
    found = look(Goal("ending", "orchard_keeps"), play)
    assert found.moves or found.is_waiting


def test_noise_changes_costs_and_not_what_is_possible() -> None:
    play, goal = gather(starter(), 1), Goal("ending", "morning")
    chain = Chain(ATLAS, ATLAS.goal_node(goal))
    plain, dear = chain.look(play.facts, lambda _: 1.0), chain.look(play.facts, lambda _: 2.0)
    assert plain.cost < dear.cost < NEVER
