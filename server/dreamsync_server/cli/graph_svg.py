"""A storyline as a picture: a column a chapter, endings in the last, boxes by their verdict."""

import textwrap
from collections.abc import Mapping
from html import escape
from typing import Final, NamedTuple

from dreamsync_server.cli.graph_places import Places, places_of, without_detours
from dreamsync_server.story.storyline import Storyline, StoryNode

_WIDE, _HIGH, _GAP_X, _GAP_Y = 164, 46, 54, 12
_LEFT, _TOP = 14, 50
_LETTERS_MAX: Final = 20  # of a line in a box

_GREY: Final = "#5b6470"
_LEGEND: Final = (
    "✓ witnessed · ? not yet witnessed · ✗ impossible · no sign: not rehearsed ·"
    " dashed: only a person or a law brings it in · round: an ending"
)


class Look(NamedTuple):
    """How a verdict looks: its colour, a pale one, and a sign for who cannot tell colours apart."""

    colour: str
    pale: str
    sign: str


LOOKS: Final[Mapping[str, Look]] = {
    "witnessed": Look("#2f7d4f", "#f1f8f3", "✓"),
    "open": Look("#a06c10", "#fdf7ea", "?"),
    "impossible": Look("#b3372f", "#fdf0ef", "✗"),
    "unknown": Look(_GREY, "#ffffff", ""),
}


def by_column(line: Storyline) -> dict[str, list[StoryNode]]:
    """Return the nodes by chapter, those of none and all endings apart."""
    columns: dict[str, list[StoryNode]] = {chapter: [] for chapter in line.chapters}
    for node in line.nodes:
        name = "endings" if node.kind == "ending" else node.chapter or "any time"
        columns.setdefault(name, []).append(node)
    endings = columns.pop("endings", [])
    found = {name: nodes for name, nodes in columns.items() if nodes}
    return {**found, "endings": endings} if endings else found


def as_svg(
    line: Storyline, verdicts: Mapping[str, str], notes: Mapping[str, str] | None = None
) -> str:
    """Return a storyline as a picture; `notes` by beat id stand small in its box.

    What leads to a box also over other boxes is drawn over those alone. What would lead back to an
    earlier chapter is left out: most stories never turn back. The other formats have it.
    """
    columns = by_column(line)
    at = {node.id: number for number, nodes in enumerate(columns.values()) for node in nodes}
    edges = [(a, b) for a, b in without_detours(line.edges, at) if at[a] <= at[b]]
    names = [[node.id for node in nodes] for nodes in columns.values()]
    places = places_of(names, edges, _HIGH, _GAP_Y)
    wide = 2 * _LEFT + len(columns) * (_WIDE + _GAP_X) - _GAP_X
    high = round(_TOP + places.high + 16)
    low = high + 26
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {low}" width="{wide}"'
            f' height="{low}" font-family="system-ui, sans-serif" font-size="12">'
        ),
        "<title>How the beats of the story lead to one another</title>",
        (
            '<defs><marker id="to" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7"'
            ' markerHeight="7" orient="auto"><path d="M0 1L7 4L0 7z" fill="#7b8794"/></marker>'
            "</defs>"
        ),
    ]
    for column, chapter in enumerate(columns):
        title = line.titles.get(chapter, chapter)
        parts += _band(_x(column), chapter, title, high)
    parts += [_edge(places, a, b) for a, b in edges]
    for node in line.nodes:
        spot = (_x(at[node.id]), _TOP + places.y[node.id] - _HIGH / 2)
        note = (notes or {}).get(node.id, "")
        parts.append(_box(node, spot, verdicts.get(node.id, "unknown"), note))
    parts.append(f'<text x="{_LEFT}" y="{high + 14}" fill="{_GREY}">{_LEGEND}</text>')
    return "\n".join([*parts, "</svg>"])


def _x(column: int) -> int:
    return _LEFT + column * (_WIDE + _GAP_X)


def _band(x: int, chapter: str, title: str, high: int) -> list[str]:
    said = f"{chapter}: {title}" if title not in ("", chapter) else chapter
    short = textwrap.shorten(title, 22, placeholder=" …") or chapter
    return [
        (
            f'<rect x="{x - 8}" y="6" width="{_WIDE + 16}" height="{high - 12}" rx="10"'
            f' fill="#f3f1ec"/>'
            f'<text x="{x + _WIDE // 2}" y="29" text-anchor="middle" font-size="13.5"'
            f' font-weight="600" fill="#3a424d"><title>{escape(said)}</title>{escape(short)}</text>'
        )
    ]


def _box(node: StoryNode, at: tuple[float, float], verdict: str, note: str) -> str:
    x, y = at
    look = LOOKS[verdict]
    round_by = _HIGH // 2 if node.kind == "ending" else 7
    dashes = ' stroke-dasharray="5 4"' if node.is_manual else ""
    lines = textwrap.wrap(node.title, _LETTERS_MAX)[:2] or [node.id]
    if len(" ".join(lines)) < len(node.title):
        lines[-1] = lines[-1][: _LETTERS_MAX - 2] + " …"
    rows = [(text, "#1f2630", 12.0) for text in lines] + ([(note, _GREY, 10.5)] if note else [])
    base = y + _HIGH / 2 + 4 - 7 * (len(rows) - 1)
    texts = "".join(
        f'<text x="{x + _WIDE / 2:g}" y="{base + 14 * number:g}" text-anchor="middle"'
        f' fill="{colour}" font-size="{size:g}">{escape(text)}</text>'
        for number, (text, colour, size) in enumerate(rows)
    )
    sign = (
        f'<text x="{x + _WIDE - 12:g}" y="{y + _HIGH / 2 + 4:g}" text-anchor="middle"'
        f' font-size="11" fill="{look.colour}">{look.sign}</text>'
    )
    what = {"open": "not yet witnessed", "unknown": "not rehearsed"}.get(verdict, verdict)
    return (
        f"<g><title>{escape(node.id)}: {what}{escape(', ' + note if note else '')}</title>"
        f'<rect x="{x}" y="{y:g}" width="{_WIDE}" height="{_HIGH}" rx="{round_by}"'
        f' fill="{look.pale}" stroke="{look.colour}" stroke-width="1.8"{dashes}/>{texts}{sign}</g>'
    )


def _edge(places: Places, a: str, b: str) -> str:
    first, last = places.column[a], places.column[b]
    x1, y1 = _x(first) + _WIDE, _TOP + places.y[a]
    x2, y2 = _x(last), _TOP + places.y[b]
    if first < last:
        path = f"M{x1} {y1:g}"
        x, y = x1, y1
        for column, lane in enumerate(places.routes[a, b], first + 1):
            path += _bow(x, y, _x(column), _TOP + places.y[lane]) + f" H{_x(column) + _WIDE}"
            x, y = _x(column) + _WIDE, _TOP + places.y[lane]
        path += _bow(x, y, x2 - 1, y2)
    else:  # out to the right and back into the same column
        far = 18 + min(26, abs(y2 - y1) / 12)
        x2 = _x(last) + _WIDE + 1
        path = f"M{x1} {y1 + 6:g} C{x1 + far:g} {y1 + 6:g} {x2 + far:g} {y2 - 6:g} {x2} {y2 - 6:g}"
    return (
        f'<path d="{path}" fill="none" stroke="#8a94a2" stroke-width="1.3" opacity="0.8"'
        f' marker-end="url(#to)"><title>{escape(a)} → {escape(b)}</title></path>'
    )


def _bow(x1: float, y1: float, x2: float, y2: float) -> str:
    middle = (x1 + x2) / 2
    return f" C{middle:g} {y1:g} {middle:g} {y2:g} {x2:g} {y2:g}"
