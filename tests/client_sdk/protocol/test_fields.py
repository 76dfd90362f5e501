"""The kinds of field: what each lets through."""

import pytest
from pydantic import TypeAdapter, ValidationError

from dreamsync.protocol import bounds, fields


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (fields.Id, "expo.confrontation"),
        (fields.Id, "citizen.17"),
        (fields.FactName, "citizen.17.cheered"),
        (fields.FactName, "x" * bounds.FACT_NAME_CHARS_MAX),
        (fields.Exact, -bounds.INT_EXACT_MAX),
        (fields.Lang, "pt-BR"),
        (fields.Said, "two\nlines\tand 🌙" + "x" * 470),
        (fields.PersonName, ""),
        (fields.Token, "otter-lamp-42"),
        (fields.Digest, "00ff00ff00ff00ff"),
    ],
)
def test_a_value_within_bounds_is_taken_as_it_is(kind: object, value: object) -> None:
    assert TypeAdapter(kind).validate_python(value, strict=True) == value


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (fields.Id, ""),
        (fields.Id, "Leo"),
        (fields.Id, "leo."),
        (fields.Id, "17.citizen"),
        (fields.Id, "leo\n"),
        (fields.Id, "x" * (bounds.ID_CHARS_MAX + 1)),
        (fields.Exact, bounds.INT_EXACT_MAX + 1),
        (fields.Exact, True),
        (fields.Exact, 1.0),
        (fields.Number, 0),
        (fields.Lang, "e"),
        (fields.Said, "x" * (bounds.SAY_CHARS_MAX + 1)),
        (fields.Said, "\x1b[2J"),
        (fields.PersonName, "two\nlines"),
        (fields.PersonName, "line\u2028line"),
        (fields.Token, "a b"),
        (fields.Digest, "00FF00FF00FF00FF"),
        (fields.Position, (1,)),
        (fields.Params, {f"p{i}": 1 for i in range(bounds.PARAMS_MAX + 1)}),
    ],
)
def test_a_value_out_of_bounds_is_refused(kind: object, value: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_python(value, strict=True)


def test_a_map_for_the_wire_holds_only_what_was_set() -> None:
    class Part(fields.WireModel):
        a: int
        b: int | None = None

    assert fields.wire_map(Part(a=1)) == {"a": 1}
