"""Recorded rehearsals of the shipped worlds come out again, the same under any hash seed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from worlds.rerecord import SCRIPTS, WORLDS, recorded

from dreamsync_server.packs import load_folder

PACKS = sorted(SCRIPTS)


def digests_under(hash_seed: str, pack_id: str, checkout: Path) -> dict[str, str]:
    """Rerun every rehearsal in a process of its own; return name -> digest."""
    done = subprocess.run(
        [sys.executable, "-m", "worlds.rerecord", "--check", pack_id],
        cwd=checkout,
        env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": "tests"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return dict(line.split()[1:] for line in done.stdout.splitlines())


@pytest.mark.parametrize("hash_seed", ["0", "4242"])
@pytest.mark.parametrize("pack_id", PACKS)
def test_each_comes_out_to_its_digest_under_any_hash_seed(
    pack_id: str, hash_seed: str, checkout: Path
) -> None:
    known = {name: one.digest for name, one in recorded(pack_id).items()}
    assert known, f"nothing is recorded of {pack_id}"
    assert digests_under(hash_seed, pack_id, checkout) == known


@pytest.mark.parametrize("pack_id", PACKS)
def test_each_was_recorded_with_the_pack_as_it_is(pack_id: str) -> None:
    pack = load_folder(WORLDS / pack_id)
    stale = [name for name, one in recorded(pack_id).items() if one.pack_hash != pack.authored_hash]
    assert stale == [], f"record them anew: PYTHONPATH=tests python -m worlds.rerecord {pack_id}"


@pytest.mark.parametrize("pack_id", PACKS)
def test_every_ending_is_recorded_and_every_script_is(pack_id: str) -> None:
    pack = load_folder(WORLDS / pack_id)
    found = recorded(pack_id)
    endings = {beat.id for beat in pack.beats.values() if beat.is_ending}
    assert {one.ends for one in found.values() if one.ends} == endings
    assert set(SCRIPTS[pack_id]) <= set(found)
    for name, run in SCRIPTS[pack_id].items():
        assert (found[name].ends, found[name].absent) == (run.ending, run.absent)
