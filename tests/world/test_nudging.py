"""Nudging, standing by, veto and background: who may, what happens, what is refused."""

import pytest
from support.sample import check_with

from dreamsync_server.story.playthrough import Playthrough
from dreamsync_server.world import memory
from dreamsync_server.world.commit import Commit, Proposal
from dreamsync_server.world.model import Pack

MORE = """\
nudges:
  smell: {kind: hint, for: [ada], actions: [rest], lasts: 90s}
  draught: {kind: cause, times: 2, every: 60s, when: calm < 5, do: [add: {calm: 1}], tension: 2,
            for: [ben]}
  no_rest: {kind: deny, actions: [rest], lasts: 30s}
"""
TEXT = """\
nudge.smell.text: It smells of rain.
nudge.draught.text: A draught.
nudge.no_rest.text: The bench is wet.
"""


@pytest.fixture(scope="module")
def pack() -> Pack:
    checked = check_with(MORE, text=TEXT)
    assert checked.pack is not None, checked.faults
    return checked.pack


@pytest.fixture
def play(pack: Pack) -> Playthrough:
    play = Playthrough(pack, 3, has_understudies=False)
    play.join("a", "ada")
    play.join("b", "ben")
    play.join("d", kind="desk")
    return play


def directed(play: Playthrough, **given: object) -> Commit:
    return play.direct(Proposal("nudge", "director", "director", arguments=given))


def test_a_hint_is_told_to_its_role_and_thought_of_for_a_while(play: Playthrough) -> None:
    commit = directed(play, means="hint", target="smell", heading="night")
    assert commit.outcomes[0].code == "ok"
    [event] = commit.events
    assert (event.kind, event.to, event.key) == ("nudge", ("role:ada",), "nudge.smell.text")
    assert memory.hinted(play.facts, "ada") == "rest"
    assert play.facts["director.heading"] == "night"
    play.pass_ms(90_000)
    assert memory.hinted(play.facts, "ada") == ""


def test_the_owner_holds_the_director_to_the_cap(play: Playthrough) -> None:
    directed(play, means="hint", target="smell")
    play.pass_ms(30_000)
    commit = directed(play, means="cause", target="draught")
    assert commit.outcomes[0].code == "cooldown"
    assert dict(commit.outcomes[0].arguments)["wait_ms"] == 30_000
    assert play.ask("nudge", "desk", "d", {"means": "cause", "target": "draught"}).code == "ok"
    play.pass_ms(30_000)
    assert directed(play, means="call", target="help").outcomes[0].code == "ok"


def test_a_cause_has_its_effects_its_times_and_its_tension(play: Playthrough) -> None:
    ask = {"means": "cause", "target": "draught"}
    assert play.ask("nudge", "desk", "d", ask).code == "ok"
    assert play.facts.whole("calm") == 2
    assert memory.tension_of(play.facts, "ben") == 2 * 3_600_000
    assert play.ask("nudge", "desk", "d", ask).code == "cooldown"
    play.pass_ms(60_000)
    assert play.ask("nudge", "desk", "d", ask).code == "ok"
    play.pass_ms(60_000)
    assert play.ask("nudge", "desk", "d", ask).code == "spent"


def test_what_is_denied_cannot_be_done_until_it_is_undenied(play: Playthrough) -> None:
    play.ask("nudge", "desk", "d", {"means": "deny", "target": "no_rest"})
    assert play.act("a", "rest", who="ben").code == "not_now"
    play.ask("nudge", "desk", "d", {"means": "undeny", "target": "rest"})
    assert play.act("a", "rest", who="ben").code == "ok"
    play.ask("nudge", "desk", "d", {"means": "deny", "target": "rest", "ms": 5_000})
    assert play.act("a", "rest", who="ben").code == "not_now"
    play.pass_ms(5_000)
    assert play.act("a", "rest", who="ben").code == "ok"


def test_a_director_that_stands_by_is_refused_and_the_desk_is_not(play: Playthrough) -> None:
    assert play.ask("direct", "desk", "d", {"standby": True, "temperament": "kind"}).code == "ok"
    assert directed(play, means="hint", target="smell").outcomes[0].code == "held"
    cue = Proposal("cue", "director", "director", arguments={"beat": "noon"})
    assert play.direct(cue).outcomes[0].code == "held"
    assert play.ask("nudge", "desk", "d", {"means": "hint", "target": "smell"}).code == "ok"
    play.ask("direct", "desk", "d", {"standby": False})
    assert memory.temperament_of(play.pack, play.facts) == "kind"
    assert play.direct(cue).outcomes[0].code == "condition"


def test_a_veto_is_for_the_director_alone_and_ends(play: Playthrough) -> None:
    play.ask("veto", "desk", "d", {"target": "smell", "ms": 60_000})
    assert directed(play, means="hint", target="smell").outcomes[0].code == "held"
    play.pass_ms(60_000)
    assert directed(play, means="hint", target="smell").outcomes[0].code == "ok"
    assert play.ask("veto", "desk", "d", {"target": "nothing"}).code == "unknown_beat"


def test_only_a_role_that_nobody_wanted_empty_is_cast(play: Playthrough) -> None:
    play.ask("release", "player", "a")
    assert play.facts["ada.held"] == "nobody"
    assert directed(play, means="cast", target="ada").outcomes[0].code == "ok"
    assert play.facts["ada.held"] == "understudy"
    play.ask("seat", "desk", "d", {"role": "ada", "to": "nobody"})
    play.pass_ms(600_000)
    assert directed(play, means="cast", target="ada").outcomes[0].code == "not_allowed"


def test_a_player_may_stay_in_the_background_and_nobody_else_may_say_so(play: Playthrough) -> None:
    assert play.ask("background", "player", "a").code == "ok"
    assert play.facts["director.background.ada"] is True
    assert play.ask("background", "player", "a", {"on": False}).code == "ok"
    assert play.facts["director.background.ada"] is False
    assert play.ask("background", "desk", "d").code == "not_allowed"


@pytest.mark.parametrize(
    "given",
    [
        {"means": "shout"},
        {"means": "hint", "target": "smell_of"},
        {"means": "cause", "target": "nothing"},
        {"means": "hint", "target": "ada"},
        {"means": "hurry", "clock": "bells", "by_ms": 1},
    ],
)
def test_what_cannot_be_meant_is_refused(play: Playthrough, given: dict[str, object]) -> None:
    assert play.ask("nudge", "desk", "d", given).code in ("bad_parameter", "unknown_role")
