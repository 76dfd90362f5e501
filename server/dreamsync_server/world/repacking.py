"""A change of pack: the facts of a running world, fitted to a newer pack in one commit.

The rules, for every fact by its full name:

- one that both packs have keeps its value where the new type still allows it. An int beyond the
  new range comes to its nearest end, a text or list that is too long is cut; a value of another
  type, and a choice whose word is gone, go back to the new pack's start;
- one that drifts goes on from where it is within the new range: at the rate that an effect gave it,
  else at the new declared rate;
- one that is new begins at its start; one that is gone is taken away;
- who stands in a scene that is gone stands where the role starts; a thing whose holder is gone
  lies where it starts; a chapter that is gone gives way to the first;
- a clock, or a choice put to a role, goes on to its end where it still exists; what is new does
  not start by itself;
- a role that is gone frees whoever held it, who stays and may take another; what was counted of
  actions, beats and laws that still exist stays counted.
"""

from collections.abc import Iterable
from typing import Any, Final

from dreamsync_server.limits import DRIFT_UNIT
from dreamsync_server.world import seats, sessions
from dreamsync_server.world.commit import Commit, Proposal
from dreamsync_server.world.draft import OK, Draft, Verdict, refuse
from dreamsync_server.world.model import FactDecl, Pack, Type
from dreamsync_server.world.opening import start_of
from dreamsync_server.world.state import Facts, as_tuple, is_seat, seat_decl
from dreamsync_server.world.values import Drift, TextRef, Value

PACK: Final = "@pack"
"""(hash, seq): the pack that a world plays since the commit with that seq; not there while it
plays the one that it was opened with."""


def pack_in_force(facts: Facts, opened_with: str) -> str:
    """Return the hash of the pack that a world plays now."""
    kept = as_tuple(facts.get(PACK))
    return str(kept[0]) if kept else opened_with


def changed_at(facts: Facts) -> int:
    """Return the seq at which the pack was last changed; 0 where it never was."""
    kept = as_tuple(facts.get(PACK))
    return int(kept[1]) if kept else 0


def changed_to(commit: Commit) -> str:
    """Return the hash of the pack that the world plays from this commit on, "" for as before."""
    if commit.cause.kind != "repack":
        return ""
    return next((str(as_tuple(value)[0]) for name, value in commit.changes if name == PACK), "")


def repack(draft: Draft, proposal: Proposal) -> Verdict:
    """Go on under `draft.pack`, another than the state's, from this commit on."""
    new = draft.pack
    if proposal.arguments.get("pack") != new.hash or new.id != draft.state.pack.id:
        return refuse("bad_parameter", parameter="pack")
    if new.hash == draft.state.pack.hash:
        return refuse("already")
    for name in list(draft.facts):
        if name.startswith("@"):
            _fit_memory(draft, name)
        else:
            _fit_fact(draft, name)
    _add_new(draft)
    _free_lost_seats(draft)
    draft.put(PACK, (new.hash, draft.state.position.seq + 1))
    return OK


# --- facts ------------------------------------------------------------------------------------


def _fit_fact(draft: Draft, name: str) -> None:
    new, old, value = draft.pack, draft.state.pack, draft.facts[name]
    fact = new.facts.get(name)
    if fact is not None:
        was = old.facts.get(name)
        old_rate = was.decl.rate if was else 0
        kept = _fitted(value, fact.decl, fact.start, old_rate, draft.ms)
        if name == "chapter" and kept != value:
            draft.put("@chapter", draft.ms)
        draft.put(name, kept)
        return
    decl = seat_decl(new, name)
    if decl is None:
        draft.drop(name)
        return
    start = new.roles[name.partition(".")[0]].scene if decl.name == "scene" else decl.start
    was_decl = seat_decl(old, name)
    draft.put(name, _fitted(value, decl, start, was_decl.rate if was_decl else 0, draft.ms))


def _add_new(draft: Draft) -> None:
    for fact in draft.pack.facts.values():
        if fact.name not in draft.facts:
            draft.put(fact.name, start_of(fact, draft.ms))
    has_understudies = bool(as_tuple(draft.facts["@world"])[1])
    for role in draft.pack.roles.values():
        if role.seats == 0 and f"@seat.{role.id}" not in draft.facts:
            is_played = has_understudies or not role.is_open
            draft.put(f"{role.id}.held", "understudy" if is_played else "nobody")
            seats.put_holder(draft, role.id, seats.Holder("", 1, 0))


def _fitted(value: Value, decl: FactDecl, start: Value, old_rate: int, world_ms: int) -> Value:
    """Return a value as the new declaration allows it, `start` where it does not."""
    wanted = decl.type
    match wanted.kind:
        case "int":
            return _fitted_int(value, decl, start, old_rate, world_ms)
        case "bool":
            return value if type(value) is bool else start
        case "choice":
            return value if isinstance(value, str) and value in wanted.choices else start
        case "text":
            if type(value) is TextRef:
                return value
            return value[: wanted.size_max] if isinstance(value, str) else start
        case "list":
            return _fitted_list(value, wanted, start)


def _fitted_int(value: Value, decl: FactDecl, start: Value, old_rate: int, world_ms: int) -> Value:
    low, high = decl.type.low, decl.type.high
    if type(value) is Drift:
        if not decl.can_drift:
            return min(max(value.at(world_ms), low), high)
        rate = decl.rate if value.rate == old_rate else value.rate
        if (value.rate, value.low, value.high) == (rate, low, high):
            return value
        fine = min(max(value.fine_at(world_ms), low * DRIFT_UNIT), high * DRIFT_UNIT)
        return Drift(fine, rate, max(world_ms, value.since_ms), low, high)
    if type(value) is not int:
        return start
    kept = min(max(value, low), high)
    if decl.rate and not old_rate:  # it begins to drift
        return Drift(kept * DRIFT_UNIT, decl.rate, world_ms, low, high)
    return kept


def _fitted_list(value: Value, wanted: Type, start: Value) -> Value:
    if not isinstance(value, tuple) or isinstance(value, Drift | TextRef):
        return start
    kept = [item for item in value if wanted.item is None or _is_of(item, wanted.item)]
    return tuple(kept[: wanted.size_max])


def _is_of(item: Any, wanted: Type) -> bool:
    match wanted.kind:
        case "int":
            return type(item) is int and wanted.low <= item <= wanted.high
        case "bool":
            return type(item) is bool
        case "choice":
            return item in wanted.choices
        case _:
            return isinstance(item, str)


# --- what the engine remembers ----------------------------------------------------------------


def _fit_memory(draft: Draft, name: str) -> None:
    """Forget what is remembered of something that the new pack has no more."""
    new = draft.pack
    kind, _, rest = name.partition(".")
    match kind:
        case "@law":
            is_known = rest in new.laws
        case "@beat" | "@held" | "@undone" | "@skipped":
            is_known = rest in new.beats
        case "@elsewhere":
            is_known = not rest or rest in new.beats
        case "@veto":
            is_known = rest in new.beats or rest in new.nudges
        case "@nudged":
            is_known = rest in new.nudges
        case "@denied":
            is_known = rest in new.actions
        case "@hint" | "@vacant" | "@seat":
            is_known = is_seat(new, rest)
        case "@cool" | "@times":
            is_known = _is_deed(new, rest)
        case _:
            is_known = True
    if not is_known:
        draft.drop(name)


def _is_deed(pack: Pack, rest: str) -> bool:
    """Return whether `<seat>.<action>` is a seat and an action of the pack; both may be dotted."""
    parts = rest.split(".")
    return any(
        is_seat(pack, ".".join(parts[:cut])) and ".".join(parts[cut:]) in pack.actions
        for cut in range(1, len(parts))
    )


def _free_lost_seats(draft: Draft) -> None:
    for name in _sessions(draft.facts):
        session = name.removeprefix("@session.")
        entry = sessions.session_of(draft.facts, session)
        if entry is not None and entry.seat and not is_seat(draft.pack, entry.seat):
            sessions.put_session(draft, session, entry._replace(seat=""))


def _sessions(facts: Facts) -> Iterable[str]:
    return [name for name in facts if name.startswith("@session.")]
