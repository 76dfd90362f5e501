"""The digest of a view is the one that the server keeps, and the one in the vectors."""

import json
import pathlib
from typing import Any

import pytest
from support.wire_examples import FACTS, FACTS_DIGEST

from dreamsync.protocol import digest
from dreamsync.protocol.values import WireDrift, WireText, WireValue
from dreamsync_server.world import values

VECTORS = pathlib.Path(__file__).parents[2] / "vectors" / "digest.json"
PAIRS: list[tuple[WireValue, values.Value]] = [
    (True, True),
    (0, 0),
    (-7, -7),
    ("calm", "calm"),
    ('say "ä" \u2028 \x7f \n\t/\\ 🌙', 'say "ä" \u2028 \x7f \n\t/\\ 🌙'),
    (("memo", 2, False), ("memo", 2, False)),
    ((), ()),
    (WireDrift(fine=9, rate=-4, since=3, low=0, high=10), values.Drift(9, -4, 3, 0, 10)),
    (WireText(text="gone", ref="t7", digest="0" * 16), values.TextRef("t7", "0" * 16)),
]


@pytest.mark.parametrize(("wire", "world"), PAIRS)
def test_a_fact_is_hashed_as_the_server_hashes_it(wire: WireValue, world: values.Value) -> None:
    assert digest.hash_fact("leo.mood", wire) == values.hash_fact("leo.mood", world)


def test_a_fact_added_and_taken_out_leaves_the_digest_as_it_was() -> None:
    total = digest.add(0, "a", 1)
    assert digest.remove(digest.add(total, "b", "x"), "b", "x") == total
    assert digest.as_hex(digest.remove(total, "a", 1)) == "0" * 16


def test_the_example_of_the_wire_has_its_digest() -> None:
    total = 0
    for name, value in FACTS.items():
        total = digest.add(total, name, as_wire(value))
    assert digest.as_hex(total) == FACTS_DIGEST


def test_every_vector_is_met() -> None:
    vectors = json.loads(VECTORS.read_text("utf-8"))
    facts = [(fact["name"], as_wire(fact["value"])) for fact in vectors["facts"]]
    hashes = [digest.as_hex(digest.hash_fact(name, value)) for name, value in facts]
    assert hashes == [fact["hash"] for fact in vectors["facts"]]
    for one in vectors["sums"]:
        total = 0
        for at in one["of"]:
            total = digest.add(total, *facts[at])
        assert digest.as_hex(total) == one["digest"]


def as_wire(value: Any) -> WireValue:
    match value:
        case {"fine": _}:
            return WireDrift.model_validate(value)
        case {"ref": _}:
            return WireText.model_validate({"text": "", **value})
        case list():
            return tuple(value)
        case bool() | int() | str():
            return value
    raise AssertionError(value)
