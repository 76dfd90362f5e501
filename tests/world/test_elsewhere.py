"""News from elsewhere: the director's alone, once an ending, never too often, in the log whole."""

import pytest
from support.sample import check_with

from dreamsync_server.story.playthrough import Playthrough
from dreamsync_server.world.commit import Commit, Proposal
from dreamsync_server.world.elsewhere import shared_ending
from dreamsync_server.world.evolve import evolve
from dreamsync_server.world.model import Pack
from dreamsync_server.world.state import State

HEAD = "format: 1\nid: sample\nlanguages: [en]\n"
MORE = """\
facts: {lamps: {type: int, range: [0, 9], visible: all}}
nudges:
  letter: {kind: elsewhere, endings: [night], when: calm < 9, for: [ada], do: [add: {lamps: 1}]}
  smell: {kind: hint, for: [ada], actions: [rest]}
endings: {dawn: {when: lamps >= 9}}
"""
TEXT = """\
fact.lamps.name: lamps
nudge.letter.text: 'A letter: with us it was {ending}.'
nudge.smell.text: It smells of rain.
ending.dawn.title: Dawn
ending.dawn.text: It is dawn.
"""
GAP_MS = 300_000


def pack_of(head: str = "", more: str = MORE) -> Pack:
    checked = check_with(more, text=TEXT, pack=HEAD + head)
    assert checked.pack is not None, checked.faults
    return checked.pack


def opened(head: str = "", *, at_ms: int = GAP_MS) -> Playthrough:
    play = Playthrough(pack_of(head), 3, has_understudies=False)
    play.join("a", "ada")
    play.join("b", "ben")
    play.pass_ms(at_ms)
    return play


def news(play: Playthrough, ending: str, nudge: str = "") -> Commit:
    given = {"means": "elsewhere", "target": ending, "nudge": nudge}
    return play.direct(Proposal("nudge", "director", "director", arguments=given))


def test_a_packs_own_words_are_told_to_whom_it_says_and_do_what_it_says() -> None:
    play = opened()
    commit = news(play, "night", "letter")
    assert commit.outcomes[0].code == "ok"
    [event] = commit.events
    assert (event.kind, event.to, event.key) == ("nudge", ("role:ada",), "nudge.letter.text")
    assert dict(event.arguments) == {"nudge": "letter", "ending": "ending.night.title"}
    assert play.facts["lamps"] == 1
    assert commit.cause.by == "director"


def test_an_ending_without_words_is_told_to_all_in_the_engines() -> None:
    commit = news(opened(), "dawn")
    [event] = commit.events
    assert (event.to, event.key) == (("all",), "nudge.elsewhere")
    assert dict(event.arguments) == {"ending": "ending.dawn.title"}


def test_each_ending_is_told_once_and_no_two_within_the_gap() -> None:
    early = opened(at_ms=GAP_MS - 1)
    assert news(early, "dawn").outcomes[0].code == "cooldown"
    play = opened("nudge_cap: 600 per hour\n")
    assert news(play, "dawn").outcomes[0].code == "ok"
    play.pass_ms(GAP_MS - 1)
    assert news(play, "night", "letter").outcomes[0].code == "cooldown"
    play.pass_ms(1)
    assert news(play, "night", "letter").outcomes[0].code == "ok"
    play.pass_ms(GAP_MS)
    assert news(play, "night", "letter").outcomes[0].code == "already"
    assert news(play, "dawn").outcomes[0].code == "already"


@pytest.mark.parametrize(
    ("head", "ending", "nudge", "code"),
    [
        ("", "noon", "", "unknown_beat"),  # a beat, and no ending
        ("", "elsewhere_only", "", "unknown_beat"),  # another version of the pack had it
        ("", "night", "", "bad_parameter"),  # the pack has words, and they must be said
        ("", "night", "smell", "bad_parameter"),
        ("elsewhere: none\n", "night", "letter", "not_allowed"),
        ("elsewhere: written\n", "dawn", "", "not_allowed"),
        ("elsewhere: written\n", "night", "letter", "ok"),
        ("elsewhere_gap: 10m\n", "dawn", "", "cooldown"),
        ("nudge_cap: 0 per hour\n", "dawn", "", "not_allowed"),
    ],
)
def test_the_world_judges_each_piece_of_news(head: str, ending: str, nudge: str, code: str) -> None:
    play = opened(head)
    commit = news(play, ending, nudge)
    assert commit.outcomes[0].code == code
    if code != "ok":
        assert not commit.events
        assert f"@elsewhere.{ending}" not in play.facts


def test_nobody_else_brings_news_from_elsewhere() -> None:
    play = opened()
    play.join("d", kind="desk")
    given = {"means": "elsewhere", "target": "dawn"}
    assert play.ask("nudge", "desk", "d", given).code == "not_allowed"
    given = {"means": "cause", "target": "letter"}
    assert play.ask("nudge", "desk", "d", given).code == "bad_parameter"


def test_the_news_is_in_the_log_and_needs_nothing_else() -> None:
    play = opened()
    news(play, "night", "letter")
    again = State(play.pack)
    for commit in play.commits:
        evolve(again, commit)
    assert again.digest == play.state.digest
    assert again.facts["@elsewhere.night"] is True


@pytest.mark.parametrize(("kept", "shared"), [("lamps >= 1", ""), ("lamps == 0", "night")])
def test_a_pack_may_keep_an_ending_to_itself(kept: str, shared: str) -> None:
    play = Playthrough(pack_of(f"shares_ending: {kept}\n"), 3, has_understudies=False)
    assert shared_ending(play.pack, play.facts) == ""
    play.join("d", kind="desk")
    play.ask("cue", "desk", "d", {"beat": "night", "override": True})
    assert shared_ending(play.pack, play.facts) == shared
