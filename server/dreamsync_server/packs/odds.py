"""Learned odds: the file format of `odds.yaml`, read, checked and written.

It is part of the pack's hash, so that whoever directs a world goes by the same odds; it names the
hash of the pack's rules, so that odds learned with others are noticed and left aside.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from dreamsync_server.limits import INT_EXACT_MAX, ODDS_POINTS_MAX, ODDS_SIGNS_MAX
from dreamsync_server.packs.build import build_pack
from dreamsync_server.packs.context import Context
from dreamsync_server.packs.faults import Faults
from dreamsync_server.packs.hashing import ODDS
from dreamsync_server.packs.sections import gather
from dreamsync_server.packs.shape import Shape, read_int
from dreamsync_server.packs.yaml import Node, Row, Table
from dreamsync_server.world.expr import ExprError
from dreamsync_server.world.model import Expr, Pack, Place
from dreamsync_server.world.odds import NO_ENDING, ChapterOdds, Odds, Sign
from dreamsync_server.world.parse import parse_condition

FORMAT: Final = 1
_HEAD: Final = """\
# Learned by `./dream learn {pack}` from {runs} rehearsed runs; not written by hand.
#
# What the director goes by when it asks how a night will end. In each chapter an ending has its
# base, and each sign that holds adds its points, in the order of `endings`: 100 points more are
# 2.7 times the odds. `seen`: in how many of a thousand states the sign held. `bits`: what these
# odds left open about runs kept aside, and what who knows only how often each ending comes would,
# in hundredths of a bit. After a change of the pack, texts aside, the odds are left aside, and
# `./dream check` says so, until they are learned anew.
"""


def with_odds(pack: Pack, context: Context, table: Table | None) -> Pack:
    """Return a pack with its odds, where it has some that were learned with these contents."""
    if table is None:
        return pack
    faults = context.faults
    shape = Shape(table, "the odds", faults)
    shape.integer("format", FORMAT, FORMAT, FORMAT)
    known = shape.leaf("rules_hash", "64 hex digits", required=True)
    if known is not None and known.text != pack.rules_hash:
        what = "learned with other rules of the pack: the director leaves these odds aside"
        faults.add("stale_odds", known.place, what)
        return pack
    endings = tuple(leaf.text for leaf in shape.leaves("endings", "endings", required=True))
    for leaf in shape.leaves("endings", "endings"):
        found = pack.beats.get(leaf.text)
        if leaf.text != NO_ENDING and (found is None or not found.is_ending):
            faults.add("odds", leaf.place, f"there is no ending '{leaf.text}'")
    odds = Odds(
        rules_hash=pack.rules_hash,
        seed=shape.integer("seed", 0, 0, INT_EXACT_MAX),
        runs=shape.integer("runs", 0, 0, INT_EXACT_MAX),
        endings=endings,
        chapters=dict(_chapters(context, pack, shape, len(endings))),
    )
    shape.close()
    return replace(pack, odds=odds)


def dump_odds(pack_id: str, odds: Odds) -> str:
    """Return odds as the text of their file, one line a sign."""
    lines = [
        _HEAD.format(pack=pack_id, runs=odds.runs),
        f"format: {FORMAT}",
        f"rules_hash: {odds.rules_hash}",
        f"seed: {odds.seed}",
        f"runs: {odds.runs}",
        f"endings: [{', '.join(odds.endings)}]",
        "chapters:",
    ]
    for name, part in odds.chapters.items():
        lines += [
            f"  {name}:",
            f"    states: {part.states}",
            f"    bits: [{part.bits[0]}, {part.bits[1]}]",
            f"    base: {list(part.base)}",
            "    signs:" if part.signs else "    signs: []",
            *(f"      - {_written(sign)}" for sign in part.signs),
        ]
    return "\n".join([*lines, ""])


def _written(sign: Sign) -> str:
    if sign.when is not None:
        text = sign.when.source.replace("\\", "\\\\").replace('"', '\\"')
        holds = f'when: "{text}"'
    else:
        holds = f"after: {sign.after_ms // 1000}s"
    return f"{{{holds}, seen: {sign.seen}, points: {list(sign.points)}}}"


def conditions_of(files: Mapping[str, str], texts: Sequence[str]) -> list[Expr | None]:
    """Return conditions of a pack that can be played, compiled; None for what is none."""
    faults = Faults()
    without = {path: text for path, text in files.items() if path != ODDS}
    _, context = build_pack(gather(without, faults), "", faults)
    scope = context.bound().scope
    found: list[Expr | None] = []
    for text in texts:
        try:
            found.append(parse_condition(text, Place(ODDS, 1, 1), scope))
        except ExprError:
            found.append(None)
    return found


def _chapters(
    context: Context, pack: Pack, shape: Shape, count: int
) -> Iterator[tuple[str, ChapterOdds]]:
    for key, node in shape.table("chapters"):
        if key.text not in pack.chapters:
            context.faults.add("odds", key.place, f"there is no chapter '{key.text}'")
        part = Shape(node, f"chapter '{key.text}' of the odds", context.faults)
        signs = part.items("signs")
        if len(signs) > ODDS_SIGNS_MAX:
            what = f"odds go by at most {ODDS_SIGNS_MAX} signs a chapter"
            context.faults.add("too_many", signs[ODDS_SIGNS_MAX].place, what)
        read = [_sign(context, one, count) for one in signs[:ODDS_SIGNS_MAX]]
        left, without = _points(part, "bits", 2)
        found = ChapterOdds(
            states=part.integer("states", 0, 0, INT_EXACT_MAX),
            bits=(left, without),
            base=_points(part, "base", count),
            signs=tuple(sign for sign in read if sign is not None),
        )
        part.close()
        yield key.text, found


def _sign(context: Context, node: Node, count: int) -> Sign | None:
    shape = Shape(node, "a sign", context.faults)
    leaf = shape.leaf("when", "a condition")
    when = None
    if leaf is not None:
        try:
            when = parse_condition(leaf.text, leaf.place, context.bound().scope)
        except ExprError as error:
            context.tell(leaf, error)
            return None
    sign = Sign(
        when=when,
        after_ms=shape.duration_ms("after", 0),
        seen=shape.integer("seen", 0, 0, 1000),
        points=_points(shape, "points", count),
    )
    shape.close()
    return sign


def _points(shape: Shape, key: str, count: int) -> tuple[int, ...]:
    node = shape.node(key, required=True)
    faults = shape.faults
    if not isinstance(node, Row) or len(node.items) != count:
        place = shape.place if node is None else node.place
        faults.add("odds", place, f"'{key}' of {shape.what} has a number for each ending")
        return (0,) * count
    low, high = -ODDS_POINTS_MAX, ODDS_POINTS_MAX
    what = f"'{key}' of {shape.what}"
    found = (read_int(one, what, faults, low, high) for one in node.items)
    return tuple(0 if one is None else one for one in found)
