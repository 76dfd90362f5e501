"""Checked packs kept in a folder of the user's, so that the next process need not check them anew.

Checking a pack costs half a second and more; what comes of it depends on its files, the engine and
Python alone. A pack is kept by all three, so that what is found is what a check would give. The
folder is the user's own and so is each file: what others could have written is not read.
"""

import hashlib
import io
import logging
import os
import pickle
import stat
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, cast

from dreamsync_server.world.compile import compile_node
from dreamsync_server.world.model import Expr, Pack

log = logging.getLogger(__name__)

KEPT_MAX: Final = 32  # packs; beyond: those unused for longest go
_PARTS: Final = ("world", "packs")  # of the engine: what a checked pack depends on


class PackCache:
    """Packs by their files. Nothing here raises: where it cannot be used, a pack is checked."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, files: Mapping[str, str]) -> Pack | None:
        """Return the pack of these files, if it is kept."""
        path = self._path(files)
        try:
            with path.open("rb") as file:
                state = os.fstat(file.fileno())
                if state.st_uid != os.geteuid() or state.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
                    return None
                pack = pickle.load(file)  # our own file, in our own folder
            os.utime(path)
        except FileNotFoundError:
            return None
        except Exception as error:  # noqa: BLE001 - a file that is cut off may raise anything
            log.info("a kept pack cannot be used: %s", error)
            return None
        return pack if isinstance(pack, Pack) else None

    def put(self, files: Mapping[str, str], pack: Pack) -> None:
        """Keep the pack of these files."""
        path = self._path(files)
        draft = path.with_suffix(f".{os.getpid()}")
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(_pickled(pack))
            draft.replace(path)
            self._tidy()
        except (OSError, pickle.PicklingError, TypeError, AttributeError) as error:
            log.info("a checked pack is not kept: %s", error)

    def _path(self, files: Mapping[str, str]) -> Path:
        digest = hashlib.sha256(f"{sys.version}\0{_engine()}\0".encode())
        for name in sorted(files):
            digest.update(f"{name}\0{len(files[name])}\0{files[name]}".encode())
        return self._folder / f"{digest.hexdigest()}.pack"

    def _tidy(self) -> None:
        kept = sorted(self._folder.glob("*.pack"), key=lambda path: path.stat().st_mtime)
        for path in kept[:-KEPT_MAX]:
            path.unlink(missing_ok=True)


def own_cache() -> PackCache:
    """Return the cache of the user who runs this."""
    home = os.environ.get("XDG_CACHE_HOME", "")
    return PackCache((Path(home) if home else Path.home() / ".cache") / "dreamsync" / "packs")


@cache
def _engine() -> str:
    """Return what tells two states of the engine's code apart."""
    root = Path(__file__).parents[1]
    digest = hashlib.sha256()
    parts = [sorted((root / part).rglob("*.py")) for part in _PARTS]
    for found in [[root / "limits.py"], *parts]:
        for path in found:
            digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _pickled(pack: Pack) -> bytes:
    raw = io.BytesIO()
    _Pickler(raw, pickle.HIGHEST_PROTOCOL).dump(pack)
    return raw.getvalue()


class _Pickler(pickle.Pickler):
    """Leaves out the code of expressions: it is made from their trees when it is first needed."""

    def reducer_override(self, given: Any) -> Any:
        if type(given) is not Expr:
            return NotImplemented
        it = given
        parts = (it.source, it.place, it.type, it.reads, it.specificity, it.node)
        return _expression, parts


def _expression(*parts: Any) -> Expr:
    *given, node = parts

    def first(facts: Any, names: Mapping[str, Any]) -> Any:
        run = compile_node(node)
        object.__setattr__(made, "run", run)
        return run(facts, names)

    made: Expr = cast("Any", Expr)(*given, first, node)
    return made
