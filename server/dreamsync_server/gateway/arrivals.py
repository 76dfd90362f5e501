"""Sessions on their way into a room, and those that the log has at this node though no line does.

What a line asked for may be decided when the line is gone: it joined and was cut at once, it came
back and was given up, or that it is absent could not be said. Nobody then stands behind a session
that counts as present here. Such a *stray* is looked for. Where it is not known what became of what
was asked for, it may yet be decided: then it is said behind it, until that is heard, that the
session is absent.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from dreamsync_server.errors import PeerError
from dreamsync_server.gateway.follower import Follower
from dreamsync_server.gateway.rewind import Step
from dreamsync_server.limits import STRAY_SAID_EACH, UNSETTLED_LOOKS_MAX
from dreamsync_server.world.commit import Cause, Outcome, Proposal, ProposerKind
from dreamsync_server.world.sessions import KINDS_OF_PEOPLE, say_absent, session_of

Hear = Callable[[Outcome, Cause], None]
_SESSION = "@session."


@dataclass(slots=True)
class Unsettled:
    """A session that was given up while it came in: what was asked for may yet be decided."""

    kind: ProposerKind
    looks: int = 0


class Arrivals:
    """Who comes into one room of a node. `members` are those who are in, by session."""

    def __init__(self, follower: Follower, node: str, members: Mapping[str, object]) -> None:
        self._follower = follower
        self._node = node
        self._members = members
        self._coming: Counter[str] = Counter()
        self._hears: dict[str, dict[Hear, None]] = {}
        self._here: dict[str, None] = {}  # whom the log has at this node
        self._strays: dict[str, int] = {}  # those of them that no line has -> for how many looks
        self._unsettled: dict[str, Unsettled] = {}
        self.reload()

    @contextmanager
    def coming(self, session: str, kind: str) -> Iterator[None]:
        """Count a session as about to come in, though it is in no more than the log."""
        self._coming[session] += 1
        try:
            yield
        except PeerError:
            raise  # it was decided, or never asked for
        except BaseException:
            if kind in KINDS_OF_PEOPLE:
                self._unsettled[session] = Unsettled(kind)
            raise
        finally:
            self._coming[session] -= 1
            if not self._coming[session]:
                del self._coming[session]

    def is_awaited(self) -> bool:
        """Return whether somebody is about to come in, or a stray is still here."""
        return bool(self._coming or self._strays or self._unsettled)

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
        if cause.kind == "absent":
            self._unsettled.pop(outcome.session, None)
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

    def strays(self) -> list[Proposal]:
        """Return what is to be said at this look: that sessions are absent which no line has here,
        or of which it is not known whether they are here.

        It is said of each in every so many looks: there may be hundreds, and nobody to decide it.
        """
        facts, before = self._follower.state.facts, self._strays
        lost = [session for session in self._here if not self._is_held(session)]
        self._strays = {session: before.get(session, 0) + 1 for session in lost}
        said = [
            say_absent(facts, session, self._node)
            for session, looks in self._strays.items()
            if looks % STRAY_SAID_EACH == 0
        ]
        for session, unsettled in list(self._unsettled.items()):
            unsettled.looks += 1
            if self._is_held(session) or unsettled.looks > UNSETTLED_LOOKS_MAX:
                del self._unsettled[session]
            elif session not in self._strays and unsettled.looks % STRAY_SAID_EACH == 0:
                was_at = {"was_at": self._node}
                said.append(Proposal("absent", unsettled.kind, session, arguments=was_at))
        return said

    def _is_held(self, session: str) -> bool:
        return session in self._members or session in self._coming

    def _look_at(self, session: str) -> None:
        entry = session_of(self._follower.state.facts, session)
        is_here = entry is not None and entry.is_present and entry.gateway == self._node
        if is_here and entry is not None and entry.kind in KINDS_OF_PEOPLE:
            self._here[session] = None
        else:
            self._here.pop(session, None)
