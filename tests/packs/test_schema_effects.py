"""A shape for each effect of the language."""

from dreamsync_server.packs.effects import EFFECTS
from dreamsync_server.packs.schema_effects import EFFECT_SHAPES, ref


def test_every_effect_has_one_shape() -> None:
    keys = [shape["required"][0] for shape in EFFECT_SHAPES]
    assert sorted(keys) == sorted(EFFECTS)


def test_a_reference_points_into_the_definitions() -> None:
    assert ref("ids") == {"$ref": "#/$defs/ids"}
