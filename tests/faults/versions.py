"""Trees of the code in another version: made from the one that is here, or out of its history.

A made one works everywhere, also in a checkout without history: it says another version of itself
and writes another form of commits, with an element more than this one knows.
"""

import io
import re
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Final, NamedTuple

import dreamsync_server
from dreamsync_server.store import codec

_HERE: Final = Path(dreamsync_server.__file__).parent
_ROOT: Final = Path(__file__).parents[2]
_BACK: Final = 100  # commits: an earlier version, where none is tagged
_GIT_S: Final = 20.0
_WRITTEN: Final = f"VERSION: Final = {codec.VERSION} "
_NEW_PART: Final = "what is new in it"


class Tree(NamedTuple):
    """One version: what it is called, and where its code is found."""

    name: str
    paths: tuple[Path, ...]


def next_version(folder: Path) -> Tree:
    """Make the version after this one: all it writes is of the next form, commits longer by one."""
    parts = "            list(commit.texts),\n        ]"
    more = f'            list(commit.texts),\n            "{_NEW_PART}",\n        ]'
    written = codec.VERSION + 1
    return _made(folder, "next", (_WRITTEN, f"VERSION: Final = {written} "), (parts, more))


def version_before(folder: Path) -> Tree:
    """Make the version before this one: it reads what this one writes, and not what the next."""
    written = codec.VERSION - 1
    return _made(folder, "before", (_WRITTEN, f"VERSION: Final = {written} "))


def why_no_history() -> str:
    """Return why no earlier version can be had here, "" where one can."""
    return "" if _earlier() else "this checkout has no history to take an earlier version from"


def earlier(folder: Path) -> Tree:
    """Take an earlier version out of the history."""
    name = _earlier()
    packed = _git("archive", name, "server", "client_sdk", "worlds", "pyproject.toml")
    assert packed, f"git has no tree of {name}"
    with tarfile.open(fileobj=io.BytesIO(packed)) as whole:
        whole.extractall(folder, filter="data")
    return Tree(name, (folder / "server", folder / "client_sdk"))


def _earlier() -> str:
    """Return the newest tag, else the commit some way back, "" where there is neither."""
    name = _git("describe", "--tags", "--abbrev=0", "HEAD^").decode().strip()
    if not name:
        back = ("rev-list", "--first-parent", "--max-count=1", f"--skip={_BACK}", "HEAD")
        name = _git(*back).decode().strip()[:12]
    return name


def _git(*asked: str) -> bytes:
    """Return what git says, nothing where it cannot."""
    try:
        done = subprocess.run(
            ["git", "-C", str(_ROOT), *asked],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=_GIT_S, check=False,
        )  # fmt: skip
    except OSError:
        return b""
    return b"" if done.returncode else done.stdout


def _made(folder: Path, name: str, *changes: tuple[str, str]) -> Tree:
    """Copy the server, and change its codec and what it says of itself."""
    package = folder / "server" / _HERE.name
    shutil.copytree(_HERE, package)
    checkout = _HERE.parents[1]
    for shared in ("worlds", "pyproject.toml"):
        if (checkout / shared).exists():
            (folder / shared).symlink_to(checkout / shared)
    _change(package / "store" / "codec.py", *changes)
    said = '"version": own_version()'
    _change(package / "cli" / "about.py", (said, f'{said} + "+{name}"'))
    return Tree(name, (folder / "server",))


def _change(path: Path, *changes: tuple[str, str]) -> None:
    text = path.read_text()
    for before, after in changes:
        assert len(re.findall(re.escape(before), text)) == 1, f"{path.name} has not one {before!r}"
        text = text.replace(before, after)
    path.write_text(text)
