"""Minding: what people write is reported to the desk, silenced by it, and why it did what it did.

@muted.<session>  True while nothing that the session writes is told
@muted_seat.<seat>  True where who held it last was muted and is gone: so is who takes it next
@report.<k>       (seq, i, by, author, seat, text, why, world_ms): an event that session `by`
                  minds; `text` and `why` are references of texts, "" for none
"""

from typing import Final

from dreamsync_server.limits import REPORTS_A_SESSION_MAX, REPORTS_A_WORLD_MAX
from dreamsync_server.world import sessions
from dreamsync_server.world.commit import Event, Proposal
from dreamsync_server.world.draft import OK, Draft, Verdict, refuse
from dreamsync_server.world.seats import seat_of
from dreamsync_server.world.state import Facts, as_tuple
from dreamsync_server.world.values import TextRef, Value

TEXT_AT: Final = 5
"""Where in a report the reference of the text stands; that of the why comes next."""
_REPORT: Final = "@report."
_TARGETS: Final = ("beat", "role", "to", "target", "clock", "session")
_OF_DESKS: Final = ("desk", "script")


def is_muted(facts: Facts, session: str) -> bool:
    """Return whether the desk has muted a session."""
    return bool(facts.get(f"@muted.{session}"))


def mute(draft: Draft, proposal: Proposal) -> Verdict:
    """Let nothing be told any more that a session writes, or (`on` false) let it again."""
    session = str(proposal.arguments.get("session", ""))
    if sessions.session_of(draft.facts, session) is None:
        return refuse("bad_parameter", parameter="session", why="nobody of that session is here")
    on = proposal.arguments.get("on", True) is True
    if on is is_muted(draft.facts, session):
        return OK
    if on:
        draft.put(f"@muted.{session}", True)
    else:
        draft.drop(f"@muted.{session}")
    kind = "muted" if on else "unmuted"
    seat = seat_of(draft.facts, session)  # whom a desk reads that this was told to
    draft.tell(Event(kind, (f"session:{session}", "desk"), seat, kind))
    return OK


def report(draft: Draft, proposal: Proposal) -> Verdict:
    """Keep for the desk that a player minds what is written in an event, and tell the desk alone.

    `seq` and `i` say which; `author`, `seat` and `text` (a reference) are the gateway's, that saw
    it: the state knows nothing of what was said.
    """
    given, by = proposal.arguments, proposal.session
    seq, i = given.get("seq"), given.get("i")
    is_place = type(seq) is int and type(i) is int and 0 < seq <= draft.state.position.seq
    if not is_place or not given.get("text"):
        return refuse("bad_parameter", parameter="seq", why="nobody wrote that")
    known = [kept for _, kept in reports(draft.facts)]
    if any(kept[:3] == (seq, i, by) for kept in known):
        return OK
    mine = sum(1 for kept in known if kept[2] == by)
    if mine >= REPORTS_A_SESSION_MAX or len(known) >= REPORTS_A_WORLD_MAX:
        return refuse("spent")
    why = _written(draft)
    named = (str(given.get(name, "")) for name in ("author", "seat", "text"))
    place = (int(str(seq)), int(str(i)))
    draft.put(f"{_REPORT}{len(known) + 1}", (*place, by, *named, why.ref, draft.ms))
    said: list[tuple[str, Value]] = [("seq", place[0]), ("i", place[1])]
    draft.tell(Event("reported", ("desk",), "", "", (*said, *_by(draft, by), *_said(why))))
    return OK


def reports(facts: Facts) -> list[tuple[str, tuple[Value, ...]]]:
    """Return what was reported, oldest first: the fact's name, and what is kept."""
    found = []
    k = 1
    while kept := as_tuple(facts.get(f"{_REPORT}{k}")):
        found.append((f"{_REPORT}{k}", kept))
        k += 1
    return found


def note_why(draft: Draft, proposal: Proposal) -> None:
    """Keep the word of why that a desk gave for what was just done, for the desk alone."""
    if proposal.by not in _OF_DESKS or "why" not in proposal.texts:
        return
    given = proposal.arguments
    target = next((str(given[name]) for name in _TARGETS if given.get(name)), "")
    said: list[tuple[str, Value]] = [("act", proposal.kind)]
    if target:
        said.append(("target", target))
    why = _said(_written(draft))
    by = _by(draft, proposal.session)
    draft.tell(Event("intervened", ("desk",), "", "", (*said, *by, *why)))


def _written(draft: Draft) -> TextRef:
    return draft.write("why") if "why" in draft.proposal.texts else TextRef("", "")


def _said(text: TextRef) -> tuple[tuple[str, Value], ...]:
    return (("text", text),) if text.ref else ()


def _by(draft: Draft, session: str) -> tuple[tuple[str, Value], ...]:
    entry = sessions.session_of(draft.facts, session)
    if entry is None or not entry.name_ref:
        return ()
    return (("name", TextRef(entry.name_ref, entry.name_digest)),)
