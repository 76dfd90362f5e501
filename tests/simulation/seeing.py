"""Judges what clients saw beside the log: where people stood, and what a desk was watching for."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from support.invariants import Fault

import dreamsync
from dreamsync_server.errors import WorldFaultError
from dreamsync_server.gateway.gate import JUDGE, atoms_of
from dreamsync_server.gateway.onlookers import look_of
from dreamsync_server.gateway.views import ClassIndex, Eyes
from dreamsync_server.world.audience import class_of
from dreamsync_server.world.commit import Commit
from dreamsync_server.world.evolve import evolve
from dreamsync_server.world.model import Pack, Place
from dreamsync_server.world.parse import parse_condition
from dreamsync_server.world.scope import scope_of
from dreamsync_server.world.seats import holder_of
from dreamsync_server.world.sessions import KINDS_OF_PEOPLE, session_of
from dreamsync_server.world.state import Facts, State, role_of
from dreamsync_server.world.values import digest_hex
from simulation.people import WATCHED, Frame, Person


def judge_poses(pack: Pack, commits: Sequence[Commit], people: Sequence[Person]) -> list[Fault]:
    """A pose is told of who stands in a scene that the viewer sees into then; in the end everybody
    knows where whoever is in view stands."""
    open_ = sorted(((p, frame) for p in people for frame in p.frames), key=lambda it: it[1].since)
    open_.reverse()
    state, moved = State(pack), dict[str, int]()
    if not _is_readable(pack, commits):
        return []  # the invariants say that of it
    waiting: list[tuple[Person, Frame]] = []
    faults: list[Fault] = []
    for commit in commits:
        evolve(state, commit)
        seq = commit.position.seq
        for change in commit.changes:
            moved[change.name] = seq
        while open_ and open_[-1][1].since <= seq:
            waiting.append(open_.pop())
        waiting = [it for it in waiting if not _is_true(pack, state.facts, *it)]
        late = [it for it in waiting if it[1].until <= seq]
        faults += [Fault("leak", f"{person.process} was told {frame}") for person, frame in late]
        waiting = [it for it in waiting if it[1].until > seq]
    faults += [Fault("leak", f"{person.process} was told {frame}") for person, frame in waiting]
    return faults + [Fault("events", text) for text in _not_seen(pack, state.facts, moved, people)]


def _is_readable(pack: Pack, commits: Iterable[Commit]) -> bool:
    state = State(pack)
    try:
        for commit in commits:
            evolve(state, commit)
    except WorldFaultError:
        return False
    return True


def _is_true(pack: Pack, facts: Facts, person: Person, frame: Frame) -> bool:
    return all(
        facts[f"{seat}.scene"] == frame.scene and _sees(pack, facts, person, seat)
        for seat, *_ in frame.poses
    )


def _sees(pack: Pack, facts: Facts, person: Person, seat: str) -> bool:
    """Return whether a seat is in view: its scene is seen into, and it is seen to be there.

    That fact of the seats of a chorus is for themselves; who stands there sees them all the same.
    """
    record = person.record
    atoms = atoms_of(pack, facts, record.kind, record.session)
    name = f"{seat}.scene"
    is_in_view = "desk" in atoms or f"scene:{facts[name]}" in atoms
    if not is_in_view or role_of(seat) != seat:
        return is_in_view
    return Eyes(atoms, JUDGE).sees(class_of(pack, facts, name))


def _not_seen(
    pack: Pack, facts: Facts, moved: dict[str, int], people: Sequence[Person]
) -> Iterator[str]:
    for person in people:
        if not person.is_live:
            continue
        shown = dict(person.viewer.poses)
        for other in people:
            seat = _stands(facts, moved, other)
            if seat and _sees(pack, facts, person, seat) and shown.get(seat) != other.stands:
                yield (
                    f"{person.process} sees {seat} at {shown.get(seat)}, it stands at "
                    f"{other.stands} in {facts[f'{seat}.scene']}"
                )


def _stands(facts: Facts, moved: dict[str, int], person: Person) -> str:
    """Return the seat of somebody who has said where it stands, and has not moved since."""
    if not person.is_live or person.record.kind != "player":
        return ""
    entry = session_of(facts, person.record.session)
    if entry is None or not entry.seat or not entry.is_present:
        return ""
    if holder_of(facts, entry.seat).session != person.record.session:
        return ""
    names = (f"{entry.seat}.scene", f"@seat.{entry.seat}", f"@session.{person.record.session}")
    is_still = all(moved.get(name, 0) <= person.stood_at for name in names)
    return entry.seat if is_still and facts[names[0]] != "nowhere" else ""


def judge_moments(pack: Pack, commits: Sequence[Commit], people: Sequence[Person]) -> list[Fault]:
    """A look back shows what those eyes could see then."""
    moments = [(person, moment) for person in people for moment in person.moments]
    wanted = {moment.position[1] for _, moment in moments}
    if not wanted or not _is_readable(pack, commits):
        return []
    state, shown = State(pack), dict[tuple[tuple[int, int], str], str]()
    index = ClassIndex(pack, state.facts)
    for commit in commits:
        index.follow(state, evolve(state, commit))
        for eyes in {m.eyes for _, m in moments} if commit.position.seq in wanted else ():
            look = look_of(pack, eyes)
            assert look is not None
            digest = digest_hex(index.digest(Eyes(look(state.facts).atoms, JUDGE)))
            shown[(commit.position.epoch, commit.position.seq), eyes] = digest
    return [
        Fault("digest", f"{person.process} looked back at {m.position} as {m.eyes}: {m.digest}")
        for person, m in moments
        if shown.get(((m.position[0], m.position[1]), m.eyes)) != m.digest
    ]


def judge_branch(commits: Sequence[Commit], branch: Sequence[Commit]) -> list[Fault]:
    """A branch is the origin's log up to a moment, and a beginning behind it."""
    if not branch:
        return [Fault("lost", "a branch that was made is not there")]
    *copied, begin = branch
    known = [commit.position for commit in commits[: len(copied)]]
    faults = []
    if [commit.position for commit in copied] != known:
        faults.append(Fault("log", f"a branch at {len(copied)} is not of this log"))
    if copied and copied[-1].digest != commits[len(copied) - 1].digest:
        faults.append(Fault("digest", f"a branch at {len(copied)} has another digest"))
    if begin.cause.kind != "begin":
        faults.append(Fault("log", f"a branch goes on with {begin.cause.kind}"))
    return faults


def judge_whereabouts(facts: Facts, people: Sequence[Person], at: Mapping[str, str]) -> list[Fault]:
    """The log has whoever is here at the node that its line is at, and nobody else.

    `at` is the node of each client's last line.
    """
    here = {p.record.session: p for p in people if p.is_live and p.record.kind != "watch"}
    faults = []
    for name in [name for name in facts if name.startswith("@session.")]:
        session = name.removeprefix("@session.")
        entry = session_of(facts, session)
        if entry is None or entry.kind not in KINDS_OF_PEOPLE:
            continue
        person = here.get(session)
        node = at[person.process] if person is not None else ""
        if node != (entry.gateway if entry.is_present else ""):
            who = person.process if person is not None else f"nobody ({session})"
            text = (
                f"{who} is at {node or 'no node'}, the log has {entry.is_present} {entry.gateway}"
            )
            faults.append(Fault("order", text))
    return faults


def judge_hits(pack: Pack, commits: Sequence[Commit], people: Sequence[Person]) -> list[Fault]:
    """A desk hears that a condition has turned true where it has, and again only where it had
    turned false between; in the end it knows whether it holds."""
    faults: list[Fault] = []
    if not _is_readable(pack, commits):
        return faults
    for i, when in enumerate(WATCHED, 1):
        held = _history(pack, commits, when)
        for person in people:
            if isinstance(person.viewer, dreamsync.Desk):
                texts = _wrong_hits(person, f"w{i}", when, held)
                faults += [Fault("events", f"{person.process}: {text}") for text in texts]
    return faults


def _history(pack: Pack, commits: Iterable[Commit], when: str) -> list[bool]:
    """Return whether a condition holds at each position."""
    expr, state = parse_condition(when, Place("", 1, 1), scope_of(pack)), State(pack)
    held = [False]
    for commit in commits:
        evolve(state, commit)
        held.append(bool(expr.run(state.facts, {})))
    return held


def _wrong_hits(person: Person, name: str, when: str, held: Sequence[bool]) -> Iterator[str]:
    since = 0
    for hit in person.hits:
        if hit.when != when:
            continue
        seq = hit.position[1]
        if not held[seq]:
            yield f"{when} was told to hold at {seq}, where it does not"
        if since and all(held[since : seq + 1]):
            yield f"{when} was told at {since} and at {seq}, and held all the time"
        since = seq
    watched = person.viewer._conversation.session._requests._watched.get(name)
    if person.is_live and watched is not None and watched.holds is not held[-1]:
        yield f"{when} is {held[-1]}, and it was last told {watched.holds}"
