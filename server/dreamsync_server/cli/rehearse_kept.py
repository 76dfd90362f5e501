"""The rehearsals that a pack keeps: run again, judged, and written."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dreamsync_server.packs.faults import Faults
from dreamsync_server.packs.recorded import dump_rehearsal, load_rehearsal
from dreamsync_server.story.goals import Goal, reached_in
from dreamsync_server.story.rehearsing import rerun
from dreamsync_server.story.seeking import Found
from dreamsync_server.story.shrinking import rehearsal_of
from dreamsync_server.world.model import Pack
from dreamsync_server.world.rehearsal import Rehearsal

FOLDER = "rehearsals"


@dataclass(frozen=True, slots=True)
class Kept:
    """A recorded rehearsal, run again. `fault` says how it came out otherwise, "" if it did not."""

    name: str
    rehearsal: Rehearsal
    reaches: tuple[Goal, ...]
    fault: str


def kept_in(folder: Path, pack: Pack) -> tuple[Kept, ...]:
    """Return a pack's recorded rehearsals, each run again, by name."""
    found = []
    for file in sorted((folder / FOLDER).glob("*.yaml")):
        faults = Faults()
        rehearsal = load_rehearsal(f"{FOLDER}/{file.name}", file.read_text("utf-8"), faults)
        if faults.errors:
            first = faults.listed()[0][0]
            found.append(Kept(file.stem, rehearsal, (), str(first)))
        else:
            found.append(judged(pack, file.stem, rehearsal))
    return tuple(found)


def judged(pack: Pack, name: str, rehearsal: Rehearsal) -> Kept:
    """Run a rehearsal again and compare it with what was recorded."""
    again = rerun(pack, rehearsal)
    fault = ""
    if again.mismatches:
        first = again.mismatches[0]
        step = first.step
        fault = (
            f"step {first.index + 1} ({step.kind} {step.do} by {step.role or step.by})"
            f" is now answered {first.code!r}, not {step.expect!r}"
        )
    elif again.play.ending != rehearsal.ends:
        fault = f"it ends in {again.play.ending or 'nothing'!r}, not in {rehearsal.ends!r}"
    elif rehearsal.digest and again.digest != rehearsal.digest:
        fault = f"it comes to the digest {again.digest}, not {rehearsal.digest}"
    reaches = () if fault else tuple(reached_in(again.play.commits))
    return Kept(name, rehearsal, reaches, fault)


def witnesses(kept: Sequence[Kept], absent: Sequence[str] = ()) -> dict[Goal, str]:
    """Return which rehearsal shows each goal, where those roles are absent in it."""
    found: dict[Goal, str] = {}
    for one in kept:
        if set(absent) <= set(one.rehearsal.absent):
            for goal in one.reaches:
                found.setdefault(goal, one.name)
    return found


def name_of(goal: Goal, absent: Sequence[str]) -> str:
    """Return the name that a goal's rehearsal is kept under."""
    return goal.id + "".join(f"_without_{role}" for role in absent)


def keep(folder: Path, pack: Pack, found: Found) -> Path:
    """Write a found run as a recorded rehearsal; return its file."""
    without = f", without {' and '.join(found.absent)}" if found.absent else ""
    about = f"Reaches {found.goal}{without}."
    text = dump_rehearsal(rehearsal_of(pack, found, about))
    place = folder / FOLDER
    place.mkdir(exist_ok=True)
    file = place / f"{name_of(found.goal, found.absent)}.yaml"
    file.write_text(text, "utf-8")
    return file
