"""`dreamsync graph`: a pack's storyline as SVG, Mermaid or DOT."""

from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Final, Literal

from dreamsync_server.cli.check import folder_of
from dreamsync_server.errors import OperatorError
from dreamsync_server.packs import load_folder
from dreamsync_server.story.atlas import atlas_of
from dreamsync_server.story.proofs import proofs_of
from dreamsync_server.story.storyline import Storyline, StoryNode, storyline_of

Shape = Literal["svg", "mermaid", "dot"]
SHAPES: Final = ("svg", "mermaid", "dot")

COLOURS: Final[Mapping[str, str]] = {
    "witnessed": "#2f7d4f", "open": "#b07d1a", "impossible": "#b3372f", "unknown": "#5b6470",
}  # fmt: skip
"""The colour of a node by its verdict."""

_WIDE, _HIGH, _GAP_X, _GAP_Y, _TOP = 190, 40, 70, 16, 56


def graph(pack: str, shape: str, out: Path | None) -> int:
    """Print a pack's storyline, or write it to a file.

    Raises:
        OperatorError: there is no such pack or format.
        PackFaultsError: it cannot be played.
    """
    if shape not in SHAPES:
        raise OperatorError(f"there is no format {shape!r}: one of {', '.join(SHAPES)}")
    atlas = atlas_of(load_folder(folder_of(pack)))
    line = storyline_of(atlas)
    verdicts = {proof.goal.id: "impossible" for proof in proofs_of(atlas.reach)}
    text = drawn(line, shape, verdicts)
    if out is None:
        print(text)
    else:
        out.write_text(text + "\n", "utf-8")
    return 0


def drawn(line: Storyline, shape: str, verdicts: Mapping[str, str]) -> str:
    """Return a storyline in a format; `verdicts` by beat id colour it."""
    match shape:
        case "mermaid":
            return as_mermaid(line, verdicts)
        case "dot":
            return as_dot(line, verdicts)
        case _:
            return as_svg(line, verdicts)


def as_mermaid(line: Storyline, verdicts: Mapping[str, str]) -> str:
    """Return a storyline as a Mermaid flowchart."""
    names = {node.id: f"n{number}" for number, node in enumerate(line.nodes)}
    lines = ["flowchart LR"]
    for chapter, nodes in by_column(line).items():
        lines.append(f'  subgraph "{chapter}"')
        for node in nodes:
            left, right = ("([", "])") if node.kind == "ending" else ("[", "]")
            title = node.title.replace('"', "'")
            lines.append(f'    {names[node.id]}{left}"{title}"{right}')
        lines.append("  end")
    lines += (f"  {names[a]} --> {names[b]}" for a, b in line.edges)
    for kind, colour in COLOURS.items():
        of_kind = [names[node.id] for node in line.nodes if verdicts.get(node.id) == kind]
        if of_kind:
            lines.append(f"  classDef {kind} stroke:{colour},stroke-width:3px")
            lines.append(f"  class {','.join(of_kind)} {kind}")
    return "\n".join(lines)


def as_dot(line: Storyline, verdicts: Mapping[str, str]) -> str:
    """Return a storyline for Graphviz."""
    lines = ["digraph story {", "  rankdir=LR; node [shape=box, fontname=sans];"]
    for number, (chapter, nodes) in enumerate(by_column(line).items()):
        lines.append(f"  subgraph cluster_{number} {{ label={_quoted(chapter)};")
        for node in nodes:
            shape = "doubleoctagon" if node.kind == "ending" else "box"
            colour = COLOURS[verdicts.get(node.id, "unknown")]
            given = f'label={_quoted(node.title)}, shape={shape}, color="{colour}"'
            lines.append(f"    {_quoted(node.id)} [{given}];")
        lines.append("  }")
    lines += (f"  {_quoted(a)} -> {_quoted(b)};" for a, b in line.edges)
    return "\n".join([*lines, "}"])


def as_svg(line: Storyline, verdicts: Mapping[str, str]) -> str:
    """Return a storyline as a picture: a column a chapter, endings in the last."""
    columns = by_column(line)
    at: dict[str, tuple[int, int]] = {}
    for column, nodes in enumerate(columns.values()):
        for row, node in enumerate(nodes):
            at[node.id] = (20 + column * (_WIDE + _GAP_X), _TOP + row * (_HIGH + _GAP_Y))
    rows = max((len(nodes) for nodes in columns.values()), default=0)
    wide = 40 + len(columns) * (_WIDE + _GAP_X) - _GAP_X
    high = _TOP + rows * (_HIGH + _GAP_Y) + 20
    box = f'viewBox="0 0 {wide} {high}" width="{wide}" height="{high}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {box} font-family="sans-serif" font-size="12">',
        "<title>How the beats of the story lead to one another</title>",
    ]
    for column, chapter in enumerate(columns):
        x = 20 + column * (_WIDE + _GAP_X)
        parts.append(f'<text x="{x}" y="34" font-size="15" fill="#5b6470">{escape(chapter)}</text>')
    parts += (_edge(at[a], at[b]) for a, b in line.edges)
    for node in line.nodes:
        parts.append(_box(node, at[node.id], verdicts.get(node.id, "unknown")))
    return "\n".join([*parts, "</svg>"])


def by_column(line: Storyline) -> dict[str, list[StoryNode]]:
    """Return the nodes by chapter, those of none and all endings apart."""
    columns: dict[str, list[StoryNode]] = {chapter: [] for chapter in line.chapters}
    for node in line.nodes:
        name = "endings" if node.kind == "ending" else node.chapter or "any time"
        columns.setdefault(name, []).append(node)
    endings = columns.pop("endings", [])
    found = {name: nodes for name, nodes in columns.items() if nodes}
    return {**found, "endings": endings} if endings else found


def _box(node: StoryNode, at: tuple[int, int], verdict: str) -> str:
    x, y = at
    colour = COLOURS[verdict]
    round_by = _HIGH // 2 if node.kind == "ending" else 6
    dashes = ' stroke-dasharray="5 4"' if node.is_manual else ""
    title = node.title if len(node.title) <= 27 else node.title[:26] + "…"
    return (
        f"<g><title>{escape(node.id)}: {verdict}</title>"
        f'<rect x="{x}" y="{y}" width="{_WIDE}" height="{_HIGH}" rx="{round_by}" fill="#ffffff"'
        f' stroke="{colour}" stroke-width="2.5"{dashes}/>'
        f'<text x="{x + _WIDE // 2}" y="{y + _HIGH // 2 + 4}" text-anchor="middle"'
        f' fill="#1f2630">{escape(title)}</text></g>'
    )


def _edge(a: tuple[int, int], b: tuple[int, int]) -> str:
    x1, y1 = a[0] + _WIDE, a[1] + _HIGH // 2
    x2, y2 = b[0], b[1] + _HIGH // 2
    if a[0] == b[0]:  # in one column: out to the right and back
        x2 = b[0] + _WIDE
        path = f"M{x1} {y1} C{x1 + 40} {y1} {x2 + 40} {y2} {x2} {y2}"
    else:
        bend = max(40, abs(x2 - x1) // 2)
        path = f"M{x1} {y1} C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}"
    return f'<path d="{path}" fill="none" stroke="#8a94a2" stroke-width="1.2" opacity="0.55"/>'


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
