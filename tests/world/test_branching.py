"""Parting from an origin: who was there is gone, what happened stays."""

from support.packs import night, night_for_two, starter

from dreamsync_server.world.branching import origin_of
from dreamsync_server.world.commit import Moment, Proposal
from dreamsync_server.world.decide import decide
from dreamsync_server.world.evolve import evolve
from dreamsync_server.world.state import State


def parted(state: State, **given: object) -> State:
    twin = state.fork()
    arguments = {"epoch": 9, "origin": "w_1", "at": state.position.seq, **given}
    begin = Proposal("begin", "owner", arguments=arguments)
    evolve(twin, decide(starter(), twin, begin, Moment(twin.world_ms, 77)))
    return twin


def test_sessions_seats_and_a_pause_stay_with_the_origin() -> None:
    play = night_for_two()
    play.act("a", "talk", words="mine")
    play.join("g", "guest")
    play.propose(Proposal("pause", "player", "a", 2))
    before = play.state.facts
    assert before["paused"]
    after = parted(play.state).facts
    assert not [name for name in after if name.startswith(("@session.", "@inbox", "@paused"))]
    assert after["paused"] is False
    assert [after[f"{seat}.held"] for seat in ("ada", "ben", "guest.1")] == ["nobody"] * 3
    assert after["ada.player"] == after["guest.1.player"] == ""
    assert "guest.1.held" not in dict(after)


def test_facts_clocks_and_dice_go_on_where_they_were() -> None:
    play = night_for_two()
    play.act("b", "make_tea")
    before, after = play.state.facts, parted(play.state).facts
    kept = [name for name in before if not name.startswith(("@session", "@seat")) and name not in
            ("ada.held", "ben.held", "ada.player", "ben.player", "@asleep")]  # fmt: skip
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
    assert after.ms == before.ms


def test_a_seat_an_understudy_holds_stays_its_own_and_an_empty_one_gets_one() -> None:
    play = night(has_understudies=True)
    play.join("a", "ada")
    after = parted(play.state).facts
    assert (after["ada.held"], after["ben.held"]) == ("understudy", "understudy")


def test_the_origin_is_a_fact_and_the_world_sleeps_until_somebody_comes() -> None:
    play = night_for_two()
    branch = parted(play.state)
    assert origin_of(branch.facts) == ("w_1", play.state.position.seq)
    assert branch.facts["@asleep"] is True
    assert origin_of(play.state.facts) is None
    assert not branch.facts.get("@closed")
    assert parted(play.state, closed=True).facts["@closed"] is True
