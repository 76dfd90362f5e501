"""Sends a room's poses: one frame a scene cell for everybody who stands in it."""

from collections.abc import Callable, Iterable
from typing import Any

from dreamsync_server.gateway.carrying import Carrying, Standing
from dreamsync_server.gateway.group import Group, Member, send_all
from dreamsync_server.gateway.poses import Cell, Pose, Poses, cell_of
from dreamsync_server.gateway.rewind import Step
from dreamsync_server.gateway.sender import Sender
from dreamsync_server.limits import POSE_INTERVAL_S
from dreamsync_server.world.audience import NOWHERE, class_of
from dreamsync_server.world.state import role_of

_SCENE = ".scene"


class Posing:
    """The poses of one room, and when they go out."""

    def __init__(
        self, sender: Sender, node: str = "", say: Callable[[bytes], None] = lambda said: None
    ) -> None:
        self._sender = sender
        self._poses = Poses(sender.follower.pack)
        self._sent_s = float("-inf")
        self.carrying = Carrying(sender.follower, self, node, say)

    def put(self, member: Member, x: int, y: int, facing: int) -> bool:
        """Take a member's pose for the scene that its seat is in now; False where it has none."""
        seat = member.viewer.seat
        scene = self._scene_of(seat)
        if scene is None or not self._poses.put(scene, Pose(seat, x, y, facing)):
            return False
        self.carrying.moved(seat)
        return True

    def place(self, scene: str, pose: Pose) -> None:
        """Take the pose of a seat whose player is at another node."""
        if self._poses.where(pose.seat) != (scene, pose):
            self._poses.put(scene, pose)

    def drop(self, seat: str) -> None:
        """Forget where a seat stood."""
        if seat:
            self._poses.drop(seat)
            self.carrying.left(seat)

    def standing(self, seats: Iterable[str]) -> list[Standing]:
        """Return where some seats stand, those that stand anywhere."""
        found = ((seat, self._poses.where(seat)) for seat in seats)
        return [
            Standing(seat, at[0], at[1].x, at[1].y, at[1].facing)
            for seat, at in found
            if at is not None
        ]

    def take(self, step: Step) -> None:
        """Let the poses of seats that left their scene fall away."""
        for shift in step.shifts:
            if shift.name.endswith(_SCENE) and shift.old != shift.new:
                self._poses.drop(shift.name[: -len(_SCENE)])
        self.carrying.take(step)

    def due_s(self) -> float:
        """Return when the next frames are due; infinity where nobody moved or came."""
        has_come = bool(self._sender.newcomers) and not self._poses.is_empty()
        has_news = self._poses.has_news() or self.carrying.has_news() or has_come
        return self._sent_s + POSE_INTERVAL_S if has_news else float("inf")

    def send(self, now_s: float) -> None:
        """Send the scenes where somebody moved to those who see them; all to who has come."""
        self._sent_s = now_s
        self.carrying.pump()
        moved = self._poses.take_moved()
        for scene in moved:
            for group in self._sender.groups.values():
                if _looks_into(scene, group):
                    self._send_scene(scene, group, group.members())
        newcomers, self._sender.newcomers = self._sender.newcomers, {}
        others = [scene for scene in self._poses.scenes() if scene not in moved]
        for member in newcomers if others else ():
            assert member.group is not None, "who is no longer there is no newcomer"
            for scene in others:
                if _looks_into(scene, member.group):
                    self._send_scene(scene, member.group, [member])

    def _send_scene(self, scene: str, group: Group, members: list[Member]) -> None:
        pack, facts = self._sender.follower.pack, self._sender.follower.state.facts

        def is_seen(seat: str) -> bool:
            # Of a chorus, which may be hundreds, only its own seat has that fact: it is seen there.
            where = f"{seat}{_SCENE}"
            return role_of(seat) != seat or group.eyes.sees(class_of(pack, facts, where))

        cells = self._poses.cells(scene, is_seen)
        if len(cells) == 1:
            self._send_cell(scene, cells[0], members)
            return
        by_cell: dict[Cell, list[Member]] = {}
        for member in members:
            cell = cell_of(cells, self._poses.of(member.viewer.seat))
            by_cell.setdefault(cell, []).append(member)
        for cell, inside in by_cell.items():
            self._send_cell(scene, cell, inside)

    def _send_cell(self, scene: str, cell: Cell, members: list[Member]) -> None:
        message: dict[str, Any] = {
            "type": "poses", "scene": scene, "poses": [list(pose) for pose in cell.poses]
        }  # fmt: skip
        by_codec: dict[str, list[Member]] = {}
        for member in members:
            by_codec.setdefault(member.codec.name, []).append(member)
        for alike in by_codec.values():
            send_all(alike[0].codec.frame(message), alike)

    def _scene_of(self, seat: str) -> str | None:
        if not seat:
            return None
        scene = self._sender.follower.state.facts[f"{seat}{_SCENE}"]
        return None if scene == NOWHERE else str(scene)


def _looks_into(scene: str, group: Group) -> bool:
    return f"scene:{scene}" in group.eyes.atoms or "desk" in group.eyes.atoms
