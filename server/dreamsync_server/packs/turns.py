"""Effects that turn the story: clocks, choices, chapters, endings."""

import re
from typing import Final

from dreamsync_server.packs.context import Bound, Context
from dreamsync_server.packs.shape import Shape, kind_of, read_duration_ms
from dreamsync_server.packs.yaml import Leaf, Node, Table
from dreamsync_server.world import effects as fx
from dreamsync_server.world.model import Place

_STREAM: Final = re.compile(r"[a-z][a-z0-9_]{0,31}\Z")


def read_stream(shape: Shape) -> str:
    """Take the name of a stream of chance; `luck` where it is not given."""
    leaf = shape.leaf("stream", "the name of a stream")
    if leaf is None:
        return "luck"
    if not _STREAM.match(leaf.text):
        what = f"'{leaf.text}' cannot be the name of a stream: lower-case letters, digits and _"
        shape.faults.add("bad_id", leaf.place, what)
    return leaf.text


def read_start(context: Context, bound: Bound, body: Node, place: Place) -> list[fx.Effect]:
    """Read `start: clock` or `start: {clock: id, in: 90s}`."""
    if not isinstance(body, Table):
        clock = _named(context, body, "clocks", "start")
        return [] if clock is None else [fx.StartClock(clock, None, place)]
    shape = Shape(body, "an effect 'start'", context.faults)
    leaf = shape.leaf("clock", "a clock", required=True)
    length_ms = shape.duration_ms("in", 0)
    shape.close()
    clock = None if leaf is None else _named(context, leaf, "clocks", "start")
    return [] if clock is None else [fx.StartClock(clock, length_ms or None, place)]


def read_stop(context: Context, bound: Bound, body: Node, place: Place) -> list[fx.Effect]:
    """Read `stop: clock`."""
    clock = _named(context, body, "clocks", "stop")
    return [] if clock is None else [fx.StopClock(clock, place)]


def read_hurry(context: Context, bound: Bound, body: Node, place: Place) -> list[fx.Effect]:
    """Read `hurry: {clock: id, by: 20s}`: the end comes so much sooner; `-20s` is later."""
    shape = Shape(body, "an effect 'hurry'", context.faults)
    leaf = shape.leaf("clock", "a clock", required=True)
    node = shape.node("by", required=True)
    shape.close()
    clock = None if leaf is None else _named(context, leaf, "clocks", "hurry")
    by_ms = None
    if node is not None:
        by_ms = read_duration_ms(node, f"'by' of {shape.what}", context.faults, negative=True)
    return [] if clock is None or by_ms is None else [fx.HurryClock(clock, -by_ms, place)]


def read_offer(context: Context, bound: Bound, body: Node, place: Place) -> list[fx.Effect]:
    """Read `offer: choice`."""
    choice = _named(context, body, "choices", "offer")
    return [] if choice is None else [fx.Offer(choice, place)]


def read_chapter(context: Context, bound: Bound, body: Node, place: Place) -> list[fx.Effect]:
    """Read `chapter: id`."""
    chapter = _named(context, body, "chapters", "chapter")
    return [] if chapter is None else [fx.ToChapter(chapter, place)]


def read_end(context: Context, bound: Bound, body: Node, place: Place) -> list[fx.Effect]:
    """Read `end: ending`."""
    ending = _named(context, body, "endings", "end")
    if bound.is_ending:
        what = "an ending ends the world by itself: there is nothing left to end"
        context.faults.add("end_in_ending", place, what)
        return []
    return [] if ending is None else [fx.End(ending, place)]


def _named(context: Context, node: Node, sort: str, effect: str) -> str | None:
    what = f"an effect '{effect}'"
    if not isinstance(node, Leaf) or node.value is None:
        kind = sort.removesuffix("s")
        context.faults.add("wrong_kind", node.place, f"{what} names a {kind}, not {kind_of(node)}")
        return None
    return context.names.find(node, sort, what, context.faults)
