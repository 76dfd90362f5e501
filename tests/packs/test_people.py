"""Roles, things and sets."""

from support.packs import starter
from support.sample import check_with, told

from dreamsync_server.packs import load
from dreamsync_server.packs.sample import SAMPLE


def test_roles_keep_their_scene_seats_and_leanings() -> None:
    roles = starter().roles
    assert list(roles) == ["ada", "ben", "guest"]
    assert (roles["ada"].scene, roles["ada"].seats, roles["ada"].is_open) == (
        "house.kitchen", 0, True,
    )  # fmt: skip
    assert roles["guest"].seats == 20
    assert roles["ada"].leanings == {"make_tea": 3, "comfort": 2}


def test_a_thing_lies_in_a_scene_is_held_or_nobody_has_it() -> None:
    more = "things: {key: {holder: ada}, pen: {}}"
    text = "thing.key.name: key\nthing.pen.name: pen\n"
    pack = load({**SAMPLE, "more.yaml": more, "text/en/more.yaml": text})
    assert [thing.holder for thing in pack.things.values()] == ["hall", "ada", "nobody"]


def test_faults_of_people_are_told_at_their_places() -> None:
    more = (
        "roles:\n  ada2: {scene: hal, chorus: 0, leanings: {rst: 1}}\n"
        "things:\n  key: {holder: guest}\n"
        "sets:\n  cast: [ada]\n"
    )
    found = [one for one in told(check_with(more)) if "missing_text" not in one]
    assert found == [
        "unknown_id more.yaml:2:17",
        "out_of_bounds more.yaml:2:30",
        "unknown_id more.yaml:2:44",
        "unknown_id more.yaml:4:17",
        "reserved_id more.yaml:6:3",
    ]


def test_one_id_is_one_being() -> None:
    faults = check_with("things: {hall: {}}").faults
    assert faults[0].what == "'hall' is a scene already, at base.yaml:10:3"
