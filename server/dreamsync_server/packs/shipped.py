"""Where the worlds are that come with the server: a checkout's `worlds/`, else the wheel's."""

import re
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Final

from dreamsync_server.packs.sections import HEAD

_ID: Final = re.compile(r"[a-z][a-z0-9_]{0,63}\Z")
_PACKAGE: Final = "dreamsync_server"


def worlds_folders(extra: Path | None = None) -> tuple[Path, ...]:
    """Return the folders that hold packs, the first to be asked first.

    `extra` is the operator's own; then comes the checkout's, or what a wheel carries.
    """
    package = Path(str(resources.files(_PACKAGE)))
    checkout = package.parents[1]
    is_checkout = (checkout / "pyproject.toml").is_file() and (checkout / "worlds").is_dir()
    shipped = checkout / "worlds" if is_checkout else package / "worlds"
    folders = [extra] if extra is not None else []
    return tuple(folder for folder in (*folders, shipped) if folder.is_dir())


def list_worlds(extra: Path | None = None) -> Mapping[str, Path]:
    """Return pack id → folder of every pack there is, by id."""
    found: dict[str, Path] = {}
    for folder in worlds_folders(extra):
        for path in folder.iterdir():
            if _ID.match(path.name) and (path / HEAD).is_file():
                found.setdefault(path.name, path)
    return {name: found[name] for name in sorted(found)}


def find_world(pack_id: str, extra: Path | None = None) -> Path | None:
    """Return the folder of a pack by its id; None where there is none, whatever is asked."""
    return list_worlds(extra).get(pack_id)
