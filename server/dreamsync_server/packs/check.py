"""Checks a whole pack: everything that can be said of it, faults and warnings, at once."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from dreamsync_server.packs.build import build_pack
from dreamsync_server.packs.faults import Fault, Faults, format_faults
from dreamsync_server.packs.hashing import authored_hash, hash_files, rules_hash
from dreamsync_server.packs.odds import with_odds
from dreamsync_server.packs.possible import check_conditions
from dreamsync_server.packs.reach import check_scenes
from dreamsync_server.packs.read import read_folder, take_files
from dreamsync_server.packs.recorded import check_rehearsals
from dreamsync_server.packs.sections import UNREAD, gather
from dreamsync_server.packs.unused import check_unused
from dreamsync_server.packs.veiled import check_sight
from dreamsync_server.world.model import Pack, Place

_OF_THE_WHOLE: Final = (
    "unknown_id", "wrong_sort", "missing_text", "empty_text", "unknown_placeholder", "not_seen",
    "unknown_language", "impossible", "rehearsal", "stale_rehearsal", "odds", "stale_odds",
    "bound_beyond_cap", "unreachable_scene", "unused", "never_changes", "unused_text", "not_apart",
)  # fmt: skip
"""Faults that may be no faults: what they miss may stand in a file that went unread."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of a pack: `pack` is None where it has errors; `more` faults were left off."""

    pack: Pack | None
    faults: tuple[Fault, ...]
    more: int
    files: Mapping[str, str]

    def as_dict(self) -> dict[str, Any]:
        """Return the verdict as plain values, for `--json`."""
        pack = self.pack
        return {
            "ok": pack is not None,
            "id": "" if pack is None else pack.id,
            "hash": "" if pack is None else pack.hash,
            "counts": {} if pack is None else counts_of(pack),
            "faults": [fault.as_dict() for fault in self.faults],
            "more": self.more,
        }


def check_folder(folder: Path) -> Checked:
    """Check a pack on disk; its id is the name of its folder."""
    faults = Faults()
    files = read_folder(folder, faults)
    return _check(files, faults, folder.resolve().name)


def check_files(files: Mapping[str, str]) -> Checked:
    """Check a pack given as path → text."""
    faults = Faults()
    return _check(take_files(files, faults), faults, None)


def counts_of(pack: Pack) -> dict[str, int]:
    """Return how many parts of each sort a pack has."""
    endings = sum(beat.is_ending for beat in pack.beats.values())
    return {
        "roles": len(pack.roles),
        "scenes": len(pack.scenes),
        "things": len(pack.things),
        "facts": len(pack.facts),
        "actions": len(pack.actions),
        "laws": len(pack.laws),
        "beats": len(pack.beats) - endings,
        "endings": endings,
        "chapters": len(pack.chapters),
        "clocks": len(pack.clocks),
        "choices": len(pack.choices),
        "languages": len(pack.languages),
    }


def main(path: str) -> int:
    """Print the faults of a pack's folder; return 0 where it can be played, else 1."""
    checked = check_folder(Path(path))
    lines = format_faults(checked.faults, checked.more)
    if lines:
        sys.stdout.write(lines + "\n")
    if checked.pack is not None:
        told = ", ".join(f"{count} {name}" for name, count in counts_of(checked.pack).items())
        sys.stdout.write(f"{checked.pack.id} can be played: {told}\n")
    return 0 if checked.pack is not None else 1


def _check(files: Mapping[str, str], faults: Faults, folder: str | None) -> Checked:
    sections = gather(files, faults)
    if faults.has(UNREAD):
        # What such a file declares is not known: what names it, and what follows, is not told.
        build_pack(sections, hash_files(files), faults)
        faults.keep(lambda fault: fault.code not in _OF_THE_WHOLE)
        listed, more = faults.listed()
        return Checked(None, listed, more, files)
    pack, context = build_pack(sections, hash_files(files), faults)
    pack = replace(pack, authored_hash=authored_hash(files), rules_hash=rules_hash(files))
    pack = with_odds(pack, context, sections.odds)
    if folder is not None and sections.head.entries and pack.id != folder:
        node = sections.head.get("id")
        place = node.place if node is not None else Place("pack.yaml", 1, 1)
        what = f"the id '{pack.id}' is not the name of its folder"
        faults.add("wrong_pack_id", place, what, folder)
    check_rehearsals(sections.rehearsals, pack, faults)
    check_scenes(pack, faults)
    check_sight(pack, context)
    if not faults.errors:
        # Proofs about the whole hold only for the whole.
        check_conditions(pack, context)
        check_unused(pack, faults)
    listed, more = faults.listed()
    return Checked(None if faults.errors else pack, listed, more, files)
