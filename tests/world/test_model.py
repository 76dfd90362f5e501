"""A pack's parts are frozen, and a place reads as people and editors write it."""

import dataclasses
import inspect

import pytest
from support.expressions import condition

from dreamsync_server.world import model
from dreamsync_server.world.model import Place, Type


def test_every_part_of_a_pack_is_frozen_and_slotted() -> None:
    parts = [one for _, one in inspect.getmembers(model, dataclasses.is_dataclass)]
    own = [one for one in parts if isinstance(one, type) and one.__module__ == model.__name__]
    assert len(own) > 15
    for part in own:
        assert part.__dataclass_params__.frozen, part  # type: ignore[attr-defined]
        assert "__slots__" in vars(part), part


def test_a_type_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Type("int").low = 3  # type: ignore[misc]


def test_a_place_reads_as_file_line_and_column() -> None:
    assert str(Place("story.yaml", 3, 12)) == "story.yaml:3:12"


def test_two_readings_of_one_source_are_equal() -> None:
    assert condition("crowd > 1") == condition("crowd > 1")
    assert condition("crowd > 1") != condition("crowd > 2")
