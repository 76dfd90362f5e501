"""The content hash of a pack: what makes two packs the same."""

import hashlib
from collections.abc import Mapping

REHEARSALS = "rehearsals/"
TEXTS = "text/"
ODDS = "odds.yaml"
"""Part of what is played (a director goes by it), but not of what it was learned with."""


def hash_files(files: Mapping[str, str]) -> str:
    """Return 64 hex digits: sha256 over each path, NUL, its UTF-8 bytes, NUL, by path.

    Line ends are normalised to LF first, and rehearsals are left out: recording one changes
    nothing of what is played.
    """
    digest = hashlib.sha256()
    for path in sorted(files):
        if not path.startswith(REHEARSALS):
            digest.update(path.encode("utf-8", "surrogatepass"))
            digest.update(b"\0")
            # Text that is no Unicode is refused elsewhere; it must not break the hash.
            digest.update(normalise(files[path]).encode("utf-8", "surrogatepass"))
            digest.update(b"\0")
    return digest.hexdigest()


def authored_hash(files: Mapping[str, str]) -> str:
    """Return the hash of a pack without its learned odds: what its runs are recorded with."""
    return hash_files({path: text for path, text in files.items() if path != ODDS})


def rules_hash(files: Mapping[str, str]) -> str:
    """Return the hash of what decides how a run goes: a pack without its texts and its odds."""
    return hash_files(
        {path: text for path, text in files.items() if path != ODDS and not path.startswith(TEXTS)}
    )


def normalise(text: str) -> str:
    """Return a text with LF line ends and without a byte order mark."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
