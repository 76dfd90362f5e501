"""Packs made of the starter for the tests of pages: another language, texts to be run."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from browser.conftest import STARTER
from dreamsync_server.cli import shelf

_WORD = re.compile(r"[A-Za-z’']+(?![^{]*\})")
_ENTRY = re.compile(r"^([a-z][\w.]*): (?!>-)(.+)$")
_AR = ("البيت", "ليلة", "نائم", "باب", "مفتاح", "صوت", "حلم", "في", "من", "بستان")


def starter_in(folder: Path, lang: str, said: Callable[[str], str]) -> Path:
    """Return a copy of the starter whose texts are in one language, each as `said` says it."""
    pack = folder / "starter"
    shutil.copytree(STARTER, pack)
    header = pack / "pack.yaml"
    header.write_text(header.read_text("utf-8").replace("[en]", f"[{lang}]"), "utf-8")
    english = pack / "text" / "en.yaml"
    lines = []
    for line in english.read_text("utf-8").splitlines():
        entry = _ENTRY.match(line)
        if entry is not None:
            lines.append(f"{entry[1]}: {said(entry[2])}")
        elif line.startswith("  "):
            lines.append(f"  {said(line.strip())}")
        else:
            lines.append(line)
    english.unlink()
    (pack / "text" / f"{lang}.yaml").write_text("\n".join(lines) + "\n", "utf-8")
    return pack


def put_alone(monkeypatch: pytest.MonkeyPatch, pack: Path) -> None:
    """Let a node have this pack on its shelf and no other."""
    monkeypatch.setattr(shelf, "list_worlds", lambda _extra=None: {pack.name: pack})
    monkeypatch.setattr(shelf, "find_world", lambda _name, _extra=None: pack)


def in_arabic(text: str) -> str:
    """Return a text as long as this one in words that are written from right to left."""
    return _WORD.sub(lambda match: _AR[len(match[0]) % len(_AR)], text)
