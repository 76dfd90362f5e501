"""From files to a pack that can be played, or to the error that lists every fault."""

from collections.abc import Mapping
from pathlib import Path

from dreamsync_server.packs.check import Checked, check_files, check_folder
from dreamsync_server.packs.faults import PackFaultsError
from dreamsync_server.world.model import Pack


def load(files: Mapping[str, str]) -> Pack:
    """Return the pack of path → text.

    Raises:
        PackFaultsError: the author's fault; it lists every fault with its place.
    """
    return _pack_of(check_files(files))


def load_folder(folder: Path) -> Pack:
    """Return the pack in a folder, whose name is the pack's id.

    Raises:
        PackFaultsError: the author's fault; it lists every fault with its place.
    """
    return _pack_of(check_folder(folder))


def _pack_of(checked: Checked) -> Pack:
    if checked.pack is None:
        raise PackFaultsError(checked.faults, checked.more)
    return checked.pack
