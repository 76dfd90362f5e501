"""What must be true of a simulated world beyond the invariants that every test judges by."""

from collections.abc import Sequence

from support.invariants import Fault

from dreamsync_server.gateway.views import hearers
from dreamsync_server.store.codec import decode_snapshot
from dreamsync_server.store.memory import MemoryStore
from dreamsync_server.store.reading import state_of
from dreamsync_server.world.agenda import Agenda
from dreamsync_server.world.audience import atoms_of_player, sees
from dreamsync_server.world.commit import Commit
from dreamsync_server.world.evolve import evolve
from dreamsync_server.world.model import Pack
from dreamsync_server.world.seats import holder_of
from dreamsync_server.world.sessions import session_of
from dreamsync_server.world.state import State, as_tuple
from dreamsync_server.world.values import TextRef
from simulation.house import House
from simulation.people import Recap


def judge_log(pack: Pack, commits: Sequence[Commit]) -> list[Fault]:
    """Judge each commit by the state before it: who may do it, and whether its time has come."""
    state = State(pack)
    agenda: Agenda | None = None
    faults: list[Fault] = []
    cursor = 0
    for commit in commits:
        if commit.cursor:
            read = int(commit.cursor.partition("-")[0])
            if read <= cursor:
                faults.append(Fault("doubled", f"{commit.position} is of inbox entry {read} again"))
            cursor = read
        if agenda is not None:
            faults += [
                Fault("order", f"{commit.position} {commit.cause.kind}: {text}")
                for text in _wrong(state, agenda, commit)
            ]
        try:
            evolve(state, commit)
        except Exception:  # noqa: BLE001 - the invariants say that of it
            return faults
        if agenda is None:
            agenda = Agenda(pack, state)
        else:
            agenda.follow(commit)
    return faults


def _wrong(state: State, agenda: Agenda, commit: Commit) -> list[str]:
    """Return what is wrong with a commit, `state` and `agenda` being those before it."""
    found = []
    cause, facts = commit.cause, state.facts
    is_ok = any(outcome.code == "ok" for outcome in commit.outcomes)
    is_decided = is_ok and any(c.name != "@inbox" for c in commit.changes)
    if commit.world_ms < state.world_ms:
        found.append("world time runs backwards")
    due = agenda.next_due() if state.is_running() else None
    if cause.kind == "due":
        timer = dict(cause.arguments).get("timer")
        if due is None or due[1] != timer:
            found.append(f"timer {timer} was not the next to fall due, but {due}")
        elif max(due[0], state.world_ms) != commit.world_ms:
            found.append(f"timer {timer} was due at {due[0]}, not at {commit.world_ms}")
    elif due is not None and due[0] < commit.world_ms and cause.by != "owner":
        found.append(f"timer {due[1]} was due at {due[0]} and passed over")
    is_directors = cause.by in ("director", "understudy") and cause.kind != "term"
    if is_decided and is_directors and as_tuple(facts.get("@director")) != (cause.term,):
        found.append(f"a director of term {cause.term} was obeyed")
    if is_decided and cause.by == "understudy":
        holder = holder_of(facts, cause.role)
        if facts.get(f"{cause.role}.held") != "understudy" or holder.tenure != cause.tenure:
            found.append(f"an understudy acted for {cause.role} with a stale tenure")
    if is_decided and cause.by == "player" and cause.kind == "act":
        entry = session_of(facts, cause.session)
        if entry is None or not entry.seat:
            found.append(f"{cause.session} acted without a seat")
    return found


def judge_recaps(
    pack: Pack, commits: Sequence[Commit], recaps: Sequence[tuple[str, Recap]]
) -> list[Fault]:
    """A recap holds only what was said to its seat, whoever held it then."""
    wanted = sorted({recap.seat for _, recap in recaps})
    heard: dict[str, dict[str, int]] = {seat: {} for seat in wanted}
    state, texts = State(pack), dict[str, str]()
    for commit in commits:
        try:
            evolve(state, commit)
        except Exception:  # noqa: BLE001 - the invariants say that of it
            break
        texts.update({ref: text for ref, (_, _, text) in commit.texts.items()})
        for seat in wanted:
            atoms = atoms_of_player(state.facts, seat, "")
            for event in commit.events:
                if not sees(atoms, hearers(event)):
                    continue
                refs = [v.ref for _, v in event.arguments if type(v) is TextRef]
                for said in (texts.get(ref, "") for ref in refs):
                    heard[seat].setdefault(said, commit.position.seq)
    return [
        Fault("leak", f"{who}'s recap as {recap.seat or 'nobody'} at {recap.seq} holds {mark}")
        for who, recap in recaps
        for mark in sorted(recap.marks)
        if min((q for said, q in heard[recap.seat].items() if mark in said), default=1 << 60)
        > recap.seq
    ]


def judge_snapshots(
    pack: Pack, store: MemoryStore, world: str, commits: Sequence[Commit]
) -> list[Fault]:
    """Each snapshot is the log's state at its position."""
    digests = {commit.position: commit.digest for commit in commits}
    faults = []
    for raw in store._worlds[world].snapshots.values():
        snapshot = decode_snapshot(raw)
        state = state_of(pack, snapshot)
        if digests.get(snapshot.position) != state.digest:
            faults.append(Fault("digest", f"the snapshot at {snapshot.position} is not the log's"))
    return faults


def judge_followers(house: House, world: str, state: State) -> list[Fault]:
    """Owner and followers stand at the tail, with the log's digest."""
    faults = []
    owners = 0
    for node in house.nodes.values():
        if node.is_dead:
            continue
        owner, room = node.host.owner(world), node.hall.rooms.get(world)
        known = []
        if owner is not None and owner.pending is None and not owner.is_closing:
            owners += 1
            known.append(("owner", owner.state))
        if room is not None:
            known.append(("follower", room.follower.state))
        for what, theirs in known:
            same = theirs.position == state.position and theirs.digest == state.digest
            if not same and (what == "follower" or theirs.position.seq <= state.position.seq):
                text = f"{what} at {node.process}: {theirs.position}, the log {state.position}"
                faults.append(Fault("digest", text))
    if owners > 1:
        faults.append(Fault("order", f"{owners} nodes believe that they own the world"))
    return faults
