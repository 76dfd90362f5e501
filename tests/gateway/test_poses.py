"""Poses: the latest wins, only in the scene one is in, and never more than fit in view."""

from collections.abc import Callable

from support.packs import starter

from dreamsync_server.gateway.poses import Pose, Poses, cell_of
from dreamsync_server.limits import POSES_IN_VIEW_MAX

EVERYBODY: Callable[[str], bool] = lambda seat: True  # noqa: E731


def seen(poses: Poses, scene: str, is_seen: Callable[[str], bool] = EVERYBODY) -> list[Pose]:
    return [pose for cell in poses.cells(scene, is_seen) for pose in cell.poses]


def test_the_latest_pose_of_a_seat_is_the_one_that_is_shown() -> None:
    poses = Poses(starter())
    assert poses.put("house.kitchen", Pose("ada", 1, 2, 3))
    assert poses.put("house.kitchen", Pose("ada", 4, 5, 6))
    assert seen(poses, "house.kitchen") == [Pose("ada", 4, 5, 6)]


def test_a_pose_outside_of_the_scene_or_in_none_is_not_taken() -> None:
    poses = Poses(starter())
    assert not poses.put("house.kitchen", Pose("ada", 1_201, 0, 0))
    assert not poses.put("house.kitchen", Pose("ada", 0, 801, 0))
    assert not poses.put("nowhere", Pose("ada", 0, 0, 0))
    assert poses.put("house.kitchen", Pose("ada", 1_200, 800, 0))


def test_a_pose_in_another_scene_takes_the_old_one_away() -> None:
    poses = Poses(starter())
    poses.put("house.kitchen", Pose("ada", 1, 1, 0))
    poses.put("house.attic", Pose("ada", 2, 2, 0))
    assert (seen(poses, "house.kitchen"), len(seen(poses, "house.attic"))) == ([], 1)
    assert poses.take_moved() == ["house.kitchen", "house.attic"]
    assert not poses.has_news()


def test_a_seat_that_left_has_no_pose() -> None:
    poses = Poses(starter())
    poses.put("house.kitchen", Pose("ada", 1, 1, 0))
    poses.drop("ada")
    poses.drop("ben")
    assert (poses.of("ada"), seen(poses, "house.kitchen")) == (None, [])


def test_a_seat_that_is_not_seen_has_no_pose() -> None:
    poses = Poses(starter())
    poses.put("house.kitchen", Pose("ada", 1, 1, 0))
    assert seen(poses, "house.kitchen", lambda seat: seat != "ada") == []


def test_a_crowded_scene_is_halved_until_each_cell_fits_in_view() -> None:
    poses = Poses(starter())
    for i in range(400):
        poses.put("dream.orchard", Pose(f"guest.{i}", (i % 20) * 150, (i // 20) * 150, 0))
    cells = poses.cells("dream.orchard", EVERYBODY)
    assert all(len(cell.poses) <= POSES_IN_VIEW_MAX for cell in cells)
    assert sum(len(cell.poses) for cell in cells) == 400
    mine = poses.of("guest.399")
    assert mine is not None
    assert mine in cell_of(cells, mine).poses
    assert cell_of(cells, None) is cells[0]


def test_a_crowd_in_one_place_is_cut_to_those_that_fit() -> None:
    poses = Poses(starter())
    for i in range(80):
        poses.put("dream.orchard", Pose(f"guest.{i}", 7, 7, 0))
    cells = poses.cells("dream.orchard", EVERYBODY)
    assert max(len(cell.poses) for cell in cells) == POSES_IN_VIEW_MAX


def test_the_scenes_that_somebody_stands_in_are_known() -> None:
    poses = Poses(starter())
    assert (poses.is_empty(), poses.scenes()) == (True, [])
    poses.put("house.kitchen", Pose("ada", 1, 1, 0))
    assert (poses.is_empty(), poses.scenes()) == (False, ["house.kitchen"])
    poses.drop("ada")
    assert (poses.is_empty(), poses.scenes()) == (True, [])
