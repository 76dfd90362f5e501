"""Who stands where, of what a viewer sees. Pure."""

from collections.abc import Iterable, Mapping

Pose = tuple[int, int, int]
"""x and y in hundredths of a step, and degrees."""


class Standing:
    """The latest poses by scene. A player sees one scene, a spectator or a desk several."""

    def __init__(self) -> None:
        self._scenes: dict[str, dict[str, Pose]] = {}
        self._here = ""

    def take(self, scene: str, poses: Iterable[tuple[str, int, int, int]]) -> None:
        """Take all that is seen of one scene: who is not in it stands there no more."""
        new = {seat: (x, y, facing) for seat, x, y, facing in poses}
        for others in self._scenes.values():
            for seat in new:
                others.pop(seat, None)
        self._scenes[scene] = new

    def be_in(self, scene: str) -> None:
        """Be in a scene, "" where in none: a player who came into another has left the others."""
        if scene and scene != self._here:
            self._scenes = {scene: self._scenes.get(scene, {})}
        self._here = scene

    def seats(self) -> Mapping[str, Pose]:
        """Return where whoever is in view stands, by seat."""
        scenes = [self._scenes.get(self._here, {})] if self._here else self._scenes.values()
        return {seat: pose for poses in scenes for seat, pose in poses.items()}
