"""What is called impossible is impossible: checked against every state of a small world."""

from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.expressions import FactsAt, condition, condition_sources, some_facts

from dreamsync_server.world.model import Type
from dreamsync_server.world.ranges import Domain, Possibility, possible
from dreamsync_server.world.values import Scalar

DOMAINS: dict[str, st.SearchStrategy[tuple[Scalar, ...]]] = {
    "night.heat": st.sampled_from([(-3,), (0, 1, 2), (2, 4), (5,)]),
    "crowd": st.sampled_from([(0,), (7, 8), (50, 100)]),
    "leo.warmth": st.sampled_from([(0, 1), (3,), (9, 10)]),
    "leo.mood": st.sampled_from([("calm",), ("angry",), ("calm", "angry")]),
    "night.dark": st.sampled_from([(True,), (False,), (False, True)]),
    "leo.scene": st.sampled_from([("hall.stage",), ("hall.stage", "nowhere")]),
}


def states(domain: dict[str, tuple[Scalar, ...]]) -> list[FactsAt]:
    """Return every state in which each fact has one of its possible values."""
    fixed = some_facts()
    drawn = product(*domain.values())
    return [FactsAt({**fixed, **dict(zip(domain, values, strict=True))}) for values in drawn]


@given(condition_sources(), st.fixed_dictionaries(DOMAINS))
@settings(deadline=None, max_examples=300)
def test_nothing_possible_is_called_impossible(
    source: str, domain: dict[str, tuple[Scalar, ...]]
) -> None:
    expr = condition(source)
    fixed: Domain = {name: (value,) for name, value in _scalars(some_facts()).items()}
    found = possible(expr, {**fixed, **domain})
    for me, who, anyone in product(("leo", "mia"), ("leo", "mia"), ("leo", "citizen.17")):
        names = {"me": me, "who": who, "anyone": anyone, "fragment": 2, "line": ""}
        for facts in states(domain):
            if expr.run(facts, names):
                assert found.can_be_true, found.reason
            else:
                assert found.can_be_false, found.reason
    assert found.can_be_true or found.can_be_false
    assert bool(found.reason) is not (found.can_be_true and found.can_be_false)


@pytest.mark.parametrize(
    ("source", "domain", "reason"),
    [
        ("crowd >= 40 and night.dark", {"crowd": Type("int", 0, 30)},
         "`crowd >= 40` cannot hold: crowd is 0 to 30"),
        ("crowd >= 40 and crowd < 30", {},
         "`crowd < 30` cannot hold: crowd is 40 to 100"),
        ("crowd < night.heat and crowd > 7", {},
         "`crowd > 7` cannot hold: crowd is 0 to 4"),
        ("leo.mood == 'angry'", {"leo.mood": ("calm",)},
         "`leo.mood == 'angry'` cannot hold: leo.mood is calm"),
        ("leo.mood == 'angry' and leo.mood != 'angry'", {},
         "`leo.mood != 'angry'` cannot hold: leo.mood is angry"),
        ("leo.scene == mia.scene", {"leo.scene": ("nowhere",), "mia.scene": ("hall.stage",)},
         "`leo.scene == mia.scene` cannot hold: leo.scene is nowhere, mia.scene is hall.stage"),
        ("who.warmth > 5", {"leo.warmth": (1, 2), "mia.warmth": (0,)},
         "`who.warmth > 5` cannot hold: who.warmth is 0 to 2"),
        ("count(r.warmth > 5 for r in family) >= 2", {"leo.warmth": (1,), "mia.warmth": (1,)},
         ("`count(r.warmth > 5 for r in family) >= 2` cannot hold: leo.warmth is 1"
         ", mia.warmth is 1")),
        ("any(r.warmth > 5 for r in family)", {"leo.warmth": (1,), "mia.warmth": (2,)},
         ("`r.warmth > 5` cannot hold: leo.warmth is 1; and "
         "`r.warmth > 5` cannot hold: mia.warmth is 2")),
        ("night.dark", {"night.dark": (False,)}, "`night.dark` cannot hold: night.dark is false"),
        ("not night.dark and night.dark", {}, "`night.dark` cannot hold: night.dark is false"),
        ("cued(expo.fall)", {"cued.expo.fall": (0,)},
         "`cued(expo.fall)` cannot hold: cued.expo.fall is 0"),
        ("'memo' in evidence.kinds",
         {"evidence.kinds": Type("list", size_max=3, item=Type("choice", choices=("scan",)))},
         "`'memo' in evidence.kinds` cannot hold: evidence.kinds is a list of at most 3: scan"),
        ("len(evidence.kinds) > 3",
         {"evidence.kinds": Type("list", size_max=1, item=Type("int", 1, 4))},
         "`len(evidence.kinds) > 3` cannot hold: evidence.kinds is a list of at most 1: 1 to 4"),
        ("night.heat in (6, 7)", {}, "`night.heat in (6, 7)` cannot hold: night.heat is -3 to 5"),
        ("crowd % 4 == 4", {}, "`crowd % 4 == 4` cannot hold: crowd is 0 to 100"),
        ("night.dark and anyone.mood == 'angry'",
         {"citizen.*.mood": ("calm",), "leo.mood": ("calm",)},
         "`anyone.mood == 'angry'` cannot hold: anyone.mood is calm"),
    ],
)  # fmt: skip
def test_an_impossible_condition_is_told_why(
    source: str, domain: dict[str, Any], reason: str
) -> None:
    assert possible(condition(source), domain) == Possibility(False, True, reason)


def test_a_condition_that_always_holds_is_told_why() -> None:
    found = possible(condition("crowd >= 0 or night.dark"), {})
    assert found == Possibility(True, False, "`crowd >= 0` always holds: crowd is 0 to 100")


def test_two_seats_of_one_chorus_may_be_two_people() -> None:
    assert possible(condition("anyone != tape.holder"), {"tape.holder": ("citizen",)}).can_be_true
    found = possible(condition("tape.holder == 'citizen'"), {"tape.holder": ("citizen",)})
    assert (found.can_be_true, found.can_be_false) == (True, False)


def _scalars(facts: FactsAt) -> dict[str, Scalar]:
    held = {name: value for name, value in facts.items() if isinstance(value, bool | int | str)}
    held["citizen.*.mood"] = held["citizen.17.mood"]
    held["citizen.*.warmth"] = held["citizen.17.warmth"]
    return held
