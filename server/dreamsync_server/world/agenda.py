"""The agenda of a world: what falls due next. Derived from the state, never stored.

Timer ids: `clock:<id>`, `choice:<id>`, `grace:<seat>` and `law:<id>` (drift brings a law's
condition to its edge). Order is (due_ms, timer id).
"""

from copy import copy

from dreamsync_server.world.apply import NO_NAMES
from dreamsync_server.world.commit import Commit
from dreamsync_server.world.crossing import next_crossing
from dreamsync_server.world.laws import laws_touched
from dreamsync_server.world.model import Pack
from dreamsync_server.world.seats import holder_of
from dreamsync_server.world.state import State, is_over


class Agenda:
    """What falls due in a world, kept as commits are applied to its state."""

    def __init__(self, pack: Pack, state: State) -> None:
        self._pack = pack
        self._state = state
        self._drift_laws = frozenset(pack.drift_laws)
        self._dues: dict[str, int] = {}
        for name in list(state.facts):
            self._look_at(name)
        for law in pack.drift_laws:
            self._look_at_law(law)

    def fork(self, state: State) -> "Agenda":
        """Return the agenda of a copy of the state."""
        other = copy(self)
        other._state = state
        other._dues = dict(self._dues)
        return other

    def follow(self, commit: Commit) -> None:
        """Take in a commit that the state has just been brought to."""
        touched: dict[str, None] = {}
        for name, _ in commit.changes:
            self._look_at(name)
            for law in laws_touched(self._pack, name):
                if law in self._drift_laws:
                    touched[law] = None
        if commit.cause.kind == "due":
            kind, _, law = str(dict(commit.cause.arguments).get("timer", "")).partition(":")
            if kind == "law":
                touched[law] = None
        for law in touched:
            self._look_at_law(law)

    def next_due(self) -> tuple[int, str] | None:
        """Return (world_ms, timer id) of what falls due first; None where nothing will.

        What is due already has a world_ms that is not after the state's.
        """
        if not self._dues or is_over(self._state.facts):
            return None
        timer = min(self._dues, key=lambda t: (self._dues[t], t))
        return self._dues[timer], timer

    def _look_at(self, name: str) -> None:
        """Note the due time that a fact stands for."""
        kind, _, rest = name.partition(".")
        if kind in ("clock", "choice"):
            value = self._state.facts[name]
            self._note(f"{kind}:{rest}", value if isinstance(value, int) else 0)
        elif kind == "@seat":
            self._note(f"grace:{rest}", holder_of(self._state.facts, rest).absent_until_ms)

    def _look_at_law(self, law: str) -> None:
        when = self._pack.laws[law].when
        after_ms = self._state.world_ms
        self._note(f"law:{law}", next_crossing(when, self._state.facts, NO_NAMES, after_ms) or 0)

    def _note(self, timer: str, due_ms: int) -> None:
        if due_ms > 0:
            self._dues[timer] = due_ms
        else:
            self._dues.pop(timer, None)
