"""Who is in a world now, as its session facts say, and since when nobody is."""

from collections.abc import Iterable

from dreamsync_server.limits import ASLEEP_AFTER_MS
from dreamsync_server.world.commit import Commit
from dreamsync_server.world.sessions import KINDS_OF_PEOPLE, Session, session_of
from dreamsync_server.world.state import State

_PREFIX = "@session."


class Presence:
    """The sessions of one world. Follows its commits, so that a look costs its sessions only."""

    __slots__ = ("_deserted_s", "_sessions", "count_people", "count_players", "gateways")

    def __init__(self, state: State, mono_s: float) -> None:
        names = (name for name in state.facts if name.startswith(_PREFIX))
        self._sessions = dict.fromkeys(name.removeprefix(_PREFIX) for name in names)
        self._deserted_s: float | None = None
        self.count_players = 0
        self.gateways: dict[str, None] = {}  # nodes that speak with those who are there
        self.count_people = 0  # players, desks and scripts: who keep a world awake
        self.look(state, mono_s)

    def follow(self, commits: Iterable[Commit]) -> None:
        """Take note of new sessions."""
        for commit in commits:
            for name, _ in commit.changes:
                if name.startswith(_PREFIX):
                    self._sessions[name.removeprefix(_PREFIX)] = None

    def look(self, state: State, mono_s: float) -> None:
        """Count who is there now; forget who is gone for good."""
        self.count_people = self.count_players = 0
        self.gateways = {}
        for name in list(self._sessions):
            session = session_of(state.facts, name)
            if session is None:
                del self._sessions[name]
            elif session.is_present and session.kind in KINDS_OF_PEOPLE:
                self.count_people += 1
                self.gateways[session.gateway] = None
                self.count_players += session.kind == "player"
        if self.count_people:
            self._deserted_s = None
        elif self._deserted_s is None:
            self._deserted_s = mono_s

    def of_gateway(self, state: State, gateway: str) -> list[tuple[str, Session]]:
        """Return the people who are there by a gateway, with their session ids."""
        found = ((name, session_of(state.facts, name)) for name in self._sessions)
        return [
            (name, session)
            for name, session in found
            if session is not None
            and session.is_present
            and session.gateway == gateway
            and session.kind in KINDS_OF_PEOPLE
        ]

    def is_deserted(self, mono_s: float) -> bool:
        """Return whether nobody was there for so long that the world should sleep."""
        if self._deserted_s is None:
            return False
        return (mono_s - self._deserted_s) * 1000 >= ASLEEP_AFTER_MS
