"""`dreamsync check`: every fault of a pack at once, each with its file, line and column."""

from pathlib import Path

from dreamsync_server.cli.telling import FAILED, print_json
from dreamsync_server.errors import OperatorError
from dreamsync_server.packs import Checked, check_folder
from dreamsync_server.packs.faults import format_faults
from dreamsync_server.packs.sections import HEAD
from dreamsync_server.packs.shipped import find_world, list_worlds


def check(pack: str, *, is_json: bool = False) -> int:
    """Check a pack, print what was found, and return 0 where it can be played."""
    folder = folder_of(pack)
    checked = check_folder(folder)
    if is_json:
        print_json(checked.as_dict())
    else:
        print(report(checked, folder))
    return 0 if checked.pack is not None else FAILED


def folder_of(pack: str) -> Path:
    """Return the folder that is meant: a path, or the id of a pack that comes with the server.

    Raises:
        OperatorError: neither is there.
    """
    path = Path(pack)
    if (path / HEAD).is_file():
        return path
    shipped = find_world(pack)
    if shipped is not None:
        return shipped
    if path.is_dir():
        raise OperatorError(f"{pack} is a folder without a {HEAD}, and every pack has one")
    known = ", ".join(list_worlds()) or "none"
    raise OperatorError(
        f"there is no pack {pack!r}: neither a folder with a {HEAD} here, nor one that comes with"
        f" the server ({known})"
    )


def report(checked: Checked, folder: Path) -> str:
    """Return the verdict for a person: the faults as places that an editor can open."""
    lines = [f"{folder / fault.file}{str(fault)[len(fault.file) :]}" for fault in checked.faults]
    if checked.more:
        lines.append(format_faults((), checked.more))
    verdict = checked.as_dict()
    if checked.pack is None:
        errors = sum(fault.severity == "error" for fault in checked.faults)
        count = f"{errors} fault{'' if errors == 1 else 's'}"
        lines.append(f"{folder.resolve().name} cannot be played yet: {count} to mend")
    else:
        counts = ", ".join(_counted(count, name) for name, count in verdict["counts"].items())
        lines.append(f"{checked.pack.id} can be played: {counts}")
    return "\n".join(lines)


def _counted(count: int, name: str) -> str:
    return f"{count} {name[:-1] if count == 1 else name}"
