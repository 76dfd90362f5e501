"""From a folder on disk to a checked, frozen pack, or every fault at once with its place."""

from dreamsync_server.packs.check import Checked, check_files, check_folder
from dreamsync_server.packs.faults import Fault, PackFaultsError
from dreamsync_server.packs.load import load, load_folder

__all__ = [
    "Checked",
    "Fault",
    "PackFaultsError",
    "check_files",
    "check_folder",
    "load",
    "load_folder",
]
