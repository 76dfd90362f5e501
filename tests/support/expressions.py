"""A small scope with facts of every kind, and random sources that are valid in it."""

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from dreamsync_server.world.model import Expr, Place, Type
from dreamsync_server.world.parse import parse, parse_condition
from dreamsync_server.world.scope import Scope, Slot
from dreamsync_server.world.values import Value

HERE = Place("story.yaml", 3, 12)
SCENES = ("home.kitchen", "hall.stage", "nowhere")
ROLES = ("leo", "mia", "citizen")

INT = Type("int", -3, 5)
BOOL = Type("bool")
MOOD = Type("choice", choices=("calm", "angry"))
SCENE = Type("choice", choices=SCENES)
KINDS = Type("list", size_max=3, item=Type("choice", choices=("memo", "scan", "tape")))
HOLDER = Type("choice", choices=(*ROLES, *SCENES, "nobody"))
HELD = Type("choice", choices=("nobody", "player", "understudy"))

SCOPE = Scope(
    facts={
        "crowd": Slot(Type("int", 0, 100)),
        "night.heat": Slot(INT),
        "night.dark": Slot(BOOL),
        "motto": Slot(Type("text", size_max=40)),
        "evidence.kinds": Slot(KINDS),
        "leo.scene": Slot(SCENE),
        "mia.scene": Slot(SCENE),
        "leo.mood": Slot(MOOD),
        "mia.mood": Slot(MOOD),
        "leo.warmth": Slot(Type("int", 0, 10), can_drift=True),
        "mia.warmth": Slot(Type("int", 0, 8), can_drift=True),
        "leo.held": Slot(HELD),
        "mia.held": Slot(HELD),
        "bond.leo.mia": Slot(Type("int", -5, 5)),
        "tape.holder": Slot(HOLDER),
        "citizen.rage": Slot(Type("int", 0, 9)),
        "cued.expo.fall": Slot(Type("int", 0, 1_000)),
        "clock.bed": Slot(Type("int", 0, 10**14)),
    },
    seats={"citizen": {"mood": Slot(MOOD), "scene": Slot(SCENE), "warmth": Slot(INT)}},
    aliases={"bond.mia.leo": "bond.leo.mia"},
    sets={"family": ("leo", "mia"), "scenes": SCENES[:2]},
    ids=(*ROLES, *SCENES[:2], "tape"),
    beats=("expo.fall",),
    clocks=("bed",),
    variables={
        "me": Type("choice", choices=("leo", "mia")),
        "who": Type("choice", choices=("leo", "mia")),
        "anyone": Type("choice", choices=("leo", "citizen")),
        "fragment": Type("int", 1, 3),
        "line": Type("text", size_max=200),
    },
)

NAMES: Mapping[str, Any] = {
    "me": "leo",
    "who": "mia",
    "anyone": "citizen.17",
    "fragment": 2,
    "line": "now?",
}


class FactsAt(dict[str, Value]):
    """Facts at a world time, as the state holds them."""

    def __init__(self, known: Mapping[str, Value], ms: int = 0) -> None:
        super().__init__(known)
        self.ms = ms


def some_facts(ms: int = 0, **changed: Value) -> FactsAt:
    """Return facts for all names of the scope; `__` in a keyword stands for the dot."""
    known: dict[str, Value] = {
        "crowd": 50,
        "night.heat": 2,
        "night.dark": True,
        "motto": "onward",
        "evidence.kinds": ("memo",),
        "leo.scene": "hall.stage",
        "mia.scene": "home.kitchen",
        "leo.mood": "calm",
        "mia.mood": "angry",
        "leo.warmth": 3,
        "mia.warmth": 7,
        "leo.held": "player",
        "mia.held": "nobody",
        "bond.leo.mia": 2,
        "tape.holder": "mia",
        "citizen.rage": 4,
        "cued.expo.fall": 1,
        "clock.bed": 0,
        "citizen.17.mood": "angry",
        "citizen.17.scene": "hall.stage",
        "citizen.17.warmth": 1,
    }
    known.update({name.replace("__", "."): value for name, value in changed.items()})
    return FactsAt(known, ms)


def condition(source: str, scope: Scope = SCOPE) -> Expr:
    """Return a condition in the small scope."""
    return parse_condition(source, HERE, scope)


def expression(source: str, scope: Scope = SCOPE) -> Expr:
    """Return an expression of any type in the small scope."""
    return parse(source, HERE, scope)


def _join(parts: tuple[str, ...]) -> str:
    return " ".join(parts)


def number_sources(conditions: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Draw sources of ints; `conditions` may stand within them."""
    plain = st.sampled_from(
        ["crowd", "night.heat", "bond.me.who", "me.warmth", "mia.warmth", "fragment",
         "anyone.warmth", "bond.mia.leo", "0", "1", "-2", "7", "len(evidence.kinds)"]
    )  # fmt: skip
    return st.recursive(
        plain,
        lambda inner: st.one_of(
            st.tuples(
                st.just("("),
                inner,
                st.sampled_from(["+", "-", "*", "//", "%"]),
                inner,
                st.just(")"),
            ).map(_join),
            st.tuples(st.sampled_from(["min", "max"]), inner, inner).map(
                lambda p: f"{p[0]}({p[1]}, {p[2]})"
            ),
            inner.map(lambda s: f"abs({s})"),
            inner.map(lambda s: f"-({s})"),
            st.tuples(inner, conditions, inner).map(lambda p: f"({p[0]} if {p[1]} else {p[2]})"),
            conditions.map(lambda s: f"count({s} and s.warmth > 2 for s in family)"),
        ),
        max_leaves=4,
    )


def _leaf_sources() -> st.SearchStrategy[str]:
    plain = st.sampled_from(
        ["night.dark", "me.mood == 'calm'", "leo.mood != mia.mood", "who.scene == me.scene",
         "held(mia)", "cued(expo.fall)", "running(bed)", "'memo' in evidence.kinds", "me != who",
         "leo.scene in ('hall.stage', 'nowhere')", "me in family", "anyone == 'citizen'", "True",
         "night.heat not in (0, 2)", "motto == 'onward'", "anyone.mood == 'calm'",
         "tape.holder == me", "any(bond.r.me > 1 for r in family if r != me)",
         "all(r.mood == 'calm' for r in family if r.warmth > 2)"]
    )  # fmt: skip
    ops = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
    numbers = number_sources(plain)
    return st.one_of(
        plain,
        st.tuples(numbers, ops, numbers).map(_join),
        st.tuples(numbers, ops, numbers, ops, numbers).map(_join),
    )


def _is_within_bounds(source: str) -> bool:
    """Tell a source that is surely below the bounds of length and nesting."""
    return len(source) <= 600


def condition_sources() -> st.SearchStrategy[str]:
    """Draw sources of valid conditions."""
    return st.recursive(
        _leaf_sources(),
        lambda inner: st.one_of(
            st.tuples(inner, st.sampled_from(["and", "or", "==", "!="]), inner).map(
                lambda p: f"({p[0]}) {p[1]} ({p[2]})"
            ),
            inner.map(lambda s: f"not ({s})"),
            st.tuples(inner, inner, inner).map(lambda p: f"({p[0]}) if ({p[1]}) else ({p[2]})"),
        ),
        max_leaves=5,
    ).filter(_is_within_bounds)


def values_of(type_: Type) -> st.SearchStrategy[Any]:
    """Draw a value of a type."""
    match type_.kind:
        case "int":
            return st.integers(type_.low, type_.high)
        case "bool":
            return st.booleans()
        case "choice":
            return st.sampled_from(type_.choices)
        case "text":
            return st.sampled_from(["", "onward", "no"])
        case "list":
            assert type_.item is not None
            return st.lists(values_of(type_.item), max_size=type_.size_max).map(tuple)


def facts_of_scope() -> st.SearchStrategy[FactsAt]:
    """Draw a value for every fact of the scope, also those of one chorus seat."""
    slots = dict(SCOPE.facts)
    slots.update({f"citizen.17.{name}": slot for name, slot in SCOPE.seats["citizen"].items()})
    drawn = {name: values_of(slot.type) for name, slot in slots.items()}
    return st.fixed_dictionaries(drawn).map(FactsAt)


def names_of_scope() -> st.SearchStrategy[dict[str, Any]]:
    """Draw a binding of the scope's variables."""
    return st.fixed_dictionaries(
        {
            "me": st.sampled_from(["leo", "mia"]),
            "who": st.sampled_from(["leo", "mia"]),
            "anyone": st.sampled_from(["leo", "citizen.17"]),
            "fragment": st.integers(1, 3),
            "line": st.just("now?"),
        }
    )
