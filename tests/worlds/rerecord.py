"""Record the shipped worlds' rehearsals anew, after a change of a pack or of the rules.

    PYTHONPATH=tests python -m worlds.rerecord [PACK ...]
    PYTHONPATH=tests python -m worlds.rerecord --check [PACK ...]

A rehearsal that has a script is played by it; another is decided again from its own steps, and
kept where it still comes to its ending. `--check` writes nothing: it prints each file's digest as
it comes out now. The exit code is 1 where a rehearsal does not come out.
"""

import argparse
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from support.expo_runs import RUNS as EXPO
from support.expo_runs import Run

from dreamsync_server.packs import load_folder
from dreamsync_server.packs.faults import Faults
from dreamsync_server.packs.recorded import dump_rehearsal, load_rehearsal
from dreamsync_server.story.rehearsing import record, rerun
from dreamsync_server.world.model import Pack
from dreamsync_server.world.rehearsal import Rehearsal

WORLDS: Final = Path(__file__).parents[2] / "worlds"
PACKS: Final = ("expo", "seizure")
SCRIPTS: Final[Mapping[str, Mapping[str, Run]]] = MappingProxyType({"expo": EXPO})
"""Pack -> file name -> the script it is recorded from."""


def recorded(pack_id: str) -> dict[str, Rehearsal]:
    """Return what is recorded of a pack, by file name."""
    found = {}
    for path in sorted((WORLDS / pack_id / "rehearsals").glob("*.yaml")):
        faults = Faults()
        found[path.stem] = load_rehearsal(path.name, path.read_text("utf-8"), faults)
        faults.raise_if_any()
    return found


def anew(pack: Pack) -> Iterator[tuple[str, Rehearsal]]:
    """Yield every rehearsal of a pack, recorded again.

    Raises:
        ValueError: one does not come to its ending any more.
    """
    scripts = SCRIPTS.get(pack.id, {})
    for name, run in scripts.items():
        yield name, record(run.played().play, run.about, run.absent)
    for name, known in recorded(pack.id).items():
        if name not in scripts:
            play = rerun(pack, known).play
            if play.ending != known.ends:
                raise ValueError(f"{name} ends in {play.ending!r} now, not in {known.ends!r}")
            yield name, record(play, known.about, known.absent)


def digests(pack: Pack) -> Iterator[tuple[str, str]]:
    """Yield (file name, the digest its steps come to now) of every recorded rehearsal."""
    for name, known in recorded(pack.id).items():
        again = rerun(pack, known)
        assert not again.mismatches, f"{name}: {again.mismatches[0]}"
        assert again.play.ending == known.ends, f"{name} ends in {again.play.ending!r}"
        yield name, again.digest


def main(arguments: list[str]) -> int:
    """Record anew, or check; print a line a file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("packs", nargs="*", default=PACKS)
    parser.add_argument("--check", action="store_true")
    asked = parser.parse_args(arguments)
    for pack_id in asked.packs:
        pack = load_folder(WORLDS / pack_id)
        if asked.check:
            for name, digest in digests(pack):
                print(pack_id, name, digest)
            continue
        folder = WORLDS / pack_id / "rehearsals"
        folder.mkdir(exist_ok=True)
        for name, rehearsal in list(anew(pack)):
            (folder / f"{name}.yaml").write_text(dump_rehearsal(rehearsal), "utf-8")
            print(pack_id, name, rehearsal.digest, f"{len(rehearsal.steps)} steps")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
