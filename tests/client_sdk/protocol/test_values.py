"""What a fact's value may be on the wire."""

import pytest
from pydantic import TypeAdapter, ValidationError

from dreamsync.protocol.values import Facts, WireDrift, WireText

FACTS: TypeAdapter[Facts] = TypeAdapter(Facts)


def test_every_kind_of_value_keeps_its_kind() -> None:
    facts = FACTS.validate_python(
        {
            "a": True,
            "b": 1,
            "c": "calm",
            "d": (),
            "e": ("memo", 2, False),
            "f": {"fine": 1, "rate": -4, "since": 0, "low": 0, "high": 10},
            "g": {"text": "", "ref": "t1", "digest": "0" * 16},
        },
        strict=True,
    )
    assert facts == {
        "a": True,
        "b": 1,
        "c": "calm",
        "d": (),
        "e": ("memo", 2, False),
        "f": WireDrift(fine=1, rate=-4, since=0, low=0, high=10),
        "g": WireText(text="", ref="t1", digest="0" * 16),
    }
    assert type(facts["a"]) is bool
    assert type(facts["b"]) is int


@pytest.mark.parametrize(
    "value", [None, 1.5, {"fine": 1}, {"text": "x"}, (("nested",),), {"fine": True}]
)
def test_another_value_is_refused(value: object) -> None:
    with pytest.raises(ValidationError):
        FACTS.validate_python({"a": value}, strict=True)
