"""The Lua scripts, by name and by the hash under which a server knows them."""

import hashlib
import importlib.resources
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple


class Script(NamedTuple):
    """A Lua script and its SHA-1, by which the server knows it once it has run."""

    text: str
    sha: str


class Call(NamedTuple):
    """One script to run. Its keys lie in one shard."""

    script: str
    keys: tuple[str, ...]
    args: Sequence[str | bytes | int]


@cache
def load_scripts() -> dict[str, Script]:
    """Return all scripts by name."""
    found = {}
    folder = importlib.resources.files("dreamsync_server.store").joinpath("lua")
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".lua"):
            text = file.read_text("utf-8")
            sha = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
            found[file.name.removesuffix(".lua")] = Script(text, sha)
    return found
