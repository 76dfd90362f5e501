"""Effects that change facts."""

import pytest
from support.sample import check_with, told

from dreamsync_server.world import effects as fx


def law(do: str) -> str:
    return f"laws:\n  a:\n    when: calm > 1\n    do: [{do}]\n"


def effects_of(do: str) -> tuple[fx.Effect, ...]:
    checked = check_with(law(do))
    assert checked.pack is not None, checked.faults
    return checked.pack.laws["a"].effects


def run(expr: object) -> object:
    return expr.run({}, {})  # type: ignore[attr-defined]


def test_several_facts_in_one_set_are_several_effects() -> None:
    one, two = effects_of("set: {ada.mood: loud, calm: 3}")
    assert isinstance(one, fx.Set)
    assert isinstance(two, fx.Set)
    assert (one.fact.name, run(one.value)) == ("ada.mood", "loud")
    assert (two.fact.name, run(two.value)) == ("calm", 3)


def test_a_list_fact_is_set_to_a_list_of_yaml() -> None:
    (one,) = effects_of("set: {seen: [sun, moon]}")
    assert isinstance(one, fx.Set)
    assert run(one.value) == ("sun", "moon")


def test_drift_has_a_rate_or_stops() -> None:
    one, two = effects_of("{drift: {calm: -4 per minute}}, {drift: {calm: stop}}")
    assert isinstance(one, fx.SetRate)
    assert isinstance(two, fx.SetRate)
    assert (run(one.rate), one.per_hour) == (-4, 60)
    assert run(two.rate) == 0


def test_a_drift_of_almost_nothing_but_spaces_is_a_fault_and_read_at_once() -> None:
    checked = check_with(law(f'drift: {{calm: "4{" " * 400_000}par hour"}}'))
    assert [fault.code for fault in checked.faults] == ["bad_rate"]


def test_move_give_append_remove_and_roll() -> None:
    found = effects_of(
        "{move: {who: ada, to: yard}}, {give: {thing: lamp, to: ben}}, {append: {seen: sun}},"
        " {remove: {seen: moon}}, {roll: {stream: dice, sides: 6, into: calm}}"
    )
    move, give, append, remove, roll = found
    assert isinstance(move, fx.Move)
    assert (run(move.who), run(move.to)) == ("ada", "yard")
    assert isinstance(give, fx.Give)
    assert (run(give.thing), run(give.to)) == ("lamp", "ben")
    assert isinstance(append, fx.Append)
    assert run(append.item) == "sun"
    assert isinstance(remove, fx.Remove)
    assert run(remove.item) == "moon"
    assert isinstance(roll, fx.Roll)
    assert (roll.stream, run(roll.sides), roll.fact.name) == ("dice", 6, "calm")


@pytest.mark.parametrize(
    ("do", "fault"),
    [
        ("set: {calm: 11}", "out_of_bounds more.yaml:4:22"),
        ("set: {ada.mood: lowd}", "expression more.yaml:4:26"),
        ("set: {ada.mod: loud}", "expression more.yaml:4:16"),
        ("add: {calm: 99}", "out_of_bounds more.yaml:4:22"),
        ("add: {ada.mood: 1}", "wrong_type more.yaml:4:16"),
        ("drift: {ada.mood: 1 per hour}", "wrong_type more.yaml:4:18"),
        ("drift: {calm: 9999 per second}", "out_of_bounds more.yaml:4:24"),
        ("append: {seen: son}", "expression more.yaml:4:25"),
        ("append: {calm: 1}", "wrong_type more.yaml:4:19"),
        ("move: {who: ada, to: yrad}", "expression more.yaml:4:31"),
        ("move: {who: guest, to: yard}", "unknown_id more.yaml:4:22"),
        ("move: {to: yard}", "no_actor more.yaml:4:10"),
        ("give: {thing: lmap, to: ben}", "expression more.yaml:4:24"),
        ("give: {thing: lamp, to: guest}", "expression more.yaml:4:34"),
        ("roll: {sides: 0, into: calm}", "out_of_bounds more.yaml:4:24"),
        ("roll: {sides: 6}", "missing_key more.yaml:4:16"),
        ("set: {lamp.holder: ada}", "not_settable more.yaml:4:16"),
        ("set: {chapter: late}", "not_settable more.yaml:4:16"),
        ("set: {clock.bell: 1}", "not_settable more.yaml:4:16"),
    ],
)
def test_a_fault_of_a_deed_is_told_at_its_place(do: str, fault: str) -> None:
    assert told(check_with(law(do))) == [fault]


def test_a_roll_stays_within_what_its_fact_holds() -> None:
    assert check_with(law("roll: {stream: s, sides: 10, into: calm}")).pack is not None
    faults = told(check_with(law("roll: {stream: s, sides: 11, into: calm}")))
    assert faults == ["out_of_bounds more.yaml:4:35"]
