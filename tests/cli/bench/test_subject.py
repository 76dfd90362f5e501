"""The measured process: its memory, and what it does not know."""

import pytest

from dreamsync_server.cli.bench.gallery import open_gallery
from dreamsync_server.cli.bench.rig import WORLDS
from dreamsync_server.cli.bench.subject import Subject, rss_kib


def test_memory_is_told_in_kib() -> None:
    assert 10_000 < rss_kib() < 10_000_000


async def test_it_marks_what_it_has_used_and_refuses_what_it_does_not_know() -> None:
    async with open_gallery(WORLDS) as gallery:
        subject = Subject(gallery, gallery.open)
        opened = await subject.do({"do": "open", "pack": "bench", "count": 2})
        assert len(opened["worlds"]) == 2
        mark = await subject.do({"do": "mark"})
        assert mark["cpu_s"] > 0
        assert mark["messages"] == 0
        with pytest.raises(ValueError, match="no such command: dance"):
            await subject.do({"do": "dance"})
