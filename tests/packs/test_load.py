"""Loading: a pack, or every fault at once."""

from pathlib import Path

import pytest

from dreamsync_server.packs import PackFaultsError, load, load_folder
from dreamsync_server.packs.faults import Faults
from dreamsync_server.packs.read import read_folder
from dreamsync_server.packs.sample import SAMPLE


def test_a_folder_and_its_files_are_the_same_pack(checkout: Path) -> None:
    folder = checkout / "worlds" / "starter"
    assert load(read_folder(folder, Faults())) == load_folder(folder)


def test_every_fault_is_told_at_once() -> None:
    files = {**SAMPLE, "a.yaml": "sets: {a: [adda]}", "b.yaml": "laws: {b: {}}"}
    with pytest.raises(PackFaultsError) as caught:
        load(files)
    assert str(caught.value).splitlines() == [
        "a.yaml:1:12: set 'a': there is no role, scene or thing 'adda'; did you mean 'ada'?",
        "b.yaml:1:11: law 'b' has no 'do'",
        "b.yaml:1:11: law 'b' has no 'when'",
    ]
