"""The codec gives back what it was given, and says plainly what it cannot read."""

import zlib
from dataclasses import replace
from typing import Any

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st
from store import builders

from dreamsync_server.limits import COMMIT_BYTES_MAX
from dreamsync_server.store import codec
from dreamsync_server.store.port import Batch, Ownership, Snapshot
from dreamsync_server.world.commit import Change, Position, Proposal
from dreamsync_server.world.values import Drift, TextRef

numbers = st.integers(-(2**53) + 1, 2**53 - 1)
scalars = st.booleans() | numbers | st.text(max_size=20)
values = (
    scalars
    | st.lists(scalars, max_size=4).map(tuple)
    | st.builds(Drift, numbers, numbers, numbers, numbers, numbers)
    | st.builds(TextRef, st.text(max_size=8), st.text(max_size=16))
    | st.none()
)


def kinds(value: Any) -> Any:
    """Return a value with the exact type of every part, since True == 1 and Drift == tuple."""
    if isinstance(value, tuple):
        return type(value), [kinds(part) for part in value]
    return type(value), value


def test_a_commit_comes_back_whole_with_the_texts_that_are_known() -> None:
    commit = builders.commit(1_700_000_000_000, 5, texts={"t5": ("s_mia", "salt", "now?")})

    back, refs = codec.decode_commit(codec.encode_commit(commit), commit.texts)

    assert (back, refs) == (commit, ("t5",))


def test_a_commit_does_not_carry_its_texts() -> None:
    commit = builders.commit(1, 5, texts={"t5": ("s_mia", "salt", "the secret words")})

    raw = codec.encode_commit(commit)

    assert b"secret" not in raw
    assert codec.decode_commit(raw)[0].texts == {}


@given(st.lists(st.tuples(st.text(max_size=10), values), max_size=6))
def test_every_value_comes_back_with_its_exact_type(pairs: list[tuple[str, Any]]) -> None:
    changes = tuple(Change(name, value) for name, value in pairs)
    commit = replace(builders.commit(1, 1), changes=changes)

    back, _ = codec.decode_commit(codec.encode_commit(commit))

    assert kinds(back.changes) == kinds(changes)


def test_a_digest_of_64_bits_is_exact() -> None:
    commit = replace(builders.commit(1, 1), digest=2**64 - 1)

    assert codec.decode_commit(codec.encode_commit(commit))[0].digest == 2**64 - 1


def test_a_proposal_comes_back_whole() -> None:
    proposal = replace(builders.proposal(3), role="leo", tenure=2, term=9)

    assert codec.decode_proposal(codec.encode_proposal(proposal)) == proposal


def test_a_proposals_trace_may_nest_lists_which_come_back_as_tuples() -> None:
    proposal = Proposal("cue", "director", arguments={"trace": [["expo", 1], ["seizure", 2]]})

    back = codec.decode_proposal(codec.encode_proposal(proposal))

    assert back.arguments == {"trace": (("expo", 1), ("seizure", 2))}


def test_snapshots_cards_files_texts_segments_and_plain_values_come_back() -> None:
    snapshot = Snapshot(Position(7, 3), ((5, 1), (7, 3)), b"\x00state")
    plain = {"facts": {"mia.warmth": Drift(1, 2, 3, 4, 5)}, "list": ("a", True, None)}
    card = builders.card("w1", code_hash="c")

    assert codec.decode_snapshot(codec.encode_snapshot(snapshot)) == snapshot
    assert codec.decode_card(codec.encode_card(card)) == card
    assert codec.decode_files(codec.encode_files({"a.yaml": "é"})) == {"a.yaml": "é"}
    assert codec.decode_text(codec.encode_text("s", "salt", "t")) == ("s", "salt", "t")
    assert codec.decode_segment(codec.encode_segment([b"a", b"b"])) == (b"a", b"b")
    assert kinds(codec.decode_plain(codec.encode_plain(plain))["list"]) == kinds(plain["list"])
    assert codec.decode_plain(codec.encode_plain(plain)) == plain


def test_what_a_newer_minor_adds_behind_is_ignored() -> None:
    commit = builders.commit(1, 1)
    parts = msgpack.unpackb(codec.encode_commit(commit), ext_hook=msgpack.ExtType)
    parts[7].append("a new part of the cause")
    parts.append("a new part of the commit")

    assert codec.decode_commit(msgpack.packb(parts))[0] == commit


def test_a_card_of_a_newer_minor_is_read_without_its_new_field() -> None:
    card = builders.card("w1")
    version, fields = msgpack.unpackb(codec.encode_card(card))

    assert codec.decode_card(msgpack.packb([version, {**fields, "weather": "rain"}])) == card


def test_hints_are_read_of_any_version_and_are_maps() -> None:
    for version in (0, codec.VERSION, codec.READABLE[-1] + 5):
        raw = msgpack.packb([version, {"codec": version}, "what is new"])
        assert codec.decode_hints(raw) == {"codec": version}
    for raw in (codec.encode_plain([1, 2]), b"", msgpack.packb(["x", {}])):
        with pytest.raises(codec.CodecError, match="damaged"):
            codec.decode_hints(raw)


def test_a_neighbouring_version_is_read_and_any_other_refused_with_all_versions_named() -> None:
    raw = codec.encode_proposal(builders.proposal())
    for version in codec.READABLE:
        newer = bytes((raw[0] + 1, version)) + raw[2:] + msgpack.packb("what is new")
        assert codec.decode_proposal(newer) == builders.proposal()
    with pytest.raises(codec.CodecError, match=r"proposal .* version 3; .* reads versions 0 to 2"):
        codec.decode_proposal(msgpack.packb([3, "x", "y"]))


@pytest.mark.parametrize(
    "raw",
    [b"", b"\xc1", b"\x91", b"\x01", b"\x90", b"\x91\xa1x", msgpack.packb([1, 2]), b"\xdd\xff\xff"],
)
def test_damaged_bytes_are_a_codec_error(raw: bytes) -> None:
    with pytest.raises(codec.CodecError):
        codec.decode_commit(raw)


@given(st.binary(max_size=200), st.integers(0, 400))
def test_mutated_commits_are_read_or_are_a_codec_error(noise: bytes, at: int) -> None:
    raw = codec.encode_commit(builders.commit(1, 1))
    mutated = raw[:at] + noise + raw[at + len(noise) :]

    try:
        codec.decode_commit(mutated)
    except codec.CodecError as error:
        assert "in the store" in str(error)  # noqa: PT017 - both outcomes are right


def test_a_bomb_is_not_inflated() -> None:
    bomb = zlib.compress(bytes(64 * 1024 * 1024))

    with pytest.raises(codec.CodecError, match="longer than"):
        codec.decode_snapshot(bomb)


def test_a_commit_that_is_too_long_is_refused() -> None:
    with pytest.raises(codec.CodecError, match="more than"):
        codec.encode_commit(builders.commit(1, 1, filling="x" * COMMIT_BYTES_MAX))


@pytest.mark.parametrize("value", [1.5j, object(), {1, 2}, 2**70])
def test_what_is_no_value_is_refused_and_the_packer_goes_on(value: object) -> None:
    with pytest.raises(codec.CodecError, match="not storable"):
        codec.encode_proposal(Proposal("act", "player", arguments={"x": value}))

    assert codec.decode_plain(codec.encode_plain(1)) == 1


@pytest.mark.parametrize("seqs", [[], [4, 6], [5, 4], [3]])
def test_a_batch_that_does_not_follow_its_tail_is_refused(seqs: list[int]) -> None:
    owner = Ownership("w", 9, "nonce", 3)

    with pytest.raises(codec.CodecError):
        codec.encode_batch(Batch(owner, "b", [builders.commit(9, seq) for seq in seqs]))
