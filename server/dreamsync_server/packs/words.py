"""Effects that people read: say and tell, their audiences and what fills their texts."""

import re
from collections.abc import Iterable
from typing import Final

from dreamsync_server.packs.context import Bound, Context, Said
from dreamsync_server.packs.deeds import read_who
from dreamsync_server.packs.faults import alike
from dreamsync_server.packs.grammars import read_picks
from dreamsync_server.packs.shape import Shape, kind_of, read_leaves
from dreamsync_server.packs.yaml import Leaf, Node, Table
from dreamsync_server.world import effects as fx
from dreamsync_server.world.expr import ExprError
from dreamsync_server.world.model import Expr, Place
from dreamsync_server.world.parse import parse

_WORD: Final = re.compile(r"[a-z][a-z0-9_]*\Z")
_AUDIENCES: Final = ("all", "here", "desk")
ALL: Final = fx.Audience("all")


def read_say(context: Context, bound: Bound, body: Node, place: Place) -> list[fx.Effect]:
    """Read `say: {by: role, text: key or $param, to: audience, with: {...}}`."""
    shape = _shape(context, body, "say")
    by = read_who(context, bound, shape, "by", place)
    text = shape.leaf("text", "a text key or $parameter", required=True)
    to = read_audience(context, bound, shape, has_speaker=True)
    given = _read_with(context, bound, shape)
    shape.close()
    if by is None or text is None or to is None or given is None:
        return []
    if not text.text.startswith("$"):
        _use(context, bound, text, given, has_me=True)
        return [fx.Say(by, text.text, False, to, given, place)]
    name = text.text[1:]
    if name not in bound.free:
        what = f"an effect 'say': '{text.text}' is no free text of the action"
        near = alike(name, bound.free)
        context.faults.add("unknown_id", text.place, what, f"${near}" if near else "")
        return []
    return [fx.Say(by, name, True, to, given, place)]


def read_tell(context: Context, bound: Bound, body: Node, place: Place) -> list[fx.Effect]:
    """Read `tell: key` or `tell: {text: key, to: audience, with: {...}}`."""
    shape = _shape(context, body, "tell")
    text = shape.leaf("text", "a text key", required=True)
    to = read_audience(context, bound, shape, has_speaker=bound.has_actor)
    given = _read_with(context, bound, shape)
    picks = read_picks(context, bound, shape, to)
    shape.close()
    if text is None or to is None or given is None:
        return []
    _use(context, bound, text, given, has_me=bound.has_actor, picked=dict(picks))
    return [fx.Tell(text.text, to, given, place, picks)]


def read_audience(
    context: Context,
    bound: Bound,
    shape: Shape,
    *,
    has_speaker: bool,
    default: fx.Audience | None = None,
) -> fx.Audience | None:
    """Take `to`: all, here, desk, scene:<id>, or roles; `here` where it is not given.

    None behind a fault. `here` needs somebody whose scene it is.
    """
    node = shape.node("to")
    if node is None and default is not None:
        return default
    if node is None or (isinstance(node, Leaf) and node.text == "here"):
        if has_speaker:
            return fx.Audience("here")
        place = shape.place if node is None else node.place
        what = f"{shape.what} is for those 'here', and nobody acts here: give 'to'"
        context.faults.add("no_actor", place, what)
        return None
    leaves = read_leaves(node, f"'to' of {shape.what}", "who reads it", context.faults)
    if len(leaves) == 1 and leaves[0].text in _AUDIENCES:
        return ALL if leaves[0].text == "all" else fx.Audience("desk")
    if len(leaves) == 1 and leaves[0].text.startswith("scene:"):
        scene = leaves[0].part(leaves[0].text.removeprefix("scene:"), len("scene:"))
        found = context.names.find(scene, "scenes", f"'to' of {shape.what}", context.faults)
        return None if found is None else fx.Audience("scene", found)
    return _read_roles(context, bound, shape, leaves)


def _read_roles(
    context: Context, bound: Bound, shape: Shape, leaves: tuple[Leaf, ...]
) -> fx.Audience | None:
    names, faults = context.names, context.faults
    what = f"'to' of {shape.what}"
    roles: list[Expr] = []
    for leaf in leaves:
        known = (*names.roles, *bound.scope.variables)
        if names.sort_of_set.get(leaf.text) == "roles" and leaf.text not in known:
            roles.extend(context.role(one, leaf) for one in names.sets[leaf.text])
            continue
        if leaf.text in names.roles and leaf.text not in bound.scope.variables:
            roles.append(context.role(leaf.text, leaf))
            continue
        if _WORD.match(leaf.text) and leaf.text not in known:
            if leaf.text not in faults.broken:
                near = alike(leaf.text, (*known, *_AUDIENCES, *names.sets))
                said = f"{what} is all, here, desk, scene:<id> or roles; not '{leaf.text}'"
                faults.add("unknown_id", leaf.place, said, near)
            continue
        found = context.person(leaf, bound, what)
        if found is not None:
            roles.append(found)
    return fx.Audience("roles", roles=tuple(roles)) if len(roles) >= len(leaves) > 0 else None


def _shape(context: Context, body: Node, effect: str) -> Shape:
    """Return a shape also for the short form, where a text key stands alone."""
    if isinstance(body, Leaf) and body.value is not None:
        key = Leaf(body.place, "text", "text")
        body = Table(body.place, ((key, body),))
    return Shape(body, f"an effect '{effect}'", context.faults)


def _read_with(context: Context, bound: Bound, shape: Shape) -> tuple[tuple[str, Expr], ...] | None:
    """Take `with`: what fills the text's placeholders; None behind a fault."""
    given: list[tuple[str, Expr]] = []
    is_whole = True
    for key, node in shape.table("with"):
        if not _WORD.match(key.text) or key.text == "me":
            what = f"'{key.text}' cannot be the name of a placeholder"
            context.faults.add("bad_id", key.place, what)
            is_whole = False
        elif not isinstance(node, Leaf) or node.value is None:
            what = f"'{key.text}' of 'with' is a value, not {kind_of(node)}"
            context.faults.add("wrong_kind", node.place, what)
            is_whole = False
        else:
            found = _read_any(context, bound, node)
            is_whole = is_whole and found is not None
            if found is not None:
                given.append((key.text, found))
    return tuple(given) if is_whole else None


def _read_any(context: Context, bound: Bound, leaf: Leaf) -> Expr | None:
    names = context.names
    if leaf.text in (*names.roles, *names.scenes, *names.things) and (
        leaf.text not in bound.scope.variables
    ):
        return context.role(leaf.text, leaf)
    try:
        return parse(leaf.text, leaf.place, bound.scope)
    except ExprError as error:
        context.tell(leaf, error)
        return None


def _use(
    context: Context,
    bound: Bound,
    text: Leaf,
    given: tuple[tuple[str, Expr], ...],
    *,
    has_me: bool,
    picked: Iterable[str] = (),
) -> None:
    names = {name for name in bound.scope.variables if name not in bound.free and name != "me"}
    names.update(name for name, _ in given)
    names.update(picked)
    if has_me:
        names.update(("me", "who"))
    context.said.append(Said(text.text, text.place, frozenset(names)))
