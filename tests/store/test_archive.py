"""A world in one file: it comes back as it was, and nothing else is taken for one."""

import hashlib
import io
import struct
import zlib
from collections.abc import Sequence
from typing import Any

import pytest
from support.packs import night_for_two

from dreamsync_server.store import archive
from dreamsync_server.store.archive import (
    ArchiveError,
    ArchiveWriter,
    End,
    Head,
    PackFiles,
    Page,
    read_archive,
)
from dreamsync_server.store.codec import encode_commit, encode_plain, encode_segment
from dreamsync_server.store.port import WorldCard
from dreamsync_server.world.commit import Commit

CARD = WorldCard(
    "w_1", "starter", "f" * 64, 7, True, 1, "A night", "creator", "inv", "code", "desk"
)
FILES = {"pack.yaml": "id: starter\n"}


def commits() -> Sequence[Commit]:
    play = night_for_two()
    play.act("a", "whisper", who="ben", words="the canary sings")
    play.act("b", "make_tea")
    return play.commits


def written(log: Sequence[Commit], *, has_texts: bool = True, tail: int | None = None) -> bytes:
    out = io.BytesIO()
    writer = ArchiveWriter(out.write, has_texts=has_texts)
    writer.head(CARD, (1, len(log) if tail is None else tail), 99, "0.1.0")
    writer.pack("f" * 64, FILES)
    writer.page(log)
    writer.end(log[-1].digest)
    return out.getvalue()


def parts(raw: bytes) -> list[Any]:
    return [*read_archive(io.BytesIO(raw).read)]


def sealed(*given: tuple[bytes, bytes]) -> bytes:
    """Return a file of these parts, with an end that comes out."""
    raw = archive.MAGIC
    for kind, body in given:
        raw += struct.pack(">cI", kind, len(body)) + body
    end = {"commits": 1, "digest": "0" * 16, "sha256": hashlib.sha256(raw).hexdigest()}
    body = zlib.compress(encode_plain(end))
    return raw + struct.pack(">cI", b"e", len(body)) + body


def head(**given: Any) -> tuple[bytes, bytes]:
    about = {name: getattr(CARD, name) for name in archive._CARD}
    plain = {"archive": 1, "server": "x", "exported_ms": 1, "card": about, "tail": [1, 1],
             "texts": True, **given}  # fmt: skip
    return b"h", zlib.compress(encode_plain(plain))


def about(**given: Any) -> dict[str, Any]:
    return {"card": {**{name: getattr(CARD, name) for name in archive._CARD}, **given}}


def test_what_was_written_is_read_again() -> None:
    log = commits()
    first, pack, page, end = parts(written(log))
    assert isinstance(first, Head)
    assert (first.card.world, first.card.title, first.tail) == ("w_1", "A night", len(log))
    assert pack == PackFiles("f" * 64, FILES)
    assert isinstance(page, Page)
    assert list(page.commits) == list(log)
    assert isinstance(end, End)
    assert end.commits == len(log)


def test_no_secret_of_the_card_is_in_a_file() -> None:
    first = parts(written(commits()))[0]
    card = first.card
    assert (card.creator, card.invite_hash, card.code_hash, card.desk_hash) == ("",) * 4


def test_texts_are_left_out_where_that_is_asked_for() -> None:
    raw = written(commits(), has_texts=False)
    _, _, page, _ = parts(raw)
    assert all(not commit.texts for commit in page.commits)
    assert [c.digest for c in page.commits] == [c.digest for c in commits()]


def test_a_file_that_is_cut_anywhere_is_refused() -> None:
    raw = written(commits())
    for at in range(0, len(raw), 97):
        with pytest.raises(ArchiveError):
            parts(raw[:at])


def test_a_byte_changed_anywhere_is_found() -> None:
    raw = written(commits())
    for at in range(0, len(raw), 61):
        with pytest.raises(ArchiveError):
            parts(raw[:at] + bytes([raw[at] ^ 0x40]) + raw[at + 1 :])


def test_a_file_of_a_newer_version_says_which_is_read() -> None:
    with pytest.raises(ArchiveError, match="version 2; this server reads version 1"):
        parts(sealed(head(archive=2)))


@pytest.mark.parametrize(
    "wrong",
    [
        {"card": {}}, {"card": 5}, {"tail": [1, 0]}, {"tail": [1, 10**9]}, {"tail": "x"},
        {"card": {"world": 5}}, {"exported_ms": "now"}, about(title="\x1b[2J"),
        about(world="{w:x}"), about(title="x" * 501), about(has_spectators="yes"),
        about(is_directed=1), {"texts": 1},
    ],
)  # fmt: skip
def test_a_head_of_another_shape_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ArchiveError):
        parts(sealed(head(**wrong)))


def test_a_part_that_unpacks_to_too_much_is_not_unpacked() -> None:
    bomb = zlib.compress(b"\0" * 64 * 1024 * 1024)
    for kind in (b"c", b"t", b"p"):
        with pytest.raises(ArchiveError, match="longer than"):
            parts(sealed(head(), (kind, bomb)))


def test_a_part_that_claims_to_be_huge_is_not_read() -> None:
    raw = archive.MAGIC + struct.pack(">cI", b"h", 2**31) + b"x"
    with pytest.raises(ArchiveError, match="more than is allowed"):
        parts(raw)
    assert archive.ARCHIVE_PART_BYTES_MAX < 2**31


def test_many_parts_are_no_way_round_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "ARCHIVE_BYTES_MAX", 3_000_000)
    texts = zlib.compress(encode_plain([[f"{i}.x", "a", "s", "x" * 1_000] for i in range(1_500)]))
    with pytest.raises(ArchiveError, match="unpacks to over"):
        parts(sealed(head(), *[(b"t", texts)] * 3))


def test_a_text_that_would_move_a_terminals_cursor_is_refused() -> None:
    texts = zlib.compress(encode_plain([["1.x", "a", "s", "\x1b[2J"]]))
    with pytest.raises(ArchiveError, match="a text that is none"):
        parts(sealed(head(), (b"t", texts)))


def test_commits_out_of_order_are_refused() -> None:
    log = commits()
    page = encode_segment([encode_commit(log[1])])
    with pytest.raises(ArchiveError, match="commit 1 is missing"):
        parts(sealed(head(), (b"c", page)))


def test_words_put_into_somebodys_mouth_are_found_out() -> None:
    log = commits()
    first = encode_segment([encode_commit(log[0])])
    rest = encode_segment([encode_commit(commit) for commit in log[1:]])
    forged = [[ref, author, salt, "something else"] for commit in log
              for ref, (author, salt, _) in commit.texts.items()]  # fmt: skip
    texts = zlib.compress(encode_plain(forged))
    with pytest.raises(ArchiveError, match="not the one that was written"):
        parts(sealed(head(tail=[1, len(log)]), (b"c", first), (b"t", texts), (b"c", rest)))


@pytest.mark.parametrize("raw", [b"", b"junk\n", b"PK\x03\x04" + b"\0" * 40, archive.MAGIC])
def test_other_files_are_no_worlds(raw: bytes) -> None:
    with pytest.raises(ArchiveError):
        parts(raw)


def test_nothing_may_stand_behind_the_end_or_before_the_head() -> None:
    with pytest.raises(ArchiveError, match="goes on behind its end"):
        parts(written(commits()) + b"x")
    with pytest.raises(ArchiveError, match="begin with its one head"):
        parts(sealed((b"c", encode_segment([]))))
    with pytest.raises(ArchiveError, match="unknown kind"):
        parts(sealed(head(), (b"z", b"")))


def test_a_file_that_holds_less_than_it_says_is_refused() -> None:
    with pytest.raises(ArchiveError, match="holds 5 of 9 commits"):
        parts(written(commits(), tail=9))


def test_the_title_of_a_class_s_world_or_of_a_pack_may_be_longer_than_one_that_is_given() -> None:
    raw = io.BytesIO(sealed(head(**about(title=f"{'x' * 80} · 12"))))
    assert isinstance(next(read_archive(raw.read)), Head)
