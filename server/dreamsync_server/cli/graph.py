"""`dreamsync graph`: a pack's storyline as SVG, Mermaid or DOT."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal

from dreamsync_server.cli.check import folder_of
from dreamsync_server.cli.graph_svg import LOOKS, as_svg, by_column
from dreamsync_server.cli.rehearse_kept import kept_in, witnesses
from dreamsync_server.errors import OperatorError
from dreamsync_server.packs import load_folder
from dreamsync_server.story.atlas import atlas_of
from dreamsync_server.story.proofs import proofs_of
from dreamsync_server.story.storyline import Storyline, storyline_of

Shape = Literal["svg", "mermaid", "dot"]
SHAPES: Final = ("svg", "mermaid", "dot")


def graph(pack: str, shape: str, out: Path | None) -> int:
    """Print a pack's storyline, or write it to a file; what its rehearsals reach is marked.

    Raises:
        OperatorError: there is no such pack or format.
        PackFaultsError: it cannot be played.
    """
    if shape not in SHAPES:
        raise OperatorError(f"there is no format {shape!r}: one of {', '.join(SHAPES)}")
    folder = folder_of(pack)
    atlas = atlas_of(load_folder(folder))
    line = storyline_of(atlas)
    verdicts = {proof.goal.id: "impossible" for proof in proofs_of(atlas.reach)}
    seen = witnesses(kept_in(folder, atlas.pack))
    verdicts |= {goal.id: "witnessed" for goal in seen if goal.kind != "action"}
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
    for number, (chapter, nodes) in enumerate(by_column(line).items()):
        lines.append(f'  subgraph c{number}["{_entities(line.titles.get(chapter, chapter))}"]')
        for node in nodes:
            left, right = ("([", "])") if node.kind == "ending" else ("[", "]")
            lines.append(f'    {names[node.id]}{left}"{_entities(node.title)}"{right}')
        lines.append("  end")
    lines += (f"  {names[a]} --> {names[b]}" for a, b in line.edges)
    for kind, look in LOOKS.items():
        of_kind = [names[node.id] for node in line.nodes if verdicts.get(node.id) == kind]
        if of_kind:
            lines.append(
                f"  classDef {kind} fill:{look.pale},stroke:{look.colour},stroke-width:2px"
            )
            lines.append(f"  class {','.join(of_kind)} {kind}")
    return "\n".join(lines)


def _entities(text: str) -> str:
    """Return a text as Mermaid takes it between quotes: it reads tags and `#35;` in there."""
    for character, name in (("#", "35"), ("&", "amp"), ('"', "quot"), ("<", "lt"), (">", "gt")):
        text = text.replace(character, f"#{name};")
    return " ".join(text.split())


def as_dot(line: Storyline, verdicts: Mapping[str, str]) -> str:
    """Return a storyline for Graphviz."""
    lines = ["digraph story {", "  rankdir=LR; node [shape=box, fontname=sans];"]
    for number, (chapter, nodes) in enumerate(by_column(line).items()):
        lines.append(
            f"  subgraph cluster_{number} {{ label={_quoted(line.titles.get(chapter, chapter))};"
        )
        for node in nodes:
            shape = "doubleoctagon" if node.kind == "ending" else "box"
            look = LOOKS[verdicts.get(node.id, "unknown")]
            given = f'label={_quoted(node.title)}, shape={shape}, color="{look.colour}"'
            given += f', style=filled, fillcolor="{look.pale}"'
            lines.append(f"    {_quoted(node.id)} [{given}];")
        lines.append("  }")
    lines += (f"  {_quoted(a)} -> {_quoted(b)};" for a, b in line.edges)
    return "\n".join([*lines, "}"])


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
