"""Where avatars stand in one world: ephemeral, the latest wins, nothing is ever logged.

A pose is taken only for the scene its seat is in, falls away when the seat leaves it, and goes to
those who stand in that scene (or look into it) and see that role at all. One tick gives one frame
a scene cell: a scene with more avatars than fit in view is halved until each cell fits.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from dreamsync_server.limits import POSES_IN_VIEW_MAX
from dreamsync_server.world.model import Pack

UNITS_A_STEP = 100
_HALVINGS_MAX = 6


class Pose(NamedTuple):
    """One avatar: hundredths of a step from the scene's near left corner, degrees."""

    seat: str
    x: int
    y: int
    facing: int


class Cell(NamedTuple):
    """A part of a scene and the avatars in it; bounds in pose units, the upper ones outside."""

    left: int
    near: int
    right: int
    far: int
    poses: tuple[Pose, ...]

    def holds(self, pose: Pose) -> bool:
        """Return whether an avatar stands in it."""
        return self.left <= pose.x < self.right and self.near <= pose.y < self.far


class Poses:
    """The latest pose of every seat, by scene."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self._scenes: dict[str, dict[str, Pose]] = {}
        self._scene_of: dict[str, str] = {}
        self._moved: dict[str, None] = {}  # scenes with news since the last tick

    def put(self, scene: str, pose: Pose) -> bool:
        """Take a pose of a seat that is in `scene` now; False where it has no size for it."""
        known = self._pack.scenes.get(scene)
        if known is None:
            return False
        width, depth = (side * UNITS_A_STEP for side in known.size)
        if not (0 <= pose.x <= width and 0 <= pose.y <= depth):
            return False
        if self._scene_of.get(pose.seat, scene) != scene:
            self.drop(pose.seat)
        self._scene_of[pose.seat] = scene
        self._scenes.setdefault(scene, {})[pose.seat] = pose
        self._moved[scene] = None
        return True

    def drop(self, seat: str) -> None:
        """Forget a seat that left its scene, or whose player left."""
        scene = self._scene_of.pop(seat, None)
        if scene is not None:
            self._scenes[scene].pop(seat, None)
            self._moved[scene] = None

    def is_empty(self) -> bool:
        """Return whether nobody stands anywhere."""
        return not self._scene_of

    def scenes(self) -> list[str]:
        """Return the scenes that somebody stands in."""
        return [scene for scene, poses in self._scenes.items() if poses]

    def of(self, seat: str) -> Pose | None:
        """Return a seat's pose."""
        scene = self._scene_of.get(seat)
        return None if scene is None else self._scenes[scene][seat]

    def where(self, seat: str) -> tuple[str, Pose] | None:
        """Return the scene that a seat stands in, and where."""
        scene = self._scene_of.get(seat)
        return None if scene is None else (scene, self._scenes[scene][seat])

    def has_news(self) -> bool:
        """Return whether anything moved since the last tick."""
        return bool(self._moved)

    def take_moved(self) -> list[str]:
        """Return the scenes with news, and begin anew."""
        moved = list(self._moved)
        self._moved.clear()
        return moved

    def cells(self, scene: str, is_seen: Callable[[str], bool]) -> list[Cell]:
        """Return a scene's cells with the avatars whose seats are seen, none above the bound."""
        known = self._pack.scenes[scene]
        width, depth = (side * UNITS_A_STEP + 1 for side in known.size)
        poses = tuple(p for p in self._scenes.get(scene, {}).values() if is_seen(p.seat))
        return list(_split(Cell(0, 0, width, depth, poses), _HALVINGS_MAX))


def cell_of(cells: list[Cell], pose: Pose | None) -> Cell:
    """Return the cell that somebody stands in; the first for who stands nowhere."""
    if pose is not None:
        for cell in cells:
            if cell.holds(pose):
                return cell
    return cells[0]


def _split(cell: Cell, halvings: int) -> Iterable[Cell]:
    if len(cell.poses) <= POSES_IN_VIEW_MAX:
        yield cell
        return
    if halvings == 0:
        yield cell._replace(poses=cell.poses[-POSES_IN_VIEW_MAX:])
        return
    if cell.right - cell.left >= cell.far - cell.near:
        middle = (cell.left + cell.right) // 2
        halves = (cell._replace(right=middle), cell._replace(left=middle))
    else:
        middle = (cell.near + cell.far) // 2
        halves = (cell._replace(far=middle), cell._replace(near=middle))
    for half in halves:
        inside = tuple(pose for pose in cell.poses if half.holds(pose))
        yield from _split(half._replace(poses=inside), halvings - 1)
