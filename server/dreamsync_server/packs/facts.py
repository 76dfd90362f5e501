"""Declared facts: each declaration with its type, and the facts of the world it stands for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Final

from dreamsync_server.limits import FACTS_MAX
from dreamsync_server.packs.faults import Faults
from dreamsync_server.packs.names import Names
from dreamsync_server.packs.sections import HEAD, Entry, Sections
from dreamsync_server.packs.shape import Shape, read_rate
from dreamsync_server.packs.types import read_start, read_type
from dreamsync_server.packs.visible import WORDS, read_visible
from dreamsync_server.packs.yaml import Leaf, Node, Row, Table
from dreamsync_server.world.model import About, Fact, FactDecl, Place, Type

_SORTS: Final[Mapping[str, str]] = {
    "role": "persons", "seat": "chorus", "scene": "scenes", "thing": "things", "pair": "persons",
}  # fmt: skip
_EFFECT_SECTIONS: Final = ("actions", "laws", "beats", "endings", "clocks", "choices")


@dataclass(slots=True)
class Facts:
    """All facts of a pack while it is built: declarations, facts by name, seat facts, aliases."""

    decls: list[FactDecl] = field(default_factory=list)
    facts: dict[str, Fact] = field(default_factory=dict)
    seats: dict[str, dict[str, FactDecl]] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)

    def put(self, decl: FactDecl, names: Names, faults: Faults) -> None:
        """Take a declaration in with every fact it stands for."""
        self.decls.append(decl)
        if decl.about == "seat":
            for role in decl.of:
                of_role = self.seats.setdefault(role, {})
                if decl.name in of_role:
                    self._tell_twice(f"{role}.*.{decl.name}", of_role[decl.name], decl, faults)
                else:
                    of_role[decl.name] = decl
            return
        for name, about in _instances(decl, names):
            if name in self.facts or name in self.aliases:
                first = self.facts[self.aliases.get(name, name)]
                self._tell_twice(name, first.decl, decl, faults)
            elif len(self.facts) >= FACTS_MAX:
                what = f"the pack has more than {FACTS_MAX} facts; the first too many is {name}"
                place = decl.place if decl.place.file else Place(HEAD, 1, 1)
                faults.add("too_many", place, what)
                return
            else:
                self.facts[name] = Fact(name, decl, about, decl.start)
                if decl.about == "pair":
                    self.aliases[".".join((decl.name, *reversed(about)))] = name

    def _tell_twice(self, name: str, first: FactDecl, decl: FactDecl, faults: Faults) -> None:
        where = f"at {first.place}" if first.place.file and first.place != decl.place else ""
        what = f"the fact {name} is there already, {where or 'built in'}"
        faults.add("given_twice", decl.place, what)


def declare_facts(sections: Sections, names: Names, into: Facts, faults: Faults) -> None:
    """Read every declaration of the pack into `into`, behind the built-in ones."""
    drifting = _drifting_names(sections)
    for entry in sections.entries("facts"):
        before = faults.errors
        decl = _read_decl(entry, names, drifting, faults)
        if decl is not None:
            into.put(decl, names, faults)
        if decl is None or faults.errors > before:
            faults.broken.add(entry.id)


def _instances(decl: FactDecl, names: Names) -> Iterable[tuple[str, tuple[str, ...]]]:
    match decl.about:
        case "world":
            return [(decl.name, ())]
        case "pair":
            ordered = [role for role in names.persons if role in decl.of]
            return [(f"{decl.name}.{a}.{b}", (a, b)) for a, b in combinations(ordered, 2)]
        case _:
            return [(f"{one}.{decl.name}", (one,)) for one in decl.of]


def _read_decl(
    entry: Entry, names: Names, drifting: frozenset[str], faults: Faults
) -> FactDecl | None:
    shape = Shape(entry.node, f"fact '{entry.id}'", faults)
    about: About = shape.word("about", "world", tuple(WORDS))  # type: ignore[assignment]
    of = _read_of(shape, about, names)
    type_ = read_type(shape, names)
    start_node = shape.node("start")
    visible = read_visible(shape, about, names)
    rate = _read_drift(shape, about, type_)
    _allow_keys_of_other_types(shape, type_)
    shape.close()
    if type_ is None:
        return None
    start = read_start(start_node, type_, shape.what, faults)
    can_drift = type_.kind == "int" and about != "seat"
    can_drift = can_drift and (shape.has("drift") or _is_drifting(entry.id, about, drifting))
    return FactDecl(entry.id, about, of, type_, start, visible, rate, can_drift, entry.key.place)


def _read_of(shape: Shape, about: str, names: Names) -> tuple[str, ...]:
    node = shape.node("of")
    if about == "world":
        if node is not None:
            what = f"{shape.what} is about the world, so that 'of' says nothing"
            shape.faults.add("unknown_key", shape.key_place("of"), what)
        return ()
    sort = _SORTS[about]
    what = f"'of' of {shape.what}"
    of = names.of(sort) if node is None else names.members(node, sort, what, shape.faults)
    if len(of) < (2 if about == "pair" else 1) and (node is None or of):
        need = "two roles" if about == "pair" else f"a {about}"
        shape.faults.add("wrong_kind", shape.place, f"{shape.what} is about {need}: there is none")
    return of


def _read_drift(shape: Shape, about: str, type_: Type | None) -> int:
    node = shape.node("drift")
    if node is None:
        return 0
    if about == "seat" or (type_ is not None and type_.kind != "int"):
        what = f"{shape.what} cannot drift: only an int does, and no fact of a seat"
        shape.faults.add("no_drift", shape.key_place("drift"), what)
        return 0
    found = read_rate(node, f"the drift of {shape.what}", shape.faults)
    return 0 if found is None else found[0] * found[1]


def _allow_keys_of_other_types(shape: Shape, type_: Type | None) -> None:
    """A key that another type has says which type it belongs to, not that it is unknown."""
    belongs = {"range": "int", "choices": "choice", "items": "list", "size": "text or list"}
    for key, kind in belongs.items():
        if not shape.has(key):
            shape.node(key)
            continue
        if type_ is not None and type_.kind not in kind:
            shape.node(key)
            what = f"'{key}' belongs to type {kind}, and {shape.what} is of type {type_.kind}"
            shape.faults.add("unknown_key", shape.key_place(key), what)
        elif type_ is None:
            shape.node(key)


def _is_drifting(name: str, about: str, drifting: frozenset[str]) -> bool:
    if about == "world":
        return name in drifting
    if about == "pair":
        return any(target.startswith(f"{name}.") for target in drifting)
    return any(target.endswith(f".{name}") for target in drifting)


def _drifting_names(sections: Sections) -> frozenset[str]:
    """Find what `drift` effects name, before any effect can be read: types come first."""
    found: set[str] = set()
    waiting: list[Node] = [sections.head]
    for section in _EFFECT_SECTIONS:
        waiting.extend(entry.node for entry in sections.entries(section))
    while waiting:
        match waiting.pop():
            case Row(items=items):
                waiting.extend(items)
            case Table(entries=entries):
                for key, node in entries:
                    waiting.append(node)
                    if key.text == "drift" and isinstance(node, Table):
                        found.update(target.text for target, _ in node.entries)
            case Leaf():
                pass
    return frozenset(found)
