"""Sessions in a world: joining, being away and back, leaving; numbering and kept outcomes."""

import json
from typing import Any, Final, NamedTuple

from dreamsync_server.limits import (
    OUTCOMES_KEPT,
    SEAT_GRACE_MS,
    SESSIONS_GONE_MAX,
    SESSIONS_PER_WORLD_MAX,
)
from dreamsync_server.world import seats
from dreamsync_server.world.commit import Outcome, Proposal, ProposerKind
from dreamsync_server.world.draft import OK, Draft, Verdict, refuse
from dreamsync_server.world.state import Facts, as_tuple
from dreamsync_server.world.values import Scalar, TextRef, Value

GONE = ("gone",)
FIXED = 8
"""How many fields of a session come before its outcomes."""
KINDS_OF_PEOPLE: Final[tuple[ProposerKind, ...]] = ("player", "desk", "script")
_BACK: Final = "@back."
_SESSION: Final = "@session."
_KINDS: Final = {str(kind): kind for kind in KINDS_OF_PEOPLE}


class Session(NamedTuple):
    """One session as the state keeps it under `@session.<id>`."""

    kind: str
    secret: str  # sha256 hex of what resumes it
    seat: str  # the seat it holds or would have back; "" for none
    n: int
    is_present: int  # 0 or 1
    name_ref: str  # reference of the name it came with; "" for none
    name_digest: str
    gateway: str  # the node that speaks with it; "" where that does not matter
    outcomes: tuple[str, ...]

    def packed(self) -> tuple[Scalar, ...]:
        """Return the tuple that is kept."""
        fixed: tuple[Scalar, ...] = self[:FIXED]  # type: ignore[assignment]
        return (*fixed, *self.outcomes)


def session_of(facts: Facts, session: str) -> Session | None:
    """Return a session that joined and is not retired."""
    kept = as_tuple(facts.get(f"@session.{session}"))
    if len(kept) < FIXED:
        return None
    return Session(*kept[:FIXED], tuple(kept[FIXED:]))  # type: ignore[call-arg]


def put_session(draft: Draft, session: str, entry: Session) -> None:
    """Keep a session."""
    draft.put(f"@session.{session}", entry.packed())


def join(draft: Draft, proposal: Proposal) -> Verdict:
    """Let a session in. Joining again with the same id changes nothing."""
    given, session = proposal.arguments, proposal.session
    kept = as_tuple(draft.facts.get(f"@session.{session}"))
    if kept == GONE:
        return refuse("retired")
    role = str(given.get("role") or "")
    if not kept:
        if not _has_room(draft):
            return refuse("full", most=SESSIONS_PER_WORLD_MAX)
        name = draft.write("name") if "name" in proposal.texts else TextRef("", "")
        secret = str(given.get("secret", ""))
        gateway = str(given.get("gateway", ""))
        entry = Session(proposal.by, secret, "", 0, 1, name.ref, name.digest, gateway, ())
        put_session(draft, session, entry)
    wake(draft)
    return seats.claim_seat(draft, session, role) if role else OK


def _has_room(draft: Draft) -> bool:
    """Return whether one more may join; where there are too many, one goes who is neither here nor
    has a seat. What reminds of who has left is kept for a while, against words that come late."""
    names = [name for name in draft.facts if name.startswith(_SESSION)]
    retired = [name for name in names if draft.facts[name] == GONE]
    if len(retired) >= SESSIONS_GONE_MAX:
        for name in retired:
            draft.drop(name)
    if len(names) - len(retired) < SESSIONS_PER_WORLD_MAX:
        return True
    sessions = sorted(name.removeprefix(_SESSION) for name in names)  # the same at every node
    idle = next((session for session in sessions if _is_idle(draft.facts, session)), None)
    if idle is None:
        return False
    retire(draft, idle)
    return True


def _is_idle(facts: Facts, session: str) -> bool:
    entry = session_of(facts, session)
    if entry is None or entry.is_present or entry.kind not in KINDS_OF_PEOPLE:
        return False
    return not entry.seat or seats.holder_of(facts, entry.seat).session != session


def absent(draft: Draft, proposal: Proposal) -> Verdict:
    """A session's line is lost: its seat is kept for it for the grace."""
    entry = session_of(draft.facts, proposal.session)
    if entry is None:
        return refuse("retired")
    if _has_moved(draft, proposal, entry):
        return refuse("moved")
    _be_absent(draft, proposal.session, entry)
    return OK


def all_absent(draft: Draft) -> None:
    """Count everybody as absent: an owner has died, and perhaps their gateway with it.

    A gateway that has a session still says at once that it is back; the others have the grace.
    """
    for name in [name for name in draft.facts if name.startswith("@session.")]:
        session = name.removeprefix("@session.")
        entry = session_of(draft.facts, session)
        if entry is not None and entry.is_present and entry.kind in KINDS_OF_PEOPLE:
            _be_absent(draft, session, entry)


def _be_absent(draft: Draft, session: str, entry: Session) -> None:
    put_session(draft, session, entry._replace(is_present=0))
    holder = seats.holder_of(draft.facts, entry.seat) if entry.seat else seats.NO_HOLDER
    if entry.seat and holder.session == session and not holder.absent_until_ms:
        until_ms = draft.ms + SEAT_GRACE_MS
        seats.put_holder(draft, entry.seat, holder._replace(absent_until_ms=until_ms))


def back(draft: Draft, proposal: Proposal) -> Verdict:
    """A session is here again, and has its seat back unless another player took that."""
    given, session = proposal.arguments, proposal.session
    entry = session_of(draft.facts, session)
    if entry is None:
        return refuse("retired")
    name, last = str(given.get("back", "")), last_back(draft.facts, session)
    if name and name == last:  # the same one, said again
        _be_present(draft, session, entry)
        return OK
    if _has_moved(draft, proposal, entry):
        return refuse("moved")
    if name:
        draft.put(_BACK + session, name)
    elif last:  # said by a node of a version that gave them no names
        draft.drop(_BACK + session)
    _be_present(draft, session, entry._replace(gateway=str(given.get("gateway", entry.gateway))))
    return OK


def _be_present(draft: Draft, session: str, entry: Session) -> None:
    put_session(draft, session, entry._replace(is_present=1))
    wake(draft)
    if entry.seat:
        seats.take_back(draft, session, entry)


def say_back(facts: Facts, session: str, gateway: str, name: str) -> Proposal:
    """Return a `back` of this name: a session that the facts have somewhere is at this gateway."""
    entry = session_of(facts, session)
    assert entry is not None, "only who has joined comes back"
    given = {"gateway": gateway, "back": name}
    given |= {"was_at": entry.gateway, "after": last_back(facts, session)}
    return Proposal("back", _KINDS[entry.kind], session, arguments=given)


def say_absent(facts: Facts, session: str, gateway: str) -> Proposal:
    """Return an `absent` of a session whose line at this gateway is gone."""
    entry = session_of(facts, session)
    assert entry is not None, "only who has joined is absent"
    given = {"was_at": gateway, "after": last_back(facts, session)}
    return Proposal("absent", _KINDS[entry.kind], session, arguments=given)


def last_back(facts: Facts, session: str) -> str:
    """Return the name of the last `back` that was decided for a session; "" before the first.

    Each names the one it comes after, as its node knows it. So one that is decided late changes
    nothing where another came before it, though that one be of the same node.
    """
    return str(facts.get(_BACK + session, ""))


def _has_moved(draft: Draft, proposal: Proposal, entry: Session) -> bool:
    """Return whether a session is at another node, or came back since, than who speaks for it knew.

    What a gateway says of a line that it had may come late, when the session goes on elsewhere.
    """
    last = last_back(draft.facts, proposal.session)
    known = {"was_at": entry.gateway, "after": last}
    return any(proposal.arguments.get(name, value) != value for name, value in known.items())


def be_here(draft: Draft, proposal: Proposal) -> None:
    """Whoever proposes is here, also where the gateway was thought to be gone."""
    entry = session_of(draft.facts, proposal.session)
    if entry is not None and not entry.is_present:
        _be_present(draft, proposal.session, entry)


def leave(draft: Draft, proposal: Proposal) -> Verdict:
    """A session goes for good: its seat is free, its number is retired."""
    return retire(draft, proposal.session)


def retire(draft: Draft, session: str) -> Verdict:
    """Retire a session and free its seat."""
    entry = session_of(draft.facts, session)
    if entry is None:
        return refuse("retired")
    if entry.seat and seats.holder_of(draft.facts, entry.seat).session == session:
        seats.vacate(draft, entry.seat)
    if draft.facts.get("@paused") == session:
        draft.put("paused", False)
        draft.drop("@paused")
    if draft.facts.get(f"@muted.{session}"):
        draft.drop(f"@muted.{session}")
        seats.keep_muted(draft, entry.seat)
    if last_back(draft.facts, session):
        draft.drop(_BACK + session)
    draft.put(f"@session.{session}", GONE)
    return OK


def wake(draft: Draft) -> None:
    """Let a sleeping world go on."""
    if draft.facts.get("@asleep"):
        draft.put("@asleep", False)


def is_anybody_there(facts: Facts) -> bool:
    """Return whether a player, a desk or a script is present (director and bots do not count)."""
    return any(
        isinstance(kept, tuple) and len(kept) >= FIXED and kept[0] in KINDS_OF_PEOPLE and kept[4]
        for name, kept in facts.items()
        if name.startswith("@session.")
    )


def answer_again(facts: Facts, session: str, n: int) -> Outcome | None:
    """Return what is told of a proposal that must not be decided: decided before, or too early.

    None means that `n` is the next one and is to be decided.
    """
    entry = session_of(facts, session)
    if entry is None:
        return Outcome(session, n, "retired")
    if n == entry.n + 1:
        return None
    if n > entry.n:
        return Outcome(session, n, "gap", (("expected", entry.n + 1),))
    for line in entry.outcomes:
        number, code, given = (*line.split(" ", 2), "")[:3]
        if int(number) == n:
            return Outcome(session, n, code, _arguments_of(given))
    return Outcome(session, n, "stale")


def keep_outcome(draft: Draft, outcome: Outcome) -> None:
    """Raise a session's watermark to an outcome's number and keep what was decided."""
    entry = session_of(draft.facts, outcome.session)
    if entry is None:
        return
    line = f"{outcome.n} {outcome.code}"
    if outcome.arguments:
        line += " " + json.dumps(outcome.arguments, ensure_ascii=False, separators=(",", ":"))
    kept = (*entry.outcomes, line)[-OUTCOMES_KEPT:]
    put_session(draft, outcome.session, entry._replace(n=outcome.n, outcomes=kept))


def _arguments_of(line: str) -> tuple[tuple[str, Value], ...]:
    if not line:
        return ()
    pairs: list[tuple[str, Any]] = json.loads(line)
    return tuple((name, tuple(v) if isinstance(v, list) else v) for name, v in pairs)
