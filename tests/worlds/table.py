"""The table of a world's rows: which files of the pack do it, and which tests play to it.

    PYTHONPATH=tests python -m worlds.table

writes it into worlds/README.md, between its two marks. The files are those with a comment such as
`# B-20`, the tests those named `test_B_20_…`.
"""

import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

ROOT: Final = Path(__file__).parents[2]
README: Final = ROOT / "worlds" / "README.md"
BEGIN: Final = "<!-- rows: written by `PYTHONPATH=tests python -m worlds.table` -->"
END: Final = "<!-- end of rows -->"
ROWS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({
    "expo": (*(f"B-{n:02}" for n in range(1, 52)), "B-E"),
    "seizure": (*(f"A-{n:02}" for n in range(1, 68)), "A-E"),
})  # fmt: skip
"""World -> the rows of the stories' table of systems that it has to play; -E: its endings."""

_MARK: Final = re.compile(r"\b([AB]-(?:\d\d|E))\b")
_TEST: Final = re.compile(r"^def (test_([AB])_(\d\d|E)_\w+)", re.MULTILINE)


def worlds_with_tests() -> list[str]:
    """Return the worlds that have tests of their rows."""
    return [world for world in ROWS if any((ROOT / "tests/worlds" / world).glob("test_rows*.py"))]


def files_of(world: str) -> dict[str, list[str]]:
    """Return row -> the pack's files that are marked with it, by name."""
    found: dict[str, list[str]] = {}
    folder = ROOT / "worlds" / world
    for path in sorted(folder.rglob("*.yaml")):
        if "text" in path.parts or "rehearsals" in path.parts:
            continue
        comments = " ".join(re.findall(r"#(.*)", path.read_text("utf-8")))
        for row in sorted(set(_MARK.findall(comments))):
            found.setdefault(row, []).append(path.relative_to(folder).as_posix())
    if any((folder / "rehearsals").glob("*.yaml")):
        found.setdefault(f"{ROWS[world][0][0]}-E", []).append("rehearsals/")
    return found


def proofs_of(world: str) -> dict[str, list[tuple[str, str]]]:
    """Return row -> (file, test) of every test that is named after it."""
    found: dict[str, list[tuple[str, str]]] = {}
    for path in sorted((ROOT / "tests/worlds" / world).glob("test_*.py")):
        for name, letter, number in _TEST.findall(path.read_text("utf-8")):
            found.setdefault(f"{letter}-{number}", []).append((path.name, name))
    return found


def table(worlds: Iterable[str]) -> str:
    """Return the tables of some worlds as Markdown, with the marks around them."""
    lines = [BEGIN]
    for world in worlds:
        files, tests = files_of(world), proofs_of(world)
        folder = f"../tests/worlds/{world}"
        lines += ["", f"### {world}", "", "| row | files | tests |", "|---|---|---|"]
        for row in ROWS[world]:
            places = ", ".join(f"[{one}]({world}/{one})" for one in files.get(row, ()))
            proofs = "<br>".join(
                f"[{name.split('_', 3)[3].replace('_', ' ')}]({folder}/{file})"
                for file, name in tests.get(row, ())
            )
            lines.append(f"| {row} | {places} | {proofs} |")
    return "\n".join([*lines, "", END])


def written(readme: str) -> str:
    """Return the page with the tables as they are now."""
    before, _, rest = readme.partition(BEGIN)
    after = rest.partition(END)[2]
    return f"{before}{table(worlds_with_tests())}{after}"


def main() -> int:
    """Write the tables into the page."""
    readme = README.read_text("utf-8")
    if BEGIN not in readme or END not in readme:
        print(f"{README} has no place for them: {BEGIN} … {END}")
        return 1
    README.write_text(written(readme), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
