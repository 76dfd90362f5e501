"""Views: what a commit's changes are to each viewer, and that the index keeps exact."""

import random

import pytest
from support.packs import night, night_for_two, starter
from support.stage import Stage

from dreamsync_server.gateway.gate import JUDGE
from dreamsync_server.gateway.views import (
    ClassIndex,
    Eyes,
    Glimpse,
    Shift,
    Turn,
    crossing,
    fold,
    glimpse,
    glimpse_aside,
    hearers,
)
from dreamsync_server.world.audience import class_of, is_system
from dreamsync_server.world.commit import Event, Position
from dreamsync_server.world.state import Facts


def eyes(*atoms: str) -> Eyes:
    return Eyes(frozenset(atoms), JUDGE)


@pytest.mark.parametrize("seed", range(6))
def test_the_index_kept_by_commits_is_the_index_made_anew(seed: int) -> None:
    rng = random.Random(seed)
    stage = Stage(night(seed))
    for session, role in (("a", "ada"), ("b", "ben"), ("g", "guest")):
        stage.play.join(session, role)
    for _ in range(80):
        stage.random_turn(rng, ["a", "b", "g"])
        stage.hand_over()
    kept, facts = stage.follower.index, stage.follower.state.facts
    anew = ClassIndex(starter(), facts)
    assert kept.classes == anew.classes
    assert kept.digests == anew.digests
    assert {c: set(n) for c, n in kept.names.items()} == {c: set(n) for c, n in anew.names.items()}


def test_every_fact_that_is_not_the_engines_has_the_class_the_rules_give_it() -> None:
    play = night_for_two()
    index = ClassIndex(play.pack, play.facts)
    assert index.classes == {
        name: class_of(play.pack, play.facts, name) for name in play.facts if not is_system(name)
    }


def walk_to_the_attic(stage: Stage) -> None:
    """Open the attic and let Ben go up."""
    for _ in range(2):
        stage.play.act("a", "whisper", who="ben", words="psst")
        stage.play.pass_ms(3_000)
    stage.hand_over()
    assert stage.play.act("b", "go", to="house.attic").code == "ok"


def test_who_leaves_a_scene_takes_its_facts_out_of_sight() -> None:
    stage = Stage()
    stage.play.join("a", "ada")
    stage.play.join("b", "ben")
    walk_to_the_attic(stage)
    stage.hand_over()
    [step] = stage.follower.newest_steps(1)
    staying = glimpse(step.shifts, eyes("all", "role:ada", "scene:house.kitchen"))
    assert (staying.changes, set(staying.gone)) == ({}, {"ben.mood", "ben.scene"})


def test_who_crosses_into_a_scene_sees_what_it_holds_and_no_more_what_it_left() -> None:
    stage = Stage()
    stage.play.join("a", "ada")
    stage.play.join("b", "ben")
    walk_to_the_attic(stage)
    stage.hand_over()
    [step] = stage.follower.newest_steps(1)
    before = eyes("all", "role:ben", "scene:house.kitchen")
    after = eyes("all", "role:ben", "scene:house.attic")
    seen = crossing(stage.follower.index, step.shifts, before, after)
    assert set(seen.gone) == {"ada.mood", "ada.scene", "house.kitchen.lamp"}
    assert set(seen.changes) == {
        "ben.scene", "house.attic.lamp", "music_box.holder", "music_box.wound"
    }  # fmt: skip
    assert set(seen.revealed) == set(seen.changes) - {"ben.scene"}


def test_what_a_group_is_told_a_member_is_not_told_aside() -> None:
    stage = Stage()
    stage.play.join("g", "guest")
    stage.hand_over()
    stage.play.act("g", "hum")
    stage.hand_over()
    [step] = stage.follower.newest_steps(1)
    group = eyes("all", "role:guest", "scene:dream.orchard")
    member = eyes("all", "role:guest", "scene:dream.orchard", "seat:guest.1", "session:g")
    assert glimpse(step.shifts, group).changes == {}
    assert glimpse_aside(step.shifts, member, group).changes == {"guest.1.hummed": True}
    assert glimpse_aside(step.shifts, member, member) == Glimpse({}, (), (), 0)


def test_what_was_ones_own_and_is_now_everybodys_changes_only_the_digest_aside() -> None:
    shift = Shift("guest.1.hummed", False, True, ("seat:guest.1",), ("all",), 7, 9)
    group, member = eyes("all"), eyes("all", "seat:guest.1")
    assert glimpse([shift], group) == Glimpse({"guest.1.hummed": True}, ("guest.1.hummed",), (), 9)
    assert glimpse_aside([shift], member, group) == Glimpse({}, (), (), -7)


def test_a_speaker_hears_its_own_line_wherever_it_is_meant_for() -> None:
    said = Event("said", ("role:ben",), "ada")
    assert hearers(said) == ("role:ben", "seat:ada")
    assert hearers(Event("told", ("role:ben",), "ada")) == ("role:ben",)


def turn(seq: int, changes: dict[str, int], gone: tuple[str, ...] = (), *events: int) -> Turn:
    seen = Glimpse(dict(changes), (), gone, 0)
    happened = tuple((i, Event("told", ("all",), key=f"{seq}.{i}")) for i in events)
    return Turn(Position(1, seq), seq * 10, seen, happened)


def test_a_fold_has_the_last_value_of_each_fact_and_all_events_in_order() -> None:
    folded = fold([
        turn(1, {"a": 1, "b": 1}, (), 1),
        turn(1, {}, (), 0),
        turn(2, {"a": 2}, ("b", "c")),
        turn(3, {"c": 3}, (), 0),
    ])  # fmt: skip
    assert (folded.changes, folded.gone) == ({"a": 2, "c": 3}, ["b"])
    assert [event.key for _, _, _, event in folded.events] == ["1.0", "1.1", "3.0"]


def test_eyes_without_atoms_see_nothing() -> None:
    play = night_for_two()
    index = ClassIndex(play.pack, play.facts)
    assert index.visible(eyes()) == {}
    assert index.digest(eyes()) == 0
    assert not eyes("all", "desk").sees(None)
    assert Facts(play.pack).ms == 0
