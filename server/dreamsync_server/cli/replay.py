"""`dreamsync replay`: a world rebuilt from its log alone, every digest checked on the way.

The log lies in a store or in a file that was exported. What a role would have seen is made by the
gate that makes live views, so a replay can show nobody more than they saw.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from dreamsync_server.cli.moments import told
from dreamsync_server.cli.recordings import Recording, When, recording, when_of
from dreamsync_server.cli.telling import clock_of, fail, print_json
from dreamsync_server.errors import OperatorError, WorldFaultError
from dreamsync_server.gateway.gate import Gate
from dreamsync_server.gateway.lookback import Seen, Told, drawn
from dreamsync_server.gateway.onlookers import DESK, WATCHER
from dreamsync_server.gateway.onlookers import look_of as eyes_of
from dreamsync_server.gateway.rewind import Look, Step
from dreamsync_server.gateway.rewind import replay as turns_of
from dreamsync_server.gateway.views import ClassIndex, Turn, events_for, fold
from dreamsync_server.limits import LOOK_LINES_MAX
from dreamsync_server.world.commit import Commit
from dreamsync_server.world.erasing import erased_by
from dreamsync_server.world.evolve import evolve
from dreamsync_server.world.model import Pack
from dreamsync_server.world.repacking import changed_to
from dreamsync_server.world.state import Facts, State
from dreamsync_server.world.values import digest_hex

__all__ = ["DESK", "WATCHER", "Rebuilt", "look_of", "replay"]
_LINES_KEPT: Final = 4 * LOOK_LINES_MAX  # some of them say nothing


async def replay(
    world: str,
    store: str,
    data: Path,
    *,
    until: str = "",
    at: str = "",
    seen_by: str = "",
    lang: str = "",
    is_json: bool = False,
) -> int:
    """Rebuild a world, print what `seen_by` (a seat, `watcher`, `desk`, "" for none) would see.

    `until` is the moment to stop at; with `at` only that moment is shown, whole.

    Raises:
        OperatorError: no such world, moment or seat; or both moments are given.
    """
    if at and until:
        raise OperatorError("--at shows one moment and --until stops there: give one of them")
    stop, is_moment = when_of(at or until), bool(at)
    seen_by = seen_by or (DESK if is_moment else "")
    async with recording(world, store, data) as source:
        look = look_of(source.pack, seen_by) if seen_by else None
        rebuilt = Rebuilt(source.pack, lang, look, has_turns=not is_moment)
        try:
            is_whole = await _play(source, rebuilt, stop, seen_by, is_json=is_json)
        except WorldFaultError as error:
            seq = rebuilt.state.position.seq
            text = f"the log contradicts itself at seq {seq}: {error}"
            return fail("world_fault", text, is_json=is_json)
        if is_whole:
            source.check_end(rebuilt.state.digest)
    _check_stop(stop, rebuilt)
    if is_moment and look is not None:
        shown = rebuilt.moment(source, seen_by, look)
        print_json(shown) if is_json else print(told(shown, rebuilt.state.pack, lang))
    elif is_json:
        print_json({"type": "replayed", "world": source.card.world, **rebuilt.summary()},
                   is_line=True)  # fmt: skip
    else:
        print(verdict(source.card.world, rebuilt))
    return 0


async def _play(
    source: Recording, rebuilt: "Rebuilt", stop: When, seen_by: str, *, is_json: bool
) -> bool:
    """Apply the commits up to `stop`; return whether all of the log was applied."""
    async for page in source.pages():
        plain: list[Commit] = []
        is_over = False
        for commit in page:
            if stop.is_before(commit):
                is_over = True
                break
            plain.append(commit)
            if pack_hash := changed_to(commit):
                _print_turns(rebuilt, plain[:-1], is_json)
                plain = []
                pack = await source.load_pack(pack_hash)
                rebuilt.repack(commit, pack, look_of(pack, seen_by) if seen_by else None)
        _print_turns(rebuilt, plain, is_json)
        if is_over:
            return False
    return True


def _check_stop(stop: When, rebuilt: "Rebuilt") -> None:
    if stop.seq is not None and rebuilt.state.position.seq < stop.seq:
        raise OperatorError(f"the log ends at seq {rebuilt.state.position.seq}, before {stop.seq}")
    if not rebuilt.state.position.seq:
        raise OperatorError("nothing had happened by then")


def look_of(pack: Pack, seen_by: str) -> Look:
    """Return the eyes of whoever holds a seat, of a spectator, or of the desk.

    Raises:
        OperatorError: there is no such seat.
    """
    look = eyes_of(pack, seen_by)
    if look is None:
        seats = ", ".join(f"{r.id}.1 …" if r.seats else r.id for r in pack.roles.values())
        raise OperatorError(
            f"there is no seat {seen_by!r} in {pack.id}: it has {seats}; {WATCHER} and {DESK} see"
            " too"
        )
    return look


@dataclass
class Rebuilt:
    """A world as far as it is rebuilt."""

    pack: Pack
    lang: str
    look: Look | None
    has_turns: bool = True  # what each commit was; else only the last lines are kept
    texts: dict[str, str] = field(default_factory=dict)
    lines: list[Told] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.state = State(self.pack)
        self._read_anew()

    def take(self, page: list[Commit]) -> Iterator[Turn]:
        """Apply commits in order; yield what each that showed something was to the viewer.

        Raises:
            WorldFaultError: a commit does not follow, or its digest does not come out.
        """
        steps = []
        for commit in page:
            self._take_texts(commit)
            old_ms = self.state.world_ms
            undo = evolve(self.state, commit)
            if self.look is not None and not self.has_turns:
                self._keep_lines(commit, self.look)
            elif self.look is not None:  # which looks at no system fact
                shifts = self._index.follow(self.state, undo)
                steps.append(Step(commit, shifts, (), old_ms))
        if self.look is not None and self.has_turns:
            yield from turns_of(self._past, steps, self.look, "")

    def repack(self, commit: Commit, pack: Pack, look: Look | None) -> None:
        """Apply a change of pack; from here on all is read under the new one.

        Raises:
            WorldFaultError: the commit does not follow, or its digest does not come out.
        """
        evolve(self.state, commit)
        self.state.adopt(pack)
        self.pack, self.look = pack, look
        self._read_anew()

    def moment(self, source: Recording, eyes: str, look: Look) -> dict[str, Any]:
        """Return where it stands as the whole view of those eyes."""
        seen = Seen(self.state, self.lines)
        return drawn(source.card, seen, eyes, self.look or look, self.lang, self.texts)

    def _read_anew(self) -> None:
        self.gate = Gate(self.pack, self.lang, self.texts)
        self._index = ClassIndex(self.pack, self.state.facts)
        self._past = self._index.copy()

    def _take_texts(self, commit: Commit) -> None:
        self.texts.update({ref: text for ref, (_, _, text) in commit.texts.items()})
        erased = erased_by(commit)
        for ref in erased[1] if erased else ():
            self.texts.pop(ref, None)

    def _keep_lines(self, commit: Commit, look: Look) -> None:
        told_ = events_for(commit.events, look(self.state.facts))
        self.lines += [(commit.position, commit.world_ms, i, event) for i, event in told_]
        del self.lines[:-_LINES_KEPT]

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


def _print_turns(rebuilt: Rebuilt, commits: list[Commit], is_json: bool) -> None:
    for turn in rebuilt.take(commits):
        _print_turn(rebuilt, turn, is_json)


def _print_turn(rebuilt: Rebuilt, turn: Turn, is_json: bool) -> None:
    view = rebuilt.view(turn)
    if is_json:
        print_json(view, is_line=True)
        return
    for event in view.get("events", ()):
        if text := event.get("text"):
            name = f"{event['who_name']}: " if event["kind"] == "said" else ""
            print(f"{clock_of(turn.world_ms):>9}  {name}{text}")
