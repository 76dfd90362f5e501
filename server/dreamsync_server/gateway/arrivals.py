"""Sessions on their way into a room, and those that the log has at this node though no line does.

What a line asked for may be decided when the line is gone: it joined and was cut at once, it came
back and was given up, or that it is absent could not be said. Nobody then stands behind a session
that counts as present here. Such a *stray* is looked for, as long as it takes.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from dreamsync_server.gateway.follower import Follower
from dreamsync_server.gateway.rewind import Step
from dreamsync_server.world.commit import Cause, Outcome
from dreamsync_server.world.sessions import KINDS_OF_PEOPLE, session_of

Hear = Callable[[Outcome, Cause], None]
_SESSION = "@session."


class Arrivals:
    """Who comes into one room of a node. `members` are those who are in, by session."""

    def __init__(self, follower: Follower, node: str, members: Mapping[str, object]) -> None:
        self._follower = follower
        self._node = node
        self._members = members
        self._coming: Counter[str] = Counter()
        self._hears: dict[str, dict[Hear, None]] = {}
        self._here: dict[str, None] = {}  # whom the log has at this node
        self._suspects: dict[str, None] = {}  # those of them that no line had at the last look
        self.reload()

    @contextmanager
    def coming(self, session: str) -> Iterator[None]:
        """Count a session as about to come in, though it is in no more than the log."""
        self._coming[session] += 1
        try:
            yield
        finally:
            self._coming[session] -= 1
            if not self._coming[session]:
                del self._coming[session]

    def is_awaited(self) -> bool:
        """Return whether somebody is about to come in, or a stray is still here."""
        return bool(self._coming or self._suspects)

    # --- outcomes --------------------------------------------------------------------------------

    def hear(self, session: str, told: Hear) -> None:
        """Call `told` for each outcome of a session that is not in yet, until `unhear`.

        Two lines of one session may be coming in at once, the older not known to be dead.
        """
        self._hears.setdefault(session, {})[told] = None

    def unhear(self, session: str, told: Hear) -> None:
        """Call `told` no more."""
        others = self._hears.get(session, {})
        others.pop(told, None)
        if not others:
            self._hears.pop(session, None)

    def decided(self, outcome: Outcome, cause: Cause) -> None:
        """Tell who waits for it of an outcome."""
        for told in tuple(self._hears.get(outcome.session, ())):
            told(outcome, cause)

    # --- strays ----------------------------------------------------------------------------------

    def reload(self) -> None:
        """Look at who is here anew: the state was loaded."""
        self._here = {}
        for name in self._follower.state.facts:
            if name.startswith(_SESSION):
                self._look_at(name.removeprefix(_SESSION))

    def take(self, step: Step) -> None:
        """Follow who is here, as of a commit."""
        for name, *_ in step.system:
            if name.startswith(_SESSION):
                self._look_at(name.removeprefix(_SESSION))

    def strays(self) -> list[str]:
        """Return the sessions that no line had here at this look and the last one."""
        lost = {
            session: None
            for session in self._here
            if session not in self._members and session not in self._coming
        }
        found = [session for session in lost if session in self._suspects]
        self._suspects = lost
        return found

    def _look_at(self, session: str) -> None:
        entry = session_of(self._follower.state.facts, session)
        is_here = entry is not None and entry.is_present and entry.gateway == self._node
        if is_here and entry is not None and entry.kind in KINDS_OF_PEOPLE:
            self._here[session] = None
        else:
            self._here.pop(session, None)
