"""Times: what can happen only so often can add up to only so much."""

from support.planted import planted

from dreamsync_server.story.causes import causes_of
from dreamsync_server.story.proofs import proofs_of
from dreamsync_server.story.reachable import reachable
from dreamsync_server.story.times import times_at_most

MORE = """
facts:
  debt: {type: int, range: [0, 50], start: 1, visible: all}
  notches: {type: int, range: [0, 50], start: 0, visible: all}
actions:
  borrow: {by: [ada, ben], times: 2, do: [{add: {debt: 3}}]}
  carve: {by: [guest], times: 1, do: [{add: {notches: 1}}]}
  again: {by: [ada], do: [{set: {debt: debt}}]}
laws:
  interest: {when: debt >= 10, once: true, do: [{add: {debt: 5}}]}
beats:
  poor: {when: debt >= 18}
  poorer: {when: debt >= 19}
  carved: {when: notches >= 20}
  carved_more: {when: notches >= 21}
"""
TEXTS = "\n".join(
    ["action.borrow.label: x", "action.carve.label: x", "action.again.label: x"]
    + ["fact.debt.name: x", "fact.notches.name: x"]
    + [
        f"beat.{beat}.{key}: x"
        for beat in ("poor", "poorer", "carved", "carved_more")
        for key in ("title", "text")
    ]
)


def test_what_everything_together_cannot_add_up_to_is_impossible() -> None:
    pack = planted(MORE.replace("  again: {by: [ada], do: [{set: {debt: debt}}]}\n", ""), TEXTS)
    for seats in (1, 3):  # spelled of the chorus
        ways = causes_of(pack, chorus_seats=seats)
        found = {p.goal.id: p.reason for p in proofs_of(reachable(pack, ways))}
        assert list(found) == ["poorer", "carved_more"]
    borrow, interest = "action borrow (planted.yaml:6:3, 2 times at most)", "law interest"
    assert found["poorer"] == (
        "`debt >= 19` cannot hold: debt is 1 to 18 (planted.yaml:12:18)",
        f"  debt is changed only by {borrow} and {interest} (planted.yaml:9:3, once)",
    )


def test_what_is_set_to_itself_and_more_is_added_to() -> None:
    more = MORE.replace("do: [{add: {debt: 3}}]", "do: [{set: {debt: 3 + debt}}]")
    pack = planted(more.replace("set: {debt: debt}", "set: {debt: debt - 0}"), TEXTS)
    borrow = {w.kind for w in causes_of(pack).ways if w.target == "debt" and w.value is not None}
    assert borrow == {"add"}


def test_what_is_set_to_itself_is_never_stepped_through() -> None:
    pack = planted(MORE, TEXTS)  # each time it is set, everything may be added once more, for all
    assert proofs_of(reachable(pack, causes_of(pack)))[0].goal.id == "carved_more"


def test_only_what_the_pack_bounds_is_bounded() -> None:
    pack = planted(MORE, TEXTS)
    ways = causes_of(pack)
    times = {(t.kind, t.id): times_at_most(pack, ways, t) for t in ways.triggers if t.kind != "go"}
    assert times["act", "borrow"] == 2
    assert times["act", "carve"] == 20  # a seat stands for all of them
    assert times["act", "talk"] is None
    assert times["law", "interest"] == times["cue", "blossoming"] == times["start", ""] == 1
    assert times["clock", "cockcrow"] is None  # the law that starts it may do so again
