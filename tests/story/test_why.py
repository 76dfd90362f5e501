"""Why, why not and what if: exactly the failing leaves, who changed what, and the way out."""

import pytest
from support.packs import night_for_two, starter
from support.sample import check_with

from dreamsync_server.story.guide import Guide
from dreamsync_server.story.playthrough import Playthrough
from dreamsync_server.story.why import asked_of, explain, last_changes, near_misses, what_if
from dreamsync_server.world.values import Value

GUIDE = Guide(starter())


def test_why_not_names_the_failing_leaves_and_changing_them_lets_the_beat_come() -> None:
    play = night_for_two()
    beat = play.pack.beats["footsteps"]
    why = explain(GUIDE, play.state, beat)
    assert [leaf.text for leaf in why.failing] == ['attic.door == "open"']
    assert "law unlocking" in why.failing[0].changers
    for _ in range(4):
        play.act("a", "comfort", who="ben")
        play.act("b", "comfort", who="ada")
        play.pass_ms(10_000)
    again = explain(GUIDE, play.state, beat)
    assert (again.code, again.failing) == ("ok", ())


def test_a_leaf_tells_when_and_by_whom_it_last_changed() -> None:
    play = night_for_two()
    play.pass_ms(5_000)
    play.act("a", "snuff_lamp")
    beat = play.pack.beats["chime"]
    assert beat.when is not None
    history = last_changes(reversed(play.commits), beat.when.reads, play.facts)
    [leaf] = explain(GUIDE, play.state, beat, history).leaves
    assert leaf.changed is not None
    assert (leaf.changed.world_ms, leaf.changed.by) == (5_000, "ada: snuff_lamp")
    [supposed] = explain(GUIDE, play.state, beat, history, supposed=["house.hush"]).leaves
    assert supposed.changed is None


def test_what_if_is_a_copy() -> None:
    play = night_for_two()
    other = what_if(play.state, {"house.hush": "6", "attic.door": "open", "ada.mood": "calm"})
    assert explain(GUIDE, other, play.pack.beats["chime"]).code == "ok"
    assert explain(GUIDE, play.state, play.pack.beats["chime"]).code == "condition"


@pytest.mark.parametrize(
    ("fact", "value", "says"),
    [
        ("house.hash", 1, "no fact"),
        ("house.hush", 11, "from 0 to 10"),
        ("attic.door", "ajar", "one of locked, open"),
        ("music_box.wound", 3, "true or false"),
        ("keepsakes", "apple, pear", "each of keepsakes is one of apple, leaf, ribbon"),
        ("keepsakes", "[leaf, leaf, leaf, leaf]", "3 items at most"),
    ],
)
def test_what_cannot_be_supposed_says_why(fact: str, value: int | str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        what_if(night_for_two().state, {fact: value})


def test_a_list_and_a_text_can_be_supposed() -> None:
    other = what_if(night_for_two().state, {"keepsakes": "leaf, apple", "ada.vow": "never"})
    assert (other.facts["keepsakes"], other.facts["ada.vow"]) == (("leaf", "apple"), "never")
    assert what_if(other, {"keepsakes": "[]"}).facts["keepsakes"] == ()


def asked(when: str, chapters: str = "[early]", **given: int) -> list[tuple[str, dict[str, Value]]]:
    """Return (text, facts) of what keeps a beat with this condition away, zeal as given."""
    checked = check_with(
        "facts: {zeal: {about: role, type: int, range: [0, 9], visible: all}}\n"
        "laws: {busy: {when: calm > 5, do: [{each: {r: cast}, do: [add: {r.zeal: 1}]}]}}\n"
        f'beats: {{asked: {{when: "{when}", chapters: {chapters}}}}}\n',
        text="beat.asked.title: A\nbeat.asked.text: A\nfact.zeal.name: Z\n",
    )
    pack = checked.pack
    assert pack is not None, checked.faults
    state = what_if(Playthrough(pack, 7).state, {f"{who}.zeal": n for who, n in given.items()})
    why = explain(Guide(pack), state, pack.beats["asked"])
    return [(leaf.text, dict(leaf.facts)) for leaf in why.failing]


def test_of_many_only_those_who_fail_keep_it_away() -> None:
    found = asked("all(r.zeal >= 3 for r in cast)", ada=3)
    assert found == [("r.zeal >= 3", {"ben.zeal": 0})]


def test_the_same_leaf_is_named_once() -> None:
    found = asked("ada.zeal >= 3 and (ada.zeal >= 3 or ben.zeal >= 5)")
    assert [text for text, _ in found] == ["ada.zeal >= 3", "ben.zeal >= 5"]


def test_what_must_not_hold_is_named_as_such() -> None:
    found = asked("not (ada.zeal >= 3 and ben.zeal >= 1)", ada=4, ben=2)
    assert [text for text, _ in found] == ["not (ada.zeal >= 3)", "not (ben.zeal >= 1)"]


def test_another_chapter_is_named_among_what_is_lacking() -> None:
    found = asked("ada.zeal >= 0", chapters="[late]")
    assert found == [("chapter in ['late']", {"chapter": "early"})]


def test_near_misses_are_those_of_now_the_nearest_first() -> None:
    found = near_misses(starter(), night_for_two().facts)
    assert found[0].failing == 1
    assert "blossoming" not in [near.beat for near in found]
    assert [near[1:] for near in found] == sorted(near[1:] for near in found)


def test_the_turn_of_the_chapter_is_among_what_is_told_of_a_beat() -> None:
    play = night_for_two()
    play.pass_ms(11 * 60_000)  # asleep by then: another chapter
    beat = play.pack.beats["footsteps"]
    history = last_changes(reversed(play.commits), asked_of(beat))
    leaf = explain(GUIDE, play.state, beat, history).leaves[0]
    assert (leaf.text, leaf.changers) == ("chapter in ['night']", ("law falling_asleep",))
    assert leaf.changed is not None
    assert leaf.changed.world_ms == 10 * 60_000
