"""Effects on clocks, choices, chapters and endings."""

import pytest
from support.sample import check_with, told

from dreamsync_server.world import effects as fx


def law(do: str) -> str:
    return f"laws:\n  a:\n    when: calm > 1\n    do: [{do}]\n"


@pytest.mark.parametrize(
    ("do", "effect", "given"),
    [
        ("start: bell", fx.StartClock, ("bell", None)),
        ("start: {clock: bell, in: 90s}", fx.StartClock, ("bell", 90_000)),
        ("stop: bell", fx.StopClock, ("bell",)),
        ("hurry: {clock: bell, by: 20s}", fx.HurryClock, ("bell", -20_000)),
        ("hurry: {clock: bell, by: -20s}", fx.HurryClock, ("bell", 20_000)),
        ("offer: stay", fx.Offer, ("stay",)),
        ("chapter: late", fx.ToChapter, ("late",)),
        ("end: night", fx.End, ("night",)),
    ],
)
def test_a_turn(do: str, effect: type, given: tuple[object, ...]) -> None:
    checked = check_with(law(do))
    assert checked.pack is not None, checked.faults
    (one,) = checked.pack.laws["a"].effects
    assert one == effect(*given, one.place)


@pytest.mark.parametrize(
    ("do", "fault"),
    [
        ("start: bel", "unknown_id more.yaml:4:17"),
        ("start: {clock: bel}", "unknown_id more.yaml:4:25"),
        ("hurry: {clock: bell, by: soon}", "bad_duration more.yaml:4:35"),
        ("offer: [stay]", "wrong_kind more.yaml:4:17"),
        ("chapter: latte", "unknown_id more.yaml:4:19"),
        ("end: noon", "unknown_id more.yaml:4:15"),
    ],
)
def test_a_fault_of_a_turn_is_told_at_its_place(do: str, fault: str) -> None:
    assert told(check_with(law(do))) == [fault]
