"""Where the boxes of a story's picture stand: columns, the order in them, and lanes for long edges.

Source: layered drawing (Sugiyama, Tagawa and Toda 1981) with its order by barycentres. All edges to
one box share a lane past the columns between, so that many long edges read as one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

_SWEEPS: Final = 12
_LANE_HIGH: Final = 12.0

Item = str | tuple[str, int]
"""A box by its id, or the lane (id of the box it leads to, column)."""


@dataclass(slots=True)
class Places:
    """Where everything stands: `y` is the middle of a box or lane, in pixels from 0 to `high`.

    `routes` says for each edge forward the lanes it takes, from left to right.
    """

    column: dict[str, int]
    y: dict[Item, float] = field(default_factory=dict)
    routes: dict[tuple[str, str], tuple[Item, ...]] = field(default_factory=dict)
    high: float = 0.0


def places_of(
    columns: Sequence[Sequence[str]], edges: Sequence[tuple[str, str]], box_high: float, gap: float
) -> Places:
    """Return where boxes stand that are given by column, so that edges cross little."""
    places = Places({name: at for at, names in enumerate(columns) for name in names})
    items: list[list[Item]] = [list(names) for names in columns]
    beside: dict[Item, list[Item]] = {}
    for a, b in edges:
        first, last = places.column[a], places.column[b]
        if first >= last:
            continue
        lanes: list[Item] = [(b, at) for at in range(first + 1, last)]
        for at, lane in enumerate(lanes, first + 1):
            if lane not in items[at]:
                items[at].append(lane)
        places.routes[a, b] = tuple(lanes)
        path: list[Item] = [a, *lanes, b]
        for left, right in pairwise(path):
            for one, other in ((left, right), (right, left)):
                if other not in beside.setdefault(one, []):
                    beside[one].append(other)
    _order(items, beside)
    _stand(places, items, beside, box_high, gap)
    return places


def without_detours(
    edges: Sequence[tuple[str, str]], column: Mapping[str, int]
) -> list[tuple[str, str]]:
    """Return the edges without those forward ones that other edges lead along as well."""
    after: dict[str, list[str]] = {}
    for a, b in edges:
        if column[a] < column[b]:
            after.setdefault(a, []).append(b)
    far: dict[str, frozenset[str]] = {}
    for name in sorted(column, key=lambda one: -column[one]):
        reached = frozenset(after.get(name, ()))
        far[name] = reached.union(*(far.get(one, frozenset()) for one in after.get(name, ())))
    return [
        (a, b)
        for a, b in edges
        if column[a] >= column[b] or not any(b in far[over] for over in after[a] if over != b)
    ]


def _order(items: list[list[Item]], beside: Mapping[Item, Sequence[Item]]) -> None:
    """Bring each column's items into the order of the middles of what they are joined to."""
    at = {item: float(row) for column in items for row, item in enumerate(column)}
    for sweep in range(_SWEEPS):
        for column in items if sweep % 2 == 0 else reversed(items):
            middle = {item: _middle(item, beside, at) for item in column}
            column.sort(key=lambda item: middle[item])
            at.update({item: row * 10 / max(1, len(column)) for row, item in enumerate(column)})


def _middle(item: Item, beside: Mapping[Item, Sequence[Item]], at: Mapping[Item, float]) -> float:
    others = beside.get(item, ())
    return sum(at[other] for other in others) / len(others) if others else at[item]


def _stand(
    places: Places,
    items: list[list[Item]],
    beside: Mapping[Item, Sequence[Item]],
    box_high: float,
    gap: float,
) -> None:
    """Give each item its height, near what it is joined to and clear of its neighbours."""
    size = {
        item: box_high + gap if isinstance(item, str) else _LANE_HIGH for c in items for item in c
    }
    places.high = max((sum(size[item] for item in column) for column in items), default=0.0)
    for column in items:
        top = (places.high - sum(size[item] for item in column)) / 2
        for item in column:
            places.y[item] = top + size[item] / 2
            top += size[item]
    for sweep in range(_SWEEPS):
        for column in items if sweep % 2 == 0 else reversed(items):
            wanted = [_middle(item, beside, places.y) for item in column]
            for item, y in zip(
                column, _apart(wanted, [size[i] for i in column], places.high), strict=True
            ):
                places.y[item] = y


def _apart(wanted: Sequence[float], sizes: Sequence[float], high: float) -> list[float]:
    """Return middles as near as may be to the wanted ones, in order and clear of one another."""
    found: list[float] = []
    top = 0.0
    for want, size in zip(wanted, sizes, strict=True):
        found.append(max(want, top + size / 2))
        top = found[-1] + size / 2
    bottom = high
    for at in range(len(found) - 1, -1, -1):
        found[at] = min(found[at], bottom - sizes[at] / 2)
        bottom = found[at] - sizes[at] / 2
    return found
