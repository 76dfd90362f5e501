"""A new pack: a copy of the starter under a name of its own."""

import re
import shutil
import tempfile
from pathlib import Path
from typing import Final

from dreamsync_server.errors import OperatorError
from dreamsync_server.packs.sections import HEAD
from dreamsync_server.packs.shipped import find_world

STARTER: Final = "starter"
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,63}\Z")
_ID_LINE: Final = re.compile(rf"^id: {STARTER}\b", re.MULTILINE)


def copy_starter(name: str, destination: Path) -> Path:
    """Copy the starter to `destination/name` with its id changed; return that folder.

    The copy appears whole or not at all, and nothing is ever written over.

    Raises:
        OperatorError: the name cannot be a pack's, or it is taken, or nothing can be written.
    """
    if not _NAME.match(name):
        raise OperatorError(
            f"'{name}' cannot be the name of a pack: lower-case letters, digits and _,"
            " from a letter on"
        )
    target = destination / name
    if target.exists() or target.is_symlink():
        raise OperatorError(f"{target} is there already: choose another name")
    starter = find_world(STARTER)
    if starter is None:
        raise OperatorError("the starter pack is missing from this installation: install it anew")
    try:
        destination.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=destination, prefix=".new-") as folder:
            copy = Path(folder) / name
            # Recorded runs are the starter's own: they fit no changed pack.
            shutil.copytree(starter, copy, ignore=shutil.ignore_patterns("rehearsals"))
            head = copy / HEAD
            head.write_text(_ID_LINE.sub(f"id: {name}", head.read_text("utf-8")), "utf-8")
            copy.rename(target)
    except OSError as error:
        raise OperatorError(f"{target} cannot be written: {error.strerror}") from error
    return target
