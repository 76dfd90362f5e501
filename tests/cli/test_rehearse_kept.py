"""Kept rehearsals: run again and judged; what was found is written and comes out again."""

import re
import shutil
from pathlib import Path

import pytest
from support.packs import WORLDS

from dreamsync_server.cli.rehearse_kept import Kept, judged, keep, kept_in, name_of, witnesses
from dreamsync_server.packs import check_folder, load_folder
from dreamsync_server.packs.faults import Faults
from dreamsync_server.packs.recorded import load_rehearsal
from dreamsync_server.story.causes import causes_of
from dreamsync_server.story.goals import Goal
from dreamsync_server.story.proofs import proofs_of
from dreamsync_server.story.reachable import reachable
from dreamsync_server.story.seeking import Found
from dreamsync_server.story.shrinking import shrink
from dreamsync_server.story.trial import play_trial
from dreamsync_server.world.model import Pack

MORNING = Goal("ending", "morning")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(WORLDS / "starter", tmp_path / "starter"))


def found_in(pack: Pack) -> Found:
    runs = (play_trial(pack, 1, number, wanted=(MORNING,))[1] for number in range(20))
    return shrink(pack, next(found for run in runs for found in run))


def kept_one(folder: Path) -> Kept:
    (kept,) = kept_in(folder, load_folder(folder))
    return kept


def test_what_is_kept_comes_out_again_and_shows_what_it_reaches(folder: Path) -> None:
    pack = load_folder(folder)
    assert keep(folder, pack, found_in(pack)) == folder / "rehearsals" / "morning.yaml"
    assert check_folder(folder).faults == ()
    kept = kept_one(folder)
    assert (kept.fault, kept.rehearsal.ends) == ("", "morning")
    assert witnesses([kept])[MORNING] == "morning"
    assert witnesses([kept], ("ben",)) == {}


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("ends: morning", "ends: orchard_keeps", "it ends in 'morning', not in 'orchard_keeps'"),
        ("digest: .*", 'digest: "0000000000000001"', "not 0000000000000001"),
        ("expect: ok", "expect: spent", "is now answered 'ok', not 'spent'"),
    ],
)
def test_what_comes_out_otherwise_is_a_lost_witness(folder: Path, old, new, fault) -> None:
    pack = load_folder(folder)
    file = keep(folder, pack, found_in(pack))
    file.write_text(re.sub(old, new, file.read_text(), count=1))
    kept = kept_one(folder)
    assert fault in kept.fault
    assert kept.reaches == ()


def test_names_say_who_is_missing() -> None:
    assert name_of(MORNING, ()) == "morning"
    assert name_of(MORNING, ("ada", "ben")) == "morning_without_ada_without_ben"


@pytest.mark.parametrize("name", ["expo", "seizure"])
def test_what_was_recorded_with_a_role_missing_is_not_called_impossible_without_it(name) -> None:
    folder = WORLDS / name
    pack = load_folder(folder)
    ways = causes_of(pack)
    for file in sorted((folder / "rehearsals").glob("*_without_*.yaml"))[::3]:
        rehearsal = load_rehearsal(file.name, file.read_text("utf-8"), Faults())
        kept = judged(pack, file.stem, rehearsal)
        assert kept.fault == ""
        impossible = {p.goal for p in proofs_of(reachable(pack, ways, rehearsal.absent))}
        assert not impossible & set(kept.reaches), file.name
