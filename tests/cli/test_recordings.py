"""Logs to read from, and the moments that people name."""

import os
from pathlib import Path

import pytest
from support.packs import night_for_two

from dreamsync_server.cli.recordings import When, is_file, opened, recording_of, when_of
from dreamsync_server.errors import OperatorError
from dreamsync_server.store.archive import ArchiveError, Head
from dreamsync_server.store.port import WorldCard


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("", When()), ("212", When(seq=212)), ("4:31", When(ms=271_999)),
        ("0:04:31", When(ms=271_999)), ("1:00:00", When(ms=3_600_999)),
    ],
)  # fmt: skip
def test_a_moment_is_a_seq_or_a_time(text: str, when: When) -> None:
    assert when_of(text) == when


@pytest.mark.parametrize("text", ["0", "-1", "soon", "4:3", "1:2:3:4", "4:31 pm"])
def test_other_words_are_no_moments(text: str) -> None:
    with pytest.raises(OperatorError, match="no moment"):
        when_of(text)


def test_what_came_after_a_moment_is_known() -> None:
    first, *_, last = night_for_two().commits
    assert When(seq=1).is_before(last)
    assert not When(seq=1).is_before(first)
    assert not When().is_before(last)
    assert When(ms=-1).is_before(first)


def test_a_file_is_told_from_a_world(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("")
    assert is_file("night.dream")
    assert is_file(str(tmp_path / "x"))
    assert not is_file("AcunwlFDU0rvabYg")
    os.mkfifo(tmp_path / "pipe")
    assert is_file(str(tmp_path / "pipe"))
    assert is_file("-")
    assert not is_file(str(tmp_path))
    with pytest.raises(ArchiveError, match="cannot be read"), opened(tmp_path / "none"):
        pass


def test_a_file_without_its_pack_is_refused() -> None:
    head = Head(WorldCard("w", "starter", "f" * 64, 1, True, 1), 1, 1, True)
    with pytest.raises(ArchiveError, match="pack does not come first"):
        recording_of(iter([head]))
