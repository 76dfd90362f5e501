"""Lists of effects: what nests, what is bound, what is refused."""

import pytest
from support.sample import check_with, told

from dreamsync_server.packs.effects import EFFECTS
from dreamsync_server.world import effects as fx


def law(do: str) -> str:
    return f"laws:\n  a:\n    when: calm > 1\n    do: {do}\n"


def effects_of(do: str) -> tuple[fx.Effect, ...]:
    checked = check_with(law(do))
    assert checked.pack is not None, checked.faults
    return checked.pack.laws["a"].effects


def test_if_each_and_chance_hold_effects() -> None:
    (one,) = effects_of(
        "[{each: {r: family}, if: r.nerve > 1, do: [{if: calm > 2, then: [add: {r.nerve: 1}],"
        " else: [chance: {of: 30, then: [chapter: late], else: [chapter: early]}]}]}]"
    )
    assert isinstance(one, fx.Each)
    assert (one.variable, one.members) == ("r", ("ada", "ben"))
    (inner,) = one.effects
    assert isinstance(inner, fx.If)
    assert isinstance(inner.then[0], fx.Add)
    (luck,) = inner.other
    assert isinstance(luck, fx.Chance)
    assert (luck.stream, luck.per) == ("luck", 100)
    assert [len(luck.then), len(luck.other)] == [1, 1]


def test_a_single_effect_is_a_list_of_one_and_nothing_is_none() -> None:
    assert len(effects_of("{chapter: late}")) == 1
    assert effects_of("[]") == ()


@pytest.mark.parametrize(
    ("do", "fault"),
    [
        ("[chapter]", "wrong_kind more.yaml:4:10"),
        ("[{add: {calm: 1}, set: {calm: 1}}]", "unknown_key more.yaml:4:27"),
        ("[{if: calm > 1, than: []}]", "missing_key more.yaml:4:11"),
        ("[{each: {r: family}}]", "missing_key more.yaml:4:11"),
        ("[{each: {r: family, q: family}, do: []}]", "wrong_kind more.yaml:4:17"),
        ("[{each: {ada: family}, do: []}]", "reserved_id more.yaml:4:18"),
        ("[{each: {mood: family}, do: []}]", "reserved_id more.yaml:4:18"),
        ("[{each: {r: [guest]}, do: []}]", "unknown_id more.yaml:4:22"),
        ("[{chance: {of: 200, then: []}}]", "out_of_bounds more.yaml:4:24"),
        ("[{chance: {of: 2, stream: My Luck}}]", "bad_id more.yaml:4:35"),
    ],
)
def test_a_fault_of_an_effect_is_told_at_its_place(do: str, fault: str) -> None:
    assert told(check_with(law(do)))[0] == fault


def test_every_effect_of_the_language_is_known_by_its_key() -> None:
    assert set(EFFECTS) == {
        "set", "add", "drift", "move", "give", "append", "remove", "start", "stop", "hurry", "say",
        "tell", "offer", "roll", "chance", "if", "each", "chapter", "end",
    }  # fmt: skip
