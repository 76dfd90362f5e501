"""Seats: who holds one now, how it is claimed, released, handed over and looked after.

`<seat>.held` says to everybody what holds it (nobody, player, understudy), `<seat>.player` under
which name; `@seat.<seat>` keeps the session, the tenure (it rises at every change of hands) and
the end of an absent player's grace.
"""

from typing import TYPE_CHECKING, NamedTuple

from dreamsync_server.world.commit import Event, Proposal
from dreamsync_server.world.draft import OK, Draft, Verdict, refuse
from dreamsync_server.world.state import Facts, as_tuple, is_seat, role_of, seats_of
from dreamsync_server.world.values import TextRef, Value

if TYPE_CHECKING:
    from dreamsync_server.world.sessions import Session


class Holder(NamedTuple):
    """What the state keeps of a seat under `@seat.<seat>`."""

    session: str
    tenure: int
    absent_until_ms: int  # 0: the player is here, or nobody holds it


NO_HOLDER = Holder("", 0, 0)


def holder_of(facts: Facts, seat: str) -> Holder:
    """Return who holds a seat."""
    kept = as_tuple(facts.get(f"@seat.{seat}"))
    return Holder(*kept) if kept else NO_HOLDER


def put_holder(draft: Draft, seat: str, holder: Holder) -> None:
    """Keep who holds a seat."""
    draft.put(f"@seat.{seat}", tuple(holder))


def seat_of(facts: Facts, session: str) -> str:
    """Return the seat that a session holds now, "" for none."""
    kept = as_tuple(facts.get(f"@session.{session}"))
    seat = str(kept[2]) if len(kept) > 1 else ""
    return seat if seat and holder_of(facts, seat).session == session else ""


def claim(draft: Draft, proposal: Proposal) -> Verdict:
    """A player takes a role: a free seat, or an understudy's."""
    return claim_seat(draft, proposal.session, str(proposal.arguments.get("role", "")))


def claim_seat(draft: Draft, session: str, role_id: str) -> Verdict:
    """Give a session a seat of a role."""
    pack, facts = draft.pack, draft.facts
    role = pack.roles.get(role_of(role_id))
    if role is None or not role.is_open:
        return refuse("unknown_role", role=role_id)
    mine = seat_of(facts, session)
    if mine and role_of(mine) == role.id:
        return OK
    if mine:
        return refuse("taken", role=role_of(mine), why="you hold another role")
    for seat in seats_of(pack, role.id):
        if facts[f"{seat}.held"] != "player":
            was_muted = f"@muted_seat.{seat}" in facts
            hand_to_player(draft, seat, session)
            if was_muted:
                _mute_again(draft, seat, session)
            return OK
    return refuse("taken", role=role.id)


def keep_muted(draft: Draft, seat: str) -> None:
    """Somebody who was muted is gone: whoever takes their seat next is likely they, come anew.

    A seat of a chorus says nothing of who takes it.
    """
    if seat and "." not in seat and draft.facts[f"{seat}.held"] != "player":
        draft.put(f"@muted_seat.{seat}", True)


def _mute_again(draft: Draft, seat: str, session: str) -> None:
    draft.put(f"@muted.{session}", True)
    draft.tell(Event("muted", (f"session:{session}", "desk"), seat, "muted_again"))


def release(draft: Draft, proposal: Proposal) -> Verdict:
    """A player gives the seat up and stays."""
    seat = seat_of(draft.facts, proposal.session)
    if not seat:
        return refuse("no_seat")
    vacate(draft, seat)
    _forget_seat(draft, proposal.session)
    return OK


def handover(draft: Draft, proposal: Proposal) -> Verdict:
    """A player hands the seat to another player's session that has none."""
    seat = seat_of(draft.facts, proposal.session)
    if not seat:
        return refuse("no_seat")
    to = str(proposal.arguments.get("to", ""))
    kept = as_tuple(draft.facts.get(f"@session.{to}"))
    if len(kept) < 2 or kept[0] != "player" or not kept[4] or seat_of(draft.facts, to):
        return refuse("not_allowed", why="hand it to a player who is here and has no role")
    _forget_seat(draft, proposal.session)
    hand_to_player(draft, seat, to)
    return OK


def seat_by_desk(draft: Draft, proposal: Proposal) -> Verdict:
    """The desk gives a seat to an understudy, to nobody, or to a player's session."""
    seat = str(proposal.arguments.get("role", ""))
    if not is_seat(draft.pack, seat):
        return refuse("unknown_role", role=seat)
    to = str(proposal.arguments.get("to", ""))
    holder = holder_of(draft.facts, seat)
    if to in ("understudy", "nobody"):
        if to == "nobody":
            draft.put(f"@vacant.{seat}", True)
        else:
            draft.drop(f"@vacant.{seat}")
        if holder.session:
            _forget_seat(draft, holder.session)
        hand_to(draft, seat, to, "")
        return OK
    kept = as_tuple(draft.facts.get(f"@session.{to}"))
    if len(kept) < 2 or kept[0] != "player":
        return refuse("not_allowed", why="give it to a player's session, understudy or nobody")
    mine = seat_of(draft.facts, to)
    if mine == seat:
        return OK
    if mine:
        vacate(draft, mine)
    if holder.session:
        _forget_seat(draft, holder.session)
    hand_to_player(draft, seat, to)
    return OK


def take_back(draft: Draft, session: str, entry: "Session") -> None:
    """Give a returning session its seat again; where another player has it, it has none now."""
    seat = entry.seat
    holder = holder_of(draft.facts, seat)
    if holder.session == session:
        put_holder(draft, seat, holder._replace(absent_until_ms=0))
    elif draft.facts[f"{seat}.held"] == "player":
        _forget_seat(draft, session)
    else:
        hand_to_player(draft, seat, session)


def end_grace(draft: Draft, seat: str) -> None:
    """An absent player's grace has ended: an understudy takes over, the player may come back."""
    holder = holder_of(draft.facts, seat)
    if holder.absent_until_ms and holder.absent_until_ms <= draft.ms:
        vacate(draft, seat)


def vacate(draft: Draft, seat: str) -> None:
    """Free a seat: an understudy takes it where the world has any, else nobody."""
    hand_to(draft, seat, vacant_holder(draft, seat), "")


def vacant_holder(draft: Draft, seat: str) -> str:
    """Return what holds a seat that no player has."""
    has_understudies = bool(as_tuple(draft.facts["@world"])[1])
    is_chorus = "." in seat
    return "understudy" if has_understudies and not is_chorus else "nobody"


def hand_to_player(draft: Draft, seat: str, session: str) -> None:
    """Give a seat to a player's session, under the name it came with."""
    kept = as_tuple(draft.facts[f"@session.{session}"])
    name: Value = TextRef(kept[5], kept[6]) if kept[5] else ""
    draft.drop(f"@muted_seat.{seat}")
    draft.put(f"@session.{session}", (*kept[:2], seat, *kept[3:]))
    hand_to(draft, seat, "player", session, name)


def hand_to(draft: Draft, seat: str, held: str, session: str, name: Value = "") -> None:
    """Let a seat change hands: the tenure rises."""
    holder = holder_of(draft.facts, seat)
    if draft.facts[f"{seat}.held"] == held and holder.session == session:
        return
    put_holder(draft, seat, Holder(session, holder.tenure + 1, 0))
    draft.put(f"{seat}.held", held)
    draft.put(f"{seat}.player", name)
    to = (f"seat:{seat}",) if "." in seat else ("all",)
    draft.tell(Event("seat", to, seat, "", (("held", held),)))


def _forget_seat(draft: Draft, session: str) -> None:
    kept = as_tuple(draft.facts.get(f"@session.{session}"))
    if len(kept) > 1:
        draft.put(f"@session.{session}", (*kept[:2], "", *kept[3:]))
