"""Ways: triggers and changes, indexed; combinations of parameters within a bound."""

from dreamsync_server.story.ways import (
    Guard,
    Trigger,
    Way,
    combinations,
    const,
    index_ways,
    is_not,
    is_one_of,
)
from dreamsync_server.world.evaluate import evaluate
from dreamsync_server.world.model import Place, Type

HERE = Place("x.yaml", 1, 1)
WORDS = Type("choice", choices=("a", "b", "c"))


def holds(guard: Guard, value: str) -> bool:
    return bool(evaluate(guard.node, {"f": value}, {}))


def test_ways_are_found_by_what_they_change_and_by_what_sets_them_off() -> None:
    triggers = [Trigger("law", "l", (), HERE), Trigger("cue", "b", (), HERE)]
    one = const(1, Type("int"))
    ways = [Way(t, name, "set", one, (), (), HERE) for t, name in ((0, "x"), (1, "x"), (1, "y"))]
    found = index_ways(triggers, ways)
    assert (found.of, found.by_trigger) == ({"x": (0, 1), "y": (2,)}, ((0,), (1, 2)))


def test_every_combination_comes_once_and_what_would_be_too_many_stays_free() -> None:
    choices = [("a", (1, 2)), ("b", ("x", "y", "z")), ("c", ())]
    assert len(list(combinations(choices, 10))) == 6
    assert list(combinations(choices, 3)) == [{"a": 1}, {"a": 2}]
    assert list(combinations([], 3)) == [{}]


def test_the_engines_own_conditions_say_what_they_mean() -> None:
    assert holds(is_one_of("f", WORDS, ("a",), HERE), "a")
    assert [holds(is_one_of("f", WORDS, ("a", "b"), HERE), v) for v in "abc"] == [True, True, False]
    assert [holds(is_not("f", WORDS, "a", HERE), v) for v in "ab"] == [False, True]
    assert str(Trigger("act", "wave", (), HERE, "ada")) == "action wave"
