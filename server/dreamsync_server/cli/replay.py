"""`dreamsync replay`: a world rebuilt from its log alone, every digest checked on the way.

What a role would have seen is made by the gate that makes live views, so a replay can show nobody
more than they saw.
"""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dreamsync_server.cli.stored import Found, world_in
from dreamsync_server.cli.telling import clock_of, fail, print_json
from dreamsync_server.errors import OperatorError, WorldFaultError
from dreamsync_server.gateway.gate import JUDGE, Gate
from dreamsync_server.gateway.rewind import Look, Step
from dreamsync_server.gateway.rewind import replay as turns_of
from dreamsync_server.gateway.views import ClassIndex, Eyes, Turn, fold
from dreamsync_server.limits import LOG_PAGE
from dreamsync_server.world.audience import atoms_of_desk, atoms_of_player, atoms_of_watcher
from dreamsync_server.world.commit import Commit
from dreamsync_server.world.evolve import evolve
from dreamsync_server.world.model import Pack
from dreamsync_server.world.state import Facts, State, is_seat
from dreamsync_server.world.values import digest_hex

WATCHER = "watcher"
DESK = "desk"


async def replay(
    world: str,
    store: str,
    data: Path,
    *,
    up_to: int | None = None,
    seen_by: str = "",
    lang: str = "",
    is_json: bool = False,
) -> int:
    """Rebuild a world, print what `seen_by` (a seat, `watcher`, `desk`, "" for none) would see.

    Raises:
        OperatorError: no such world or seat.
    """
    async with world_in(store, data, world) as found:
        look = look_of(found.pack, seen_by) if seen_by else None
        rebuilt = Rebuilt(found.pack, lang, look)
        try:
            async for page in _pages(found, up_to):
                for turn in rebuilt.take(page):
                    _print_turn(rebuilt, turn, is_json)
        except WorldFaultError as error:
            seq = rebuilt.state.position.seq
            text = f"the log contradicts itself at seq {seq}: {error}"
            return fail("world_fault", text, is_json=is_json)
    if is_json:
        print_json({"type": "replayed", "world": found.card.world, **rebuilt.summary()},
                   is_line=True)  # fmt: skip
    else:
        print(verdict(found.card.world, rebuilt))
    return 0


def look_of(pack: Pack, seen_by: str) -> Look:
    """Return the eyes of whoever holds a seat, of a spectator, or of the desk.

    They are those of a session of their own that was never there: what was for one session
    alone is nobody else's in a replay either.

    Raises:
        OperatorError: there is no such seat.
    """
    if seen_by not in (WATCHER, DESK) and not is_seat(pack, seen_by):
        seats = ", ".join(f"{r.id}.1 …" if r.seats else r.id for r in pack.roles.values())
        raise OperatorError(
            f"there is no seat {seen_by!r} in {pack.id}: it has {seats}; {WATCHER} and {DESK} see"
            " too"
        )
    known: dict[frozenset[str], Eyes] = {}

    def look(facts: Facts) -> Eyes:
        if not facts:
            atoms: frozenset[str] = frozenset()  # before the first commit there is nothing to see
        elif seen_by == WATCHER:
            atoms = atoms_of_watcher(pack, "")
        elif seen_by == DESK:
            atoms = atoms_of_desk("")
        else:
            atoms = atoms_of_player(facts, seen_by, "")
        return known.setdefault(atoms, Eyes(atoms, JUDGE))

    return look


@dataclass
class Rebuilt:
    """A world as far as it is rebuilt."""

    pack: Pack
    lang: str
    look: Look | None
    texts: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.state = State(self.pack)
        self.gate = Gate(self.pack, self.lang, self.texts)
        self._index = ClassIndex(self.pack, self.state.facts)
        self._past = self._index.copy()

    def take(self, page: list[Commit]) -> Iterator[Turn]:
        """Apply commits in order; yield what each that showed something was to the viewer.

        Raises:
            WorldFaultError: a commit does not follow, or its digest does not come out.
        """
        steps = []
        for commit in page:
            self.texts.update({ref: text for ref, (_, _, text) in commit.texts.items()})
            old_ms = self.state.world_ms
            undo = evolve(self.state, commit)
            if self.look is not None:  # which looks at no system fact
                shifts = self._index.follow(self.state, undo)
                steps.append(Step(commit, shifts, (), old_ms))
        if self.look is not None:
            yield from turns_of(self._past, steps, self.look, "")

    def view(self, turn: Turn) -> dict[str, Any]:
        """Return a turn as the view that would have been sent."""
        facts = Facts(self.pack)
        facts.ms = turn.world_ms
        view = self.gate.view(fold([turn]), turn.position, facts)
        view.pop("cards", None)
        return view

    def summary(self) -> dict[str, Any]:
        """Return where the world stands."""
        state = self.state
        return {
            "commits": state.position.seq,
            "epochs": len(state.epochs),
            "position": list(state.position),
            "world_ms": state.world_ms,
            "chapter": state.facts.get("chapter", ""),
            "ending": state.facts.get("ending", ""),
            "digest": digest_hex(state.digest),
        }


def verdict(world: str, rebuilt: Rebuilt) -> str:
    """Return what a replay came to, in a few lines."""
    told = rebuilt.summary()
    owners = f"{told['epochs']} owner{'' if told['epochs'] == 1 else 's'}"
    where = f"in chapter {told['chapter']}"
    if told["ending"]:
        where = f"ended with {told['ending']}"
    return (
        f"Replayed {told['commits']} commits by {owners}; every digest came out.\n"
        f"World {world} at {clock_of(told['world_ms'])}, {where}; digest {told['digest']}."
    )


async def _pages(found: Found, up_to: int | None) -> AsyncIterator[list[Commit]]:
    after = 0
    while up_to is None or after < up_to:
        page = await found.store.read(found.card.world, after, up_to, LOG_PAGE)
        if not page:
            return
        yield [*page]
        after = page[-1].position.seq


def _print_turn(rebuilt: Rebuilt, turn: Turn, is_json: bool) -> None:
    view = rebuilt.view(turn)
    if is_json:
        print_json(view, is_line=True)
        return
    for event in view.get("events", ()):
        if text := event.get("text"):
            name = f"{event['who_name']}: " if event["kind"] == "said" else ""
            print(f"{clock_of(turn.world_ms):>9}  {name}{text}")
