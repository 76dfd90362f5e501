"""The veiled rule: what an offered action depends on must be seen by those it is offered to.

Else an action's being offered, or refused with a reason, tells what its role must not know.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from dreamsync_server.packs.context import Context
from dreamsync_server.world import expr as tree
from dreamsync_server.world.model import Expr, Fact, FactDecl, Pack, Place

ME: Final = "$me"


@dataclass(frozen=True, slots=True)
class _Sight:
    """What a role knows where a condition is looked at.

    Marks are ids, or variables as `$who`. `beside`: those known to be in the role's scene;
    `at_hand`: things known to be held by it or to lie in its scene; `scenes`: the one scene it
    is known to be in, if it is.
    """

    pack: Pack
    role: str
    scenes: frozenset[str] = frozenset()
    beside: frozenset[str] = frozenset()
    at_hand: frozenset[str] = frozenset()

    def is_me(self, mark: str) -> bool:
        return mark in (ME, self.role)


def check_sight(pack: Pack, context: Context) -> None:
    """Tell every fact that a condition reads and a role it is for cannot see."""
    watch = _Watch(context)
    for action in pack.actions.values():
        if action.is_veiled:
            continue
        what = f"action '{action.id}'"
        for role in action.by:
            sight = _Sight(pack, role, _only(action.where))
            for param in action.params:
                watch.check(param.when, sight, what, _VEIL)
                # Parameters are judged before the condition, and refused first.
                sight = _knowing(param.when, sight)
            watch.check(action.when, sight, what, _VEIL)
    for scene in pack.scenes.values():
        for way in scene.exits:
            for role in pack.roles:
                sight = _Sight(pack, role, frozenset([scene.id]))
                watch.check(way.when, sight, f"an exit of scene '{scene.id}'", "")


class _Watch:
    """Tells what is hidden, once a place: for the first role that does not see it."""

    def __init__(self, context: Context) -> None:
        self._faults = context.faults
        self._leaves = {id(expr): leaf for expr, leaf, _ in context.conditions}
        self._told: set[Place] = set()

    def check(self, when: Expr | None, sight: _Sight, what: str, advice: str) -> None:
        if when is None:
            return
        for node, name in _hidden(when.node, sight):
            place = self._leaves[id(when)].place_at(node.span[0])
            if place not in self._told:
                self._told.add(place)
                said = f"{what} depends on {name}, which {sight.role} does not see{advice}"
                self._faults.add("not_seen", place, said)


_VEIL: Final = ": mark the action 'veiled: true', or ask something else"


def _only(where: tuple[str, ...]) -> frozenset[str]:
    return frozenset(where) if len(where) == 1 else frozenset()


def _knowing(when: Expr | None, sight: _Sight) -> _Sight:
    return sight if when is None else _beside(when.node, sight)


def _hidden(node: tree.Node, sight: _Sight) -> Iterator[tuple[tree.Fact | tree.Spread, str]]:
    """Yield the references in a condition that the role does not see, each with a name."""
    match node:
        case tree.And():
            sight = _beside(node, sight)
        case tree.Compare() if _is_plain_sight(node, sight):
            return
        case tree.Fact():
            if not _sees_fact(node.name, sight):
                yield node, node.name
            return
        case tree.Spread():
            name = _unseen_of(node, sight)
            if name:
                yield node, name
            return
        case _:
            pass
    for child in tree.children(node):
        yield from _hidden(child, sight)


def _beside(node: tree.Node, sight: _Sight) -> _Sight:
    """Return what a role knows where a condition holds, from its conjuncts `a == b`."""
    items = node.items if isinstance(node, tree.And) else (node,)
    compares = [x for x in items if isinstance(x, tree.Compare) and x.op == "=="]
    compares += [y for x in items if isinstance(x, tree.And) for y in _flat(x)]
    for compare in compares:
        for one, other in ((compare.left, compare.right), (compare.right, compare.left)):
            mark = _scene_of(one)
            if mark is not None and sight.is_me(mark) and isinstance(other, tree.Const):
                sight = replace(sight, scenes=frozenset([str(other.value)]))
    for compare in compares:
        for one, other in ((compare.left, compare.right), (compare.right, compare.left)):
            mark, thing = _scene_of(one), _holder_of(one, sight)
            if mark is not None and _is_here(other, sight):
                sight = replace(sight, beside=sight.beside | {mark})
            if thing is not None and (_is_here(other, sight) or _is_actor(other, sight)):
                sight = replace(sight, at_hand=sight.at_hand | {thing})
    return sight


def _flat(node: tree.And) -> list[tree.Compare]:
    found: list[tree.Compare] = []
    for item in node.items:
        if isinstance(item, tree.And):
            found += _flat(item)
        elif isinstance(item, tree.Compare) and item.op == "==":
            found.append(item)
    return found


def _is_plain_sight(node: tree.Compare, sight: _Sight) -> bool:
    """Whether a comparison asks who is here, or what is at hand: a role knows that of anybody."""
    if node.op not in ("==", "!="):
        return False
    for one, other in ((node.left, node.right), (node.right, node.left)):
        if _scene_of(one) is not None and _is_here(other, sight):
            return True
        if _holder_of(one, sight) is not None:
            return _is_here(other, sight) or _is_actor(other, sight)
    return False


def _is_here(node: tree.Node, sight: _Sight) -> bool:
    """Whether a value is the role's own scene."""
    if isinstance(node, tree.Const):
        return node.value in sight.scenes
    mark = _scene_of(node)
    return mark is not None and sight.is_me(mark)


def _is_actor(node: tree.Node, sight: _Sight) -> bool:
    match node:
        case tree.Variable():
            return node.name == "me"
        case tree.RoleOf():
            return _is_actor(node.of, sight)
        case tree.Const():
            return node.value == sight.role
        case _:
            return False


def _scene_of(node: tree.Node) -> str | None:
    """Return whose scene a node is, as a mark."""
    return _subject(node, "scene")


def _holder_of(node: tree.Node, sight: _Sight) -> str | None:
    """Return of which thing a node is the holder, where those around are to see it."""
    mark = _subject(node, "holder")
    if mark is None:
        return None
    things = [mark] if mark in sight.pack.things else list(sight.pack.things)
    seen = (sight.pack.things[thing].visible for thing in things)
    return mark if all("holder" in words or "scene" in words for words in seen) else None


def _subject(node: tree.Node, last: str) -> str | None:
    if isinstance(node, tree.Fact):
        subject, dot, word = node.name.rpartition(".")
        return subject if dot and word == last else None
    if isinstance(node, tree.Spread) and len(node.parts) == 2 and node.parts[1] == (False, last):
        is_variable, text = node.parts[0]
        return f"${text}" if is_variable else text
    return None


def _unseen_of(node: tree.Spread, sight: _Sight) -> str:
    """Return a name that a reference with variables may mean and the role does not see, or ""."""
    for values, name in node.table.items():
        at = dict(zip(node.variables, values, strict=True))
        if at.get("me", sight.role) != sight.role:
            continue
        marks = {at[text]: f"${text}" for is_variable, text in node.parts if is_variable}
        if not _sees_fact(name, sight, marks):
            return name
    return ""


def _sees_fact(name: str, sight: _Sight, marks: dict[str, str] | None = None) -> bool:
    marks = marks or {}
    fact = sight.pack.facts.get(name)
    if fact is None:
        # A chorus seat's own fact, `citizen.*.mood`: read through `me` alone.
        role, _, rest = name.partition(".*.")
        decl = sight.pack.seat_facts[role][rest]
        return "all" in decl.visible or (
            marks.get(role) == ME and any(word in ("self", "scene") for word in decl.visible)
        )
    return any(_sees_by(word, fact, fact.decl, sight, marks) for word in fact.decl.visible)


def _sees_by(word: str, fact: Fact, decl: FactDecl, sight: _Sight, marks: dict[str, str]) -> bool:
    about = fact.about[0] if fact.about else ""
    mark = marks.get(about, about)
    match word:
        case "all":
            return True
        case "self":
            return about == sight.role
        case "both":
            return sight.role in fact.about
        case "holder":
            return _is_at_hand(about, mark, sight)
        case "scene" if decl.about == "scene":
            return about in sight.scenes
        case "scene" if decl.about == "thing":
            return _is_at_hand(about, mark, sight)
        case "scene":
            return about == sight.role or not sight.beside.isdisjoint((mark, about))
        case _:
            return word == f"role:{sight.role}"


def _is_at_hand(thing: str, mark: str, sight: _Sight) -> bool:
    return not sight.at_hand.isdisjoint((mark, thing))
