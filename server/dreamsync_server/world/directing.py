"""Directing: what the director, the desk and scripts may do to the story."""

from typing import Any

from dreamsync_server.world import memory, seats, sessions
from dreamsync_server.world.apply import apply_effects, end_world
from dreamsync_server.world.commit import Event, Proposal
from dreamsync_server.world.cues import refusal_of_cue, times_cued
from dreamsync_server.world.draft import OK, Draft, Verdict, refuse
from dreamsync_server.world.model import Beat
from dreamsync_server.world.state import as_tuple
from dreamsync_server.world.values import Value

DIRECTOR = "director"
"""The session under which every director and its understudies propose; one term at a time."""


def cue(draft: Draft, proposal: Proposal) -> Verdict:
    """Bring a beat in. Its identity is (beat, occurrence): a second cue of one is refused."""
    beat = draft.pack.beats.get(str(proposal.arguments.get("beat", "")))
    if beat is None:
        return refuse("unknown_beat", beat=str(proposal.arguments.get("beat", "")))
    refusal = refusal_of_cue(draft.pack, draft.facts, beat, proposal)
    if refusal is not None:
        return refusal
    count = times_cued(draft.facts, beat.id)
    draft.put(f"cued.{beat.id}", count + 1)
    draft.put(f"@beat.{beat.id}", draft.ms)
    draft.drop(f"@skipped.{beat.id}")
    once = str(proposal.arguments.get("once", ""))
    if once:
        draft.put(f"@once.{once}", True)
    if proposal.by == "director":
        draft.put("@cue", draft.ms)
        memory.head_for(draft, str(proposal.arguments.get("heading", "")))
    given: tuple[tuple[str, Value], ...] = (
        ("beat", beat.id),
        ("by", proposal.by),
        ("override", bool(proposal.arguments.get("override"))),
    )
    draft.tell(Event("beat", ("desk",), "", f"beat.{beat.id}.title", given))
    memory.stir_by_beat(draft, beat)
    apply_effects(draft, beat.effects, {})
    if beat.is_ending:
        end_world(draft, beat.id)
    return OK


def hold(draft: Draft, proposal: Proposal) -> Verdict:
    """Keep a beat from being cued until it is let go."""
    return _with_beat(draft, proposal, lambda beat: draft.put(f"@held.{beat.id}", True))


def unhold(draft: Draft, proposal: Proposal) -> Verdict:
    """Let a held beat go."""
    return _with_beat(draft, proposal, lambda beat: draft.drop(f"@held.{beat.id}"))


def skip(draft: Draft, proposal: Proposal) -> Verdict:
    """Count a beat as cued without its effects."""

    def pass_over(beat: Beat) -> None:
        draft.put(f"cued.{beat.id}", times_cued(draft.facts, beat.id) + 1)
        draft.put(f"@beat.{beat.id}", draft.ms)
        draft.put(f"@skipped.{beat.id}", True)

    return _with_beat(draft, proposal, pass_over)


def _with_beat(draft: Draft, proposal: Proposal, do: Any) -> Verdict:
    beat = draft.pack.beats.get(str(proposal.arguments.get("beat", "")))
    if beat is None:
        return refuse("unknown_beat", beat=str(proposal.arguments.get("beat", "")))
    do(beat)
    return OK


def whisper(draft: Draft, proposal: Proposal) -> Verdict:
    """Say something to one role or to all, out of the story's mouth."""
    to = str(proposal.arguments.get("to", ""))
    if to != "all" and to not in draft.pack.roles:
        return refuse("unknown_role", role=to)
    if not proposal.texts.get("text", ("", ""))[1].strip():
        return refuse("bad_parameter", parameter="text", why="missing")
    audience = ("all",) if to == "all" else (f"role:{to}",)
    draft.tell(Event("whisper", audience, "", "", (("text", draft.write("text")),)))
    return OK


def term(draft: Draft, proposal: Proposal) -> Verdict:
    """A director takes its term: those of older ones are stale from now on."""
    old = as_tuple(draft.facts.get("@director"))
    if old and proposal.term <= old[0]:
        return refuse("stale_term")
    draft.put("@director", (proposal.term,))
    entry = sessions.Session(DIRECTOR, "", "", 0, 0, "", "", "", ())
    sessions.put_session(draft, DIRECTOR, entry)
    return OK


def remove(draft: Draft, proposal: Proposal) -> Verdict:
    """Put a session out of the world."""
    session = str(proposal.arguments.get("session", ""))
    seat = seats.seat_of(draft.facts, session)
    verdict = sessions.retire(draft, session)
    if verdict == OK:
        given: tuple[tuple[str, Value], ...] = (("session", session), ("seat", seat))
        draft.tell(Event("removed", (f"session:{session}", "desk"), "", "", given))
    return verdict


def pause(draft: Draft, proposal: Proposal) -> Verdict:
    """Stop world time: the desk, or any player where the pack has the safety pause."""
    if proposal.by == "player" and not draft.pack.has_safety_pause:
        return refuse("not_allowed")
    if draft.facts["paused"]:
        return OK
    draft.put("paused", True)
    draft.put("@paused", proposal.session)
    draft.tell(Event("paused", ("all",), seats.seat_of(draft.facts, proposal.session)))
    return OK


def unpause(draft: Draft, proposal: Proposal) -> Verdict:
    """Let world time go on: the one who paused, or the desk."""
    if not draft.facts["paused"]:
        return OK
    if proposal.by != "desk" and draft.facts.get("@paused") != proposal.session:
        return refuse("not_allowed", why="the one who paused or the desk resumes")
    draft.put("paused", False)
    draft.drop("@paused")
    draft.tell(Event("unpaused", ("all",)))
    return OK


def close(draft: Draft, proposal: Proposal) -> Verdict:
    """Close the world without an ending."""
    draft.put("@closed", True)
    draft.tell(Event("closed", ("all",)))
    return OK
