"""The poses of one room to and from the other nodes on which the world is played.

What is said: the poses of seats whose players are here, each the latest, at most once a pose
interval; all of them again within `POSES_WHOLE_S` of a move, so that one that was lost is not
missed for long, and to whoever is new. Nothing is said while the log names nobody at another node,
and no spectators there have asked. What is heard is taken only for a seat whose player the log
says to be at the node that says it, and in that scene; what comes before its commit waits for it.
"""

from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple, Protocol

import msgpack

from dreamsync_server.gateway.follower import Follower
from dreamsync_server.gateway.poses import Pose
from dreamsync_server.gateway.rewind import Step
from dreamsync_server.limits import (
    POSES_ASKED_S,
    POSES_BYTES_MAX,
    POSES_CARRIED_MAX,
    POSES_WHOLE_S,
)
from dreamsync_server.world.seats import holder_of
from dreamsync_server.world.sessions import Session, session_of
from dreamsync_server.world.state import is_seat

_SESSION: Final = "@session."
_SEAT: Final = "@seat."


class Standing(NamedTuple):
    """A seat's pose in a scene."""

    seat: str
    scene: str
    x: int
    y: int
    facing: int


class Floor(Protocol):
    """Where the poses of the room are kept."""

    def place(self, scene: str, pose: Pose) -> None:
        """Take a pose that was heard."""
        ...

    def drop(self, seat: str) -> None:
        """Forget where a seat stood."""
        ...

    def standing(self, seats: Iterable[str]) -> list[Standing]:
        """Return where some seats stand, those that stand anywhere."""
        ...


class Carrying:
    """Says where the avatars of this node stand, and hears of the others. It waits for nothing."""

    def __init__(
        self, follower: Follower, floor: Floor, node: str, say: Callable[[bytes], None]
    ) -> None:
        self._follower = follower
        self._floor = floor
        self._node = node
        self._say = say
        self._elsewhere: dict[str, str] = {}  # session -> the other node that speaks with it
        self._counts: dict[str, int] = {}  # other node -> how many it speaks with
        self._asked_s: dict[str, float] = {}  # other node -> when its spectators asked
        self._here: dict[str, None] = {}  # seats of players of ours that stand somewhere
        self._moved: dict[str, None] = {}  # those not said yet
        self._far: dict[str, tuple[str, str]] = {}  # seat heard of -> its node and session
        # Seat -> what waits for its commit: the node, where it stands, in which beat it came.
        self._early: dict[str, tuple[str, Standing, int]] = {}
        self._beats = 0
        self._asking_s = float("-inf")  # when this node asked, for its own spectators
        self._whole_s = float("-inf")  # when all was said
        self._is_dirty = False  # something moved since
        self.reload()

    # --- what the room tells -----------------------------------------------------------------

    def reload(self) -> None:
        """Look at who is where anew: the state was loaded."""
        self._elsewhere, self._counts = {}, {}
        for name in self._follower.state.facts:
            if name.startswith(_SESSION):
                self._look_at(name.removeprefix(_SESSION))
        for seat in list(self._far):
            self._check(seat)

    def take(self, step: Step) -> None:
        """Follow who is where, as of a commit."""
        touched: dict[str, None] = {}
        for name, old, _ in step.system:
            if name.startswith(_SESSION):
                session = name.removeprefix(_SESSION)
                self._look_at(session)
                touched[session] = None
            elif name.startswith(_SEAT) and isinstance(old, tuple) and old:
                touched[str(old[0])] = None
        if self._far and touched:
            for seat, (_, session) in list(self._far.items()):
                if session in touched:
                    self._check(seat)
        if self._early and (step.shifts or step.system):
            early, self._early = self._early, {}
            for node, standing, beat in early.values():
                self._place(node, standing, beat)

    def moved(self, seat: str) -> None:
        """Know that the avatar of a player of ours stands somewhere else."""
        self._far.pop(seat, None)
        self._here[seat] = self._moved[seat] = None
        self._is_dirty = True

    def left(self, seat: str) -> None:
        """Know that a player of ours is gone."""
        self._here.pop(seat, None)
        self._moved.pop(seat, None)

    def has_news(self) -> bool:
        """Return whether there is something to say, and somebody to hear it."""
        return bool(self._moved) and self._is_heard()

    def pump(self) -> None:
        """Say what moved, where anybody is to hear it."""
        if not self._is_heard():
            self._moved.clear()
            return
        seats = list(self._moved)[:POSES_CARRIED_MAX]
        for seat in seats:
            del self._moved[seat]
        self._tell(self._floor.standing(seats))

    def beat(self, now_s: float, *, has_watchers: bool) -> None:
        """Once a second: say everything again where that is due; ask, for who only looks on."""
        self._asked_s = {
            node: at_s for node, at_s in self._asked_s.items() if now_s - at_s < 2 * POSES_ASKED_S
        }
        self._beats += 1
        self._early = {
            seat: early for seat, early in self._early.items() if self._beats - early[2] <= 2
        }
        if has_watchers and self._counts and now_s - self._asking_s >= POSES_ASKED_S:
            self._asking_s = now_s
            self._say(msgpack.packb([self._node, None]))
        if not self._is_heard():
            return
        if self._is_dirty and now_s - self._whole_s >= POSES_WHOLE_S:
            self._whole_s, self._is_dirty = now_s, False
            self._moved.update(self._here)

    # --- what others say ---------------------------------------------------------------------

    def heard(self, said: bytes, now_s: float) -> None:
        """Take in what another node says; what cannot be made out is passed over."""
        try:
            node, standings = _read(said)
        except (ValueError, TypeError, LookupError):
            return
        if node == self._node:
            return
        if standings is None:
            self._asked_s[node] = now_s
            self._moved.update(self._here)
            return
        for standing in standings:
            if is_seat(self._follower.pack, standing.seat):
                self._place(node, standing, self._beats)

    # --- inside ------------------------------------------------------------------------------

    def _is_heard(self) -> bool:
        return bool(self._counts or self._asked_s)

    def _look_at(self, session: str) -> None:
        """Note at which other node a session is."""
        entry = session_of(self._follower.state.facts, session)
        node = _node_of(entry)
        if node == self._node:
            node = ""
        before = self._elsewhere.get(session, "")
        if node == before:
            return
        if before:
            del self._elsewhere[session]
            self._counts[before] -= 1
            if not self._counts[before]:
                del self._counts[before]
        if node:
            self._elsewhere[session] = node
            self._counts[node] = self._counts.get(node, 0) + 1
            if self._counts[node] == 1:  # it has heard nothing yet
                self._moved.update(self._here)

    def _place(self, node: str, standing: Standing, beat: int) -> None:
        seat, scene = standing.seat, standing.scene
        session = self._holder_at(node, seat)
        if not session or self._follower.state.facts[f"{seat}.scene"] != scene:
            self._early[seat] = (node, standing, beat)
            return
        self._early.pop(seat, None)
        self._far[seat] = (node, session)
        self._floor.place(scene, Pose(seat, standing.x, standing.y, standing.facing))

    def _check(self, seat: str) -> None:
        """Let the pose of a seat fall away whose player is not where it was heard from."""
        node, session = self._far[seat]
        if self._holder_at(node, seat) != session:
            del self._far[seat]
            self._floor.drop(seat)

    def _holder_at(self, node: str, seat: str) -> str:
        """Return the session that holds a seat and is at a node, "" for none."""
        facts = self._follower.state.facts
        session = holder_of(facts, seat).session
        return session if session and _node_of(session_of(facts, session)) == node else ""

    def _tell(self, standings: list[Standing]) -> None:
        if standings:
            self._say(msgpack.packb([self._node, [list(standing) for standing in standings]]))


def _node_of(session: Session | None) -> str:
    return session.gateway if session is not None and session.is_present else ""


def _read(said: bytes) -> tuple[str, list[Standing] | None]:
    """Return who says it and where avatars stand; None instead of these where it asks.

    Raises:
        ValueError, TypeError, LookupError: it is nothing of the kind.
    """
    if len(said) > POSES_BYTES_MAX:
        raise ValueError("too long")
    node, listed, *_ = msgpack.unpackb(said, use_list=False, strict_map_key=True)
    if type(node) is not str:
        raise ValueError("no node")
    if listed is None:
        return node, None
    found: list[Standing] = []
    for given in listed[:POSES_CARRIED_MAX]:
        standing: Any = Standing(*given[:5])
        if [type(part) for part in standing] != [str, str, int, int, int]:
            raise ValueError("no pose")
        found.append(standing)
    return node, found
