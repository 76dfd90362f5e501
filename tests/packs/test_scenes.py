"""Scenes and exits."""

import pytest
from support.packs import starter
from support.sample import check_with, told


def test_scenes_keep_layer_size_and_exits() -> None:
    scenes = starter().scenes
    assert [(s.layer, s.size, s.is_watched) for s in scenes.values()] == [
        ("waking", (12, 8), True), ("waking", (9, 5), False), ("dream", (30, 30), True),
    ]  # fmt: skip
    (way,) = scenes["house.kitchen"].exits
    assert way.to == "house.attic"
    assert way.when is not None
    assert way.when.reads == {"attic.door"}


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("exits: [hal]", "unknown_id more.yaml:1:25"),
        ("exits: [{to: hal}]", "unknown_id more.yaml:1:30"),
        ("exits: [{to: hall, when: clam > 1}]", "expression more.yaml:1:42"),
        ("exits: [{when: calm > 1}]", "missing_key more.yaml:1:25"),
        ("exits: hall", "wrong_kind more.yaml:1:24"),
        ("size: [1]", "wrong_kind more.yaml:1:23"),
        ("size: [0, 9]", "out_of_bounds more.yaml:1:24"),
    ],
)
def test_a_fault_of_a_scene_is_told_at_its_place(body: str, fault: str) -> None:
    text = "scene.loft.name: L\nscene.loft.text: L\n"
    found = told(check_with(f"scenes: {{loft: {{{body}}}}}", text=text))
    assert [one for one in found if "unreachable" not in one] == [fault]
