"""A decision in the making: facts changed in place under a journal, and rolled back at the end."""

from typing import Any

from dreamsync_server.errors import WorldFaultError
from dreamsync_server.limits import CHANGES_PER_COMMIT_MAX, EVENTS_PER_COMMIT_MAX
from dreamsync_server.world.chance import draw
from dreamsync_server.world.commit import Change, Event, Moment, Proposal
from dreamsync_server.world.model import Pack
from dreamsync_server.world.state import Facts, State, as_tuple
from dreamsync_server.world.values import Drift, TextRef, Value, hash_text

Verdict = tuple[str, tuple[tuple[str, Value], ...]]
"""What became of a proposal: a code ("ok" or a refusal's) and what its sentence needs."""

OK: Verdict = ("ok", ())


def refuse(code: str, **arguments: Value) -> Verdict:
    """Return a refusal."""
    return code, tuple(arguments.items())


class Draft:
    """The working copy that one decision writes to. `close()` leaves the state as it was."""

    __slots__ = (
        "_journal",
        "_old_ms",
        "_old_pack",
        "events",
        "facts",
        "pack",
        "proposal",
        "state",
        "texts",
        "trail",
    )

    def __init__(self, pack: Pack, state: State, proposal: Proposal, moment: Moment) -> None:
        self.pack = pack
        self.state = state
        self.facts: Facts = state.facts
        self.proposal = proposal
        self.events: list[Event] = []
        self.texts: dict[str, tuple[str, str, str]] = {}
        self.trail: list[str] = []  # every name written, in order, again where written again
        self._journal: dict[str, Value | None] = {}
        self._old_ms = self.facts.ms
        self._old_pack = self.facts.pack
        self.facts.ms = moment.world_ms
        self.facts.pack = pack

    @property
    def ms(self) -> int:
        """World time of this decision."""
        return self.facts.ms

    @property
    def seed(self) -> int:
        """The world's seed."""
        seed: int = as_tuple(self.facts["@world"])[0]
        return seed

    def put(self, name: str, value: Value) -> None:
        """Give a fact a value; an equal one is no change."""
        old = self.facts.get(name)
        if old == value and type(old) is type(value):
            return
        if name not in self._journal:
            if len(self._journal) >= CHANGES_PER_COMMIT_MAX:
                raise WorldFaultError(f"one commit changes over {CHANGES_PER_COMMIT_MAX} facts")
            self._journal[name] = old
        self.facts[name] = value
        self.trail.append(name)

    def drop(self, name: str) -> None:
        """Take a fact away: one of the engine's own, or one that a newer pack does not have."""
        if name in self.facts:
            self._journal.setdefault(name, self.facts[name])
            del self.facts[name]

    def tell(self, event: Event) -> None:
        """Let something happen for its audience."""
        if len(self.events) >= EVENTS_PER_COMMIT_MAX:
            raise WorldFaultError(f"one commit has over {EVENTS_PER_COMMIT_MAX} events")
        self.events.append(event)

    def write(self, name: str) -> TextRef:
        """Keep the proposal's free text `name` beside the log and return what refers to it."""
        salt, text = self.proposal.texts[name]
        proposal = self.proposal
        ref = f"{self.state.position.seq + 1}.{name}"
        self.texts[ref] = (proposal.session, salt, text)
        return TextRef(ref, hash_text(salt, text))

    def draw(self, stream: str, sides: int) -> int:
        """Draw 1..`sides` from one of the world's streams and count the draw."""
        name = f"@rng.{stream}"
        count = int(str(self.facts.get(name, 0)))
        self.put(name, count + 1)
        return draw(self.seed, stream, count, sides)

    def whole(self, name: str) -> Any:
        """Return a fact's value now, a drifting one as the int it reads as."""
        value = self.facts[name]
        return value.at(self.facts.ms) if type(value) is Drift else value

    def changes(self) -> tuple[Change, ...]:
        """Return what differs from the state, in order of first writing."""
        found = []
        for name, old in self._journal.items():
            new = self.facts.get(name)
            if new != old or type(new) is not type(old):
                found.append(Change(name, new))
        return tuple(found)

    def undo(self) -> None:
        """Take everything back that was written, but stay open."""
        for name, old in self._journal.items():
            if old is None:
                self.facts.pop(name, None)
            else:
                self.facts[name] = old
        self._journal.clear()
        self.trail.clear()
        self.events.clear()
        self.texts.clear()

    def close(self) -> None:
        """Leave the state exactly as it was."""
        self.undo()
        self.facts.ms = self._old_ms
        self.facts.pack = self._old_pack
