"""The union of effects is closed: it covers every effect there is, and each is frozen."""

import dataclasses
import inspect
import typing

from dreamsync_server.world import effects

PARTS = {effects.Ref, effects.Audience}  # what effects are made of


def test_the_union_covers_every_effect() -> None:
    found = {
        one
        for _, one in inspect.getmembers(effects, inspect.isclass)
        if one.__module__ == effects.__name__ and dataclasses.is_dataclass(one)
    }
    assert set(typing.get_args(effects.Effect)) == found - PARTS


def test_every_effect_is_frozen_and_knows_its_place() -> None:
    for effect in typing.get_args(effects.Effect):
        assert effect.__dataclass_params__.frozen, effect
        assert "place" in effect.__dataclass_fields__, effect
