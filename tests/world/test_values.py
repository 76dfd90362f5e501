"""Values: drift and digests, against vectors that other languages check themselves against."""

import hashlib
import json
import pathlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.value_vectors import digest_vectors, drift_vectors, encoded

from dreamsync_server.limits import DRIFT_RATE_MAX, DRIFT_UNIT, FACT_INT_MAX, INT_EXACT_MAX
from dreamsync_server.world.values import (
    Drift,
    TextRef,
    Value,
    add_hashes,
    digest_hex,
    hash_fact,
    hash_text,
)


@pytest.fixture(scope="module")
def vectors(checkout: pathlib.Path) -> pathlib.Path:
    """Return the folder of the vectors."""
    return checkout / "tests" / "vectors"


def test_a_drift_reads_as_in_the_vectors(vectors: pathlib.Path) -> None:
    for vector in json.loads((vectors / "drift.json").read_text("utf-8")):
        at = vector.pop("at")
        drift = Drift(**vector)
        assert [[ms, drift.fine_at(ms), drift.at(ms)] for ms, _, _ in at] == at


def test_a_fact_is_hashed_as_in_the_vectors(vectors: pathlib.Path) -> None:
    held = json.loads((vectors / "digest.json").read_text("utf-8"))
    hashes = [hash_fact(one["name"], _from_wire(one["value"])) for one in held["facts"]]
    assert [digest_hex(one) for one in hashes] == [one["hash"] for one in held["facts"]]
    for total in held["sums"]:
        assert digest_hex(add_hashes(0, (hashes[at] for at in total["of"]))) == total["digest"]
    for text in held["texts"]:
        assert hash_text(text["salt"], text["text"]) == text["digest"]


def test_the_vectors_are_those_that_are_made(vectors: pathlib.Path) -> None:
    assert (vectors / "drift.json").read_text("utf-8") == encoded(drift_vectors())
    assert (vectors / "digest.json").read_text("utf-8") == encoded(digest_vectors())


@pytest.mark.parametrize(
    ("name", "value", "written"),
    [
        ("a", 7, '["a",7]'),
        ("a", True, '["a",true]'),
        ("a", "é\n", '["a","é\\n"]'),
        ("a", ("x", 1), '["a",["x",1]]'),
        ("a", Drift(5, -1, 9, 0, 10), '["a",[5,-1,9]]'),
        ("a", TextRef("r", "d"), '["a",["r","d"]]'),
    ],
)
def test_a_hash_is_that_of_compact_json(name: str, value: Value, written: str) -> None:
    expected = hashlib.sha256(written.encode()).digest()[:8]
    assert hash_fact(name, value) == int.from_bytes(expected, "big")


@given(st.lists(st.integers(0, 2**64 - 1), max_size=8), st.data())
def test_a_digest_kept_step_by_step_is_that_of_the_whole(
    hashes: list[int], data: st.DataObject
) -> None:
    gone = data.draw(st.lists(st.sampled_from(hashes), unique=True)) if hashes else []
    left = list(hashes)
    for one in gone:
        left.remove(one)
    assert add_hashes(add_hashes(0, hashes), (), gone) == add_hashes(0, left)
    assert len(digest_hex(add_hashes(0, hashes))) == 16


def _drifts() -> st.SearchStrategy[Drift]:
    return st.tuples(
        st.integers(-FACT_INT_MAX, FACT_INT_MAX), st.integers(-FACT_INT_MAX, FACT_INT_MAX)
    ).flatmap(
        lambda ends: st.builds(
            Drift,
            fine=st.integers(min(ends) * DRIFT_UNIT, max(ends) * DRIFT_UNIT),
            rate=st.integers(-DRIFT_RATE_MAX, DRIFT_RATE_MAX),
            since_ms=st.integers(0, 10**12),
            low=st.just(min(ends)),
            high=st.just(max(ends)),
        )
    )


@given(_drifts(), st.integers(0, 10**13), st.integers(0, 10**13))
def test_a_drift_moves_one_way_within_its_range(drift: Drift, a_ms: int, b_ms: int) -> None:
    first, later = drift.at(min(a_ms, b_ms)), drift.at(max(a_ms, b_ms))
    assert drift.low <= first <= drift.high
    assert (later - first) * drift.rate >= 0
    assert abs(drift.fine_at(a_ms)) <= INT_EXACT_MAX


@given(_drifts(), st.integers(0, 10**13))
def test_a_drift_taken_up_on_its_way_goes_on_as_if_nothing_was(drift: Drift, ms: int) -> None:
    taken = drift._replace(fine=drift.fine_at(ms), since_ms=max(ms, drift.since_ms))
    for later_ms in (ms, ms + 1, ms + DRIFT_UNIT, ms + 10**9):
        assert taken.fine_at(later_ms) == drift.fine_at(later_ms)


def test_a_drift_keeps_its_start_for_a_whole_step_either_way() -> None:
    for rate, after in ((1, 8), (-1, 6)):
        drift = Drift(7 * DRIFT_UNIT, rate, 0, 0, 10)
        assert [drift.at(ms) for ms in (0, 1, DRIFT_UNIT - 1)] == [7, 7, 7]
        assert drift.at(DRIFT_UNIT) == after


def test_before_its_time_a_drift_stands_still() -> None:
    drift = Drift(7 * DRIFT_UNIT, -DRIFT_RATE_MAX, 1_000, 0, 10)
    assert (drift.at(0), drift.at(1_000), drift.at(1_001)) == (7, 7, 6)


def _from_wire(value: Any) -> Value:
    if isinstance(value, dict) and "fine" in value:
        return Drift(value["fine"], value["rate"], value["since"], value["low"], value["high"])
    if isinstance(value, dict):
        return TextRef(**value)
    held: Value = tuple(value) if isinstance(value, list) else value
    return held
