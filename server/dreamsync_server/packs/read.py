"""A pack's folder → its files as texts; bounded, and never out of the folder."""

import os
from collections.abc import Mapping
from pathlib import Path

from dreamsync_server.limits import PACK_BYTES_MAX, PACK_FILE_BYTES_MAX, PACK_FILES_MAX
from dreamsync_server.packs.faults import Faults
from dreamsync_server.packs.hashing import normalise
from dreamsync_server.world.model import Place

_DEPTH_MAX = 6


def read_folder(folder: Path, faults: Faults) -> Mapping[str, str]:
    """Return path (with `/`) → text of every *.yaml below a folder; hidden ones are passed over.

    What cannot be read is noted in `faults` and left out.
    """
    files: dict[str, str] = {}
    total_bytes = 0
    if not folder.is_dir():
        what = f"there is no folder {folder.name}"
        faults.add("file_missing", Place("pack.yaml", 1, 1), what)
        return files
    root = folder.resolve()
    for path in _paths(folder, root, faults):
        name = path.relative_to(folder).as_posix()
        if len(files) >= PACK_FILES_MAX:
            faults.add("file_size", Place(name, 1, 1), f"a pack has at most {PACK_FILES_MAX} files")
            break
        text = _read(path, name, faults)
        if text is None:
            continue
        total_bytes += len(text.encode())
        if total_bytes > PACK_BYTES_MAX:
            what = f"all files together are larger than {PACK_BYTES_MAX} bytes"
            faults.add("file_size", Place(name, 1, 1), what)
            break
        files[name] = text
    return files


def take_files(given: Mapping[str, str], faults: Faults) -> Mapping[str, str]:
    """Return files handed in as texts, held to the same bounds as those of a folder."""
    files: dict[str, str] = {}
    total_bytes = 0
    for name in sorted(given):
        place = Place(name[:200], 1, 1)
        text = given[name]
        size_bytes = len(text.encode("utf-8", "surrogatepass"))
        total_bytes += size_bytes
        if len(files) >= PACK_FILES_MAX:
            faults.add("file_size", place, f"a pack has at most {PACK_FILES_MAX} files")
            break
        if not _is_plain(name):
            faults.add(
                "file_name", place, "the path of a file has words of letters, digits, - and _"
            )
        elif size_bytes > PACK_FILE_BYTES_MAX or total_bytes > PACK_BYTES_MAX:
            what = f"a file has at most {PACK_FILE_BYTES_MAX} bytes, all together {PACK_BYTES_MAX}"
            faults.add("file_size", place, what)
        else:
            files[name] = normalise(text)
    return files


def _paths(folder: Path, root: Path, faults: Faults) -> list[Path]:
    """Walk the folder in order; links that lead out of it are faults and not followed."""
    found: list[Path] = []
    waiting = [(folder, 0)]
    while waiting and len(found) <= PACK_FILES_MAX:
        at, depth = waiting.pop()
        with os.scandir(at) as entries:
            paths = sorted(at / entry.name for entry in entries if entry.name[0] != ".")
        below = []
        for path in paths:
            place = Place(path.relative_to(folder).as_posix(), 1, 1)
            if path.is_symlink() and not path.resolve().is_relative_to(root):
                faults.add("file_link", place, "a link that leads out of the pack's folder")
            elif path.is_symlink() and path.is_dir():
                faults.add("file_link", place, "a link to a folder: packs have none")
            elif path.is_dir() and depth < _DEPTH_MAX:
                below.append((path, depth + 1))
            elif path.suffix in (".yaml", ".yml") and not path.is_dir():
                if not path.is_file():
                    what = "a link to nothing" if path.is_symlink() else "this is no plain file"
                    faults.add("file_unreadable", place, what)
                elif path.suffix == ".yml":
                    faults.add("file_name", place, "files of a pack end in .yaml, not .yml")
                elif not _is_plain(place.file):
                    what = "the path of a file has words of letters, digits, - and _"
                    faults.add("file_name", place, what)
                else:
                    found.append(path)
        waiting.extend(reversed(below))
    return sorted(found)


def _read(path: Path, name: str, faults: Faults) -> str | None:
    place = Place(name, 1, 1)
    try:
        with path.open("rb") as file:
            raw = file.read(PACK_FILE_BYTES_MAX + 1)
    except OSError as error:
        faults.add("file_unreadable", place, f"the file cannot be read: {error.strerror}")
        return None
    if len(raw) > PACK_FILE_BYTES_MAX:
        faults.add("file_size", place, f"the file is larger than {PACK_FILE_BYTES_MAX} bytes")
        return None
    try:
        return normalise(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        column = len(raw[: error.start].rpartition(b"\n")[2].decode("utf-8", "replace")) + 1
        faults.add("file_encoding", Place(name, line, column), "the file is not UTF-8 text")
        return None


def _is_plain(name: str) -> bool:
    """Whether a path is made of plain words: it becomes part of faults, hashes and keys."""
    words = name.split("/")
    return (
        0 < len(name) <= 200
        and len(words) <= _DEPTH_MAX + 1
        and all(
            word
            and word[0] != "."
            and word.isascii()
            and word.replace(".", "").replace("-", "").replace("_", "").isalnum()
            for word in words
        )
    )
