"""A change of pack: every fact keeps what it may, by stated rules, in one commit."""

from collections.abc import Mapping

import pytest
from support.packs import WORLDS, night_for_two, starter

from dreamsync_server.limits import DRIFT_UNIT
from dreamsync_server.packs import check_folder, load
from dreamsync_server.story.playthrough import Playthrough
from dreamsync_server.world.agenda import Agenda
from dreamsync_server.world.commit import Commit, Moment, Proposal
from dreamsync_server.world.decide import decide
from dreamsync_server.world.evolve import evolve
from dreamsync_server.world.model import Pack
from dreamsync_server.world.repacking import changed_at, pack_in_force
from dreamsync_server.world.sessions import session_of
from dreamsync_server.world.state import State
from dreamsync_server.world.values import Drift

HUSH = "house.hush: {type: int, range: [0, 10], start: 0, visible: all, drift: 60 per hour}"
MOOD = "choices: [calm, uneasy, brave], start: uneasy"


def files() -> dict[str, str]:
    return dict(check_folder(WORLDS / "starter").files)


def edited(*edits: tuple[str, str], more: Mapping[str, str] | None = None) -> Pack:
    """Return the starter pack with words replaced; each must be there."""
    found = {**files(), **(more or {})}
    for old, new in edits:
        assert any(old in text for text in found.values()), old
        found = {name: text.replace(old, new) for name, text in found.items()}
    return load(found)


def repacked(play: Playthrough, new: Pack) -> Commit:
    """Change the pack of a world as its owner does."""
    proposal = Proposal("repack", "owner", arguments={"pack": new.hash})
    commit = decide(new, play.state, proposal, Moment(play.world_ms, 0))
    evolve(play.state, commit)
    play.state.adopt(new)
    return commit


def test_what_did_not_change_stays_and_everybody_stays_in_place() -> None:
    play = night_for_two()
    play.act("a", "make_tea")
    before = {name: value for name, value in play.facts.items() if name[0] != "@"}
    new = edited(("cue_gap: 10s", "cue_gap: 11s"))
    commit = repacked(play, new)
    assert [change.name for change in commit.changes] == ["@pack"]
    assert {name: value for name, value in play.facts.items() if name[0] != "@"} == before
    session = session_of(play.facts, "a")
    assert session is not None
    assert session.seat == "ada"
    assert pack_in_force(play.facts, starter().hash) == new.hash
    assert changed_at(play.facts) == commit.position.seq


def test_an_int_comes_to_the_nearest_end_of_a_narrower_range() -> None:
    play = night_for_two()
    for _ in range(4):
        play.act("a", "comfort", who="ben")
        play.pass_ms(10_000)
    assert play.facts["trust.ada.ben"] == 4
    repacked(play, edited(("range: [-5, 5]", "range: [-5, 2]")))
    assert play.facts["trust.ada.ben"] == 2


def test_a_drift_goes_on_from_where_it_is_at_the_new_rate_and_in_the_new_range() -> None:
    play = night_for_two()
    play.pass_ms(120_000)
    new = edited((HUSH, HUSH.replace("60 per hour", "120 per hour").replace("[0, 10]", "[0, 20]")))
    repacked(play, new)
    assert play.facts["house.hush"] == Drift(2 * DRIFT_UNIT, 120, 120_000, 0, 20)


def test_a_fact_that_drifts_no_more_stands_where_it_was() -> None:
    play = night_for_two()
    play.pass_ms(180_000)
    repacked(play, edited((HUSH, HUSH.replace(", drift: 60 per hour", ""))))
    assert play.facts["house.hush"] == Drift(3 * DRIFT_UNIT, 0, 180_000, 0, 10)


def test_a_word_that_is_gone_and_another_type_go_back_to_the_start() -> None:
    play = night_for_two()
    play.act("a", "comfort", who="ben")
    assert play.facts["ben.mood"] == "calm"
    new = edited(
        (MOOD, "choices: [easy, uneasy, brave], start: uneasy"),
        ("set: {who.mood: calm}", "set: {who.mood: easy}"),
        ('r.mood == "calm"', 'r.mood == "easy"'),
    )
    repacked(play, new)
    assert play.facts["ben.mood"] == "uneasy"


def test_a_new_fact_begins_and_one_that_is_gone_is_taken_away() -> None:
    play = night_for_two()
    new = edited(
        ("  vow: {about", "  oath: {about"),
        ("set: {me.vow: words}", "set: {me.oath: words}"),
        ("fact.vow.name", "fact.oath.name"),
    )
    repacked(play, new)
    assert "ada.vow" not in play.facts
    assert play.facts["ada.oath"] == ""


def test_whoever_stands_in_a_scene_that_is_gone_stands_where_the_role_starts() -> None:
    play = night_for_two()
    for _ in range(2):
        play.act("a", "comfort", who="ben")
        play.pass_ms(10_000)
    assert play.act("a", "go", to="house.attic").code == "ok"
    repacked(play, edited(("house.attic", "house.loft")))
    assert play.facts["ada.scene"] == "house.kitchen"
    assert play.facts["music_box.holder"] == "house.loft"
    assert "house.attic.lamp" not in play.facts
    assert play.facts["house.loft.lamp"] is True


def test_a_role_that_is_gone_frees_its_player_who_may_take_another() -> None:
    play = night_for_two()
    repacked(play, edited(("ben", "bob")))
    session = session_of(play.facts, "b")
    assert session is not None
    assert (session.seat, session.is_present) == ("", 1)
    assert "@seat.ben" not in play.facts
    assert play.facts["bob.held"] == "nobody"
    given = Proposal("claim", "player", "b", 1, {"role": "bob"})
    commit = decide(play.state.pack, play.state, given, Moment(play.world_ms, 0))
    assert [outcome.code for outcome in commit.outcomes] == ["ok"]


def test_a_chorus_that_shrinks_frees_the_seats_that_are_gone() -> None:
    play = Playthrough(starter(), 7, has_understudies=False)
    for k in range(1, 4):
        assert play.join(f"g{k}", "guest").code == "ok"
    play.act("g1", "hum")
    play.act("g3", "hum")
    repacked(play, edited(("chorus: 20", "chorus: 2")))
    assert play.facts["guest.1.hummed"] is True
    assert "guest.3.hummed" not in play.facts
    third, first = session_of(play.facts, "g3"), session_of(play.facts, "g1")
    assert third is not None
    assert first is not None
    assert (third.seat, first.seat) == ("", "guest.1")


def test_a_clock_and_a_question_go_on_and_a_clock_that_is_gone_does_not() -> None:
    play = night_for_two()
    play.pass_ms(601_000)
    assert play.facts["chapter"] == "dream"
    ends_ms = play.facts["clock.cockcrow"]
    repacked(play, edited(("length: 5m", "length: 9m")))
    assert play.facts["clock.cockcrow"] == ends_ms
    repacked(play, edited(("cockcrow", "rooster")))
    assert "clock.cockcrow" not in play.facts
    assert play.facts["clock.rooster"] == 0


def test_a_chapter_that_is_gone_gives_way_to_the_first_which_begins_now() -> None:
    play = night_for_two()
    play.pass_ms(601_000)
    repacked(
        play,
        edited(
            ("chapter: dream", "chapter: deep"),
            ("  dream:\n    curve", "  deep:\n    curve"),
            ("chapters: [dream]", "chapters: [deep]"),
            ("chapter.dream", "chapter.deep"),
        ),
    )
    assert play.facts["chapter"] == "night"
    assert play.facts["@chapter"] == play.world_ms


def test_what_was_counted_stays_counted_where_it_still_exists() -> None:
    play = night_for_two()
    play.act("a", "make_tea")
    repacked(play, edited(("cue_gap: 10s", "cue_gap: 11s")))
    assert play.facts["@times.ada.make_tea"] == 1
    repacked(play, edited(("make_tea", "brew_tea")))
    assert "@times.ada.make_tea" not in play.facts
    assert "did.make_tea" not in play.facts


def test_a_law_of_the_new_pack_that_holds_already_is_enforced_at_once() -> None:
    play = night_for_two()
    law = "laws:\n  fright: {when: ada.nerve >= 5, do: [{set: {ada.mood: brave}}]}\n"
    repacked(play, edited(more={"more.yaml": law}))
    assert play.facts["ada.mood"] == "brave"


def test_the_world_goes_on_under_the_new_pack_and_its_log_can_be_read_without_any() -> None:
    play = night_for_two()
    new = edited(("add: {me.nerve: 1}", "add: {me.nerve: 3}"))
    log = [*play.commits, repacked(play, new)]
    agenda = Agenda(new, play.state)
    assert agenda.next_due() is not None
    tea = Proposal("act", "player", "a", 1, {"action": "make_tea", "params": {}})
    commit = decide(new, play.state, tea, Moment(play.world_ms, 0))
    evolve(play.state, commit)
    assert play.facts["ada.nerve"] == 8
    reader = State(starter())
    for each in [*log, commit]:
        evolve(reader, each)
    assert reader.digest == play.state.digest


@pytest.mark.parametrize("given", ["", "0" * 64])
def test_a_pack_that_is_not_the_one_named_is_refused(given: str) -> None:
    play = night_for_two()
    new = edited(("cue_gap: 10s", "cue_gap: 11s"))
    proposal = Proposal("repack", "owner", arguments={"pack": given})
    commit = decide(new, play.state, proposal, Moment(play.world_ms, 0))
    assert commit.changes == ()
    assert play.facts.pack is play.pack


def test_the_same_pack_again_changes_nothing() -> None:
    play = night_for_two()
    proposal = Proposal("repack", "owner", arguments={"pack": play.pack.hash})
    assert decide(play.pack, play.state, proposal, Moment(play.world_ms, 0)).changes == ()
