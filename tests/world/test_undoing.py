"""Undo: what the pack says how to take back is taken back, once each, and may come again."""

import pytest
from support.sample import check_with

from dreamsync_server.story.playthrough import Playthrough
from dreamsync_server.world.commit import Proposal
from dreamsync_server.world.directing import DIRECTOR
from dreamsync_server.world.model import Pack

MORE = """\
beats:
  storm: {times: 2, do: [add: {calm: 3}], undo: [add: {calm: -3}]}
  word: {times: 2}
nudges:
  no_rest: {kind: deny, actions: [rest], lasts: 30s, times: 0, do: [add: {calm: 1}],
            undo: [add: {calm: -1}]}
  smell: {kind: hint, for: [ada], times: 0}
"""
TEXT = """\
beat.storm.title: Storm
beat.storm.text: A storm.
beat.word.title: A word
beat.word.text: A word.
nudge.no_rest.text: The bench is wet.
nudge.smell.text: It smells of rain.
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
    play.join("d", kind="desk")
    return play


def undo(play: Playthrough, target: str) -> str:
    return play.ask("undo", "desk", "d", {"target": target}).code


def cue(play: Playthrough, beat: str, **given: int) -> str:
    return play.ask("cue", "desk", "d", {"beat": beat, **given}).code


def test_a_beat_is_taken_back_by_its_own_effects_and_may_come_again(play: Playthrough) -> None:
    calm = play.facts.whole("calm")
    assert cue(play, "storm") == "ok"
    assert play.facts.whole("calm") == calm + 3

    assert undo(play, "storm") == "ok"

    assert (play.facts.whole("calm"), play.facts["cued.storm"]) == (calm, 0)
    assert [cue(play, "storm") for _ in range(3)] == ["ok", "ok", "spent"]


def test_a_late_copy_of_an_undone_cue_is_refused(play: Playthrough) -> None:
    assert cue(play, "storm", occurrence=0) == "ok"
    assert undo(play, "storm") == "ok"

    assert cue(play, "storm", occurrence=0) == "already"
    assert cue(play, "storm", occurrence=1) == "ok"


def test_the_director_leaves_what_was_undone_alone_for_a_while(play: Playthrough) -> None:
    cue(play, "storm")
    undo(play, "storm")
    proposal = Proposal("cue", "director", DIRECTOR, 0, {"beat": "storm", "occurrence": 1})

    assert play.direct(proposal).outcomes[0].code == "held"
    play.pass_ms(301_000)
    assert play.direct(proposal).outcomes[0].code == "ok"


def test_what_has_no_way_back_or_has_not_come_is_refused(play: Playthrough) -> None:
    assert undo(play, "storm") == "not_now"
    assert undo(play, "nothing") == "unknown_beat"
    cue(play, "word")
    before = dict(play.facts)
    assert undo(play, "word") == "no_undo"
    assert {k: v for k, v in play.facts.items() if before.get(k) != v}.keys() <= {"@session.d"}
    play.ask("nudge", "desk", "d", {"means": "hint", "target": "smell"})
    assert undo(play, "smell") == "no_undo"


def test_a_skip_is_always_taken_back_and_does_nothing_else(play: Playthrough) -> None:
    calm = play.facts.whole("calm")
    play.ask("skip", "desk", "d", {"beat": "storm"})
    play.ask("skip", "desk", "d", {"beat": "word"})

    assert (undo(play, "storm"), undo(play, "word")) == ("ok", "ok")
    assert (play.facts.whole("calm"), play.facts["cued.storm"], play.facts["cued.word"]) == (
        calm, 0, 0,
    )  # fmt: skip


def test_a_nudge_is_taken_back_with_its_denial(play: Playthrough) -> None:
    calm = play.facts.whole("calm")
    play.ask("nudge", "desk", "d", {"means": "deny", "target": "no_rest"})
    denied = play.act("a", "rest", who="ben").code

    assert undo(play, "no_rest") == "ok"

    assert play.facts.whole("calm") == calm
    assert (denied, play.act("a", "rest", who="ben").code) == ("not_now", "ok")
    assert undo(play, "no_rest") == "not_now"


def test_a_player_undoes_nothing(play: Playthrough) -> None:
    cue(play, "storm")
    assert play.ask("undo", "player", "a", {"target": "storm"}).code == "not_allowed"


def test_an_ending_has_no_way_back() -> None:
    checked = check_with(
        "endings: {over: {undo: []}}", text="ending.over.title: O\nending.over.text: O\n"
    )
    assert [fault.code for fault in checked.faults] == ["unknown_key"]
