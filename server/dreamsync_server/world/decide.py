"""Decide: a state, a proposal, a pack and a time give a commit. Pure; the state stays as it was."""

from collections.abc import Callable

from dreamsync_server.world import (
    acting,
    directing,
    erasing,
    minding,
    nudging,
    seats,
    sessions,
    timers,
)
from dreamsync_server.world.authority import (
    GOES_ON_AFTER_THE_END,
    NEEDS_NO_SESSION,
    may_propose,
)
from dreamsync_server.world.commit import Cause, Commit, Moment, Outcome, Position, Proposal
from dreamsync_server.world.draft import OK, Draft, Verdict, refuse
from dreamsync_server.world.laws import enforce_laws
from dreamsync_server.world.model import Pack
from dreamsync_server.world.opening import begin, open_world, sleep, wake
from dreamsync_server.world.repacking import repack
from dreamsync_server.world.sessions import answer_again, keep_outcome, session_of
from dreamsync_server.world.state import State, as_tuple, is_over
from dreamsync_server.world.undoing import undo
from dreamsync_server.world.values import Value, hash_text

Handler = Callable[[Draft, Proposal], Verdict]


def decide(
    pack: Pack, state: State, proposal: Proposal, moment: Moment, *, cursor: str = ""
) -> Commit:
    """Return what becomes of `proposal` at `moment`. `state` is the same before and after.

    `cursor` is the inbox entry it came by, "" where it came another way. The `open` and `begin`
    proposals carry the new epoch as the argument `epoch`; every other commit stays in the state's.
    `pack` is the state's own, but for `repack`: there it is the one that is changed to.

    Raises:
        WorldFaultError: a rule of the pack or of ours broke; the world must stop, its log stays.
    """
    assert moment.world_ms >= state.world_ms, "world time never runs backwards"
    draft = Draft(pack, state, proposal, moment)
    try:
        outcome = _outcome(draft, proposal)
        if cursor:
            draft.put("@inbox", cursor)
        changes = draft.changes()
        hashes = state.hashes_of(changes)
        return Commit(
            position=Position(_epoch(state, proposal), state.position.seq + 1),
            world_ms=moment.world_ms,
            at_ms=moment.at_ms,
            cause=_cause(proposal, draft),
            outcomes=() if outcome is None else (outcome,),
            changes=changes,
            events=tuple(draft.events),
            digest=state.digest_after(changes, hashes),
            cursor=cursor,
            texts=dict(draft.texts),
            hashes=hashes,
        )
    finally:
        draft.close()


def _outcome(draft: Draft, proposal: Proposal) -> Outcome | None:
    """Decide the proposal on the draft and return what its proposer is told."""
    session, n = proposal.session, proposal.n
    if n and proposal.kind not in NEEDS_NO_SESSION:
        if proposal.by in ("director", "understudy") and _is_stale_term(draft, proposal):
            return Outcome(session, n, "stale_term")
        known = answer_again(draft.facts, session, n)
        if known is not None:
            return known
    code, arguments = _verdict(draft, proposal)
    if code != "ok":
        draft.undo()
    else:
        enforce_laws(draft, draft.pack.laws if proposal.kind in ("open", "repack") else ())
    if not session:
        return None
    outcome = Outcome(session, n, code, arguments)
    if n and proposal.kind not in NEEDS_NO_SESSION:
        keep_outcome(draft, outcome)
    return outcome


def _verdict(draft: Draft, proposal: Proposal) -> Verdict:
    if not may_propose(proposal.kind, proposal.by):
        return refuse("not_allowed")
    if proposal.kind not in NEEDS_NO_SESSION and not _is_who_it_says(draft, proposal):
        return refuse("retired")
    if proposal.kind not in ("open", *GOES_ON_AFTER_THE_END) and is_over(draft.facts):
        return refuse("ended")
    if proposal.n and proposal.by in sessions.KINDS_OF_PEOPLE:
        sessions.be_here(draft, proposal)
    verdict = _DO[proposal.kind](draft, proposal)
    if verdict == OK:
        minding.note_why(draft, proposal)
    return verdict


def _is_who_it_says(draft: Draft, proposal: Proposal) -> bool:
    """A proposal speaks for a session that joined as that kind (understudies for the director)."""
    if proposal.by == "owner":
        return True
    entry = session_of(draft.facts, proposal.session)
    if entry is None:
        return False
    return entry.kind == ("director" if proposal.by == "understudy" else proposal.by)


def _is_stale_term(draft: Draft, proposal: Proposal) -> bool:
    return as_tuple(draft.facts.get("@director")) != (proposal.term,)


def _due(draft: Draft, proposal: Proposal) -> Verdict:
    """A timer falls due: a clock, a choice, a grace, or a law whose condition drift has turned."""
    kind, _, name = str(proposal.arguments.get("timer", "")).partition(":")
    match kind:
        case "clock":
            timers.end_clock(draft, name)
        case "choice":
            timers.end_choice(draft, name)
        case "grace":
            seats.end_grace(draft, name)
        case "law":
            enforce_laws(draft, (name,))
        case _:
            return refuse("bad_parameter", parameter="timer")
    return OK


def _epoch(state: State, proposal: Proposal) -> int:
    return int(proposal.arguments.get("epoch", state.position.epoch))


def _cause(proposal: Proposal, draft: Draft) -> Cause:
    """What was proposed, flat, free texts by their digest: enough to decide it again."""
    given: list[tuple[str, Value]] = []
    for name, value in proposal.arguments.items():
        if name == "params" and isinstance(value, dict):
            given.extend((f"params.{k}", v) for k, v in sorted(value.items()))
        elif name != "secret":
            given.append((name, tuple(value) if isinstance(value, list) else value))
    given.extend((f"texts.{k}", hash_text(*pair)) for k, pair in sorted(proposal.texts.items()))
    return Cause(
        proposal.kind,
        proposal.by,
        proposal.session,
        proposal.n,
        proposal.role,
        proposal.tenure,
        proposal.term,
        tuple(given),
    )


_DO: dict[str, Handler] = {
    "open": open_world,
    "begin": begin,
    "repack": repack,
    "due": _due,
    "sleep": sleep,
    "wake": wake,
    "join": sessions.join,
    "absent": sessions.absent,
    "back": sessions.back,
    "leave": sessions.leave,
    "claim": seats.claim,
    "release": seats.release,
    "handover": seats.handover,
    "seat": seats.seat_by_desk,
    "act": acting.act,
    "choose": acting.choose,
    "cue": directing.cue,
    "nudge": nudging.nudge,
    "direct": nudging.direct,
    "veto": nudging.veto,
    "background": nudging.background,
    "term": directing.term,
    "hold": directing.hold,
    "unhold": directing.unhold,
    "skip": directing.skip,
    "undo": undo,
    "whisper": directing.whisper,
    "remove": directing.remove,
    "mute": minding.mute,
    "report": minding.report,
    "erase": erasing.erase,
    "pause": directing.pause,
    "unpause": directing.unpause,
    "close": directing.close,
}
