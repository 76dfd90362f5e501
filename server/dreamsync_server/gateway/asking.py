"""Requests of those who are in a world: why, watch, people, language, the whole view again."""

from typing import TYPE_CHECKING, Any

from dreamsync.protocol import client_messages as wire
from dreamsync_server.errors import PeerError
from dreamsync_server.gateway.group import Member
from dreamsync_server.gateway.interest import send_hits
from dreamsync_server.gateway.room import Room
from dreamsync_server.gateway.watches import Watches
from dreamsync_server.limits import RING_COMMITS
from dreamsync_server.story.choosing import Candidate
from dreamsync_server.story.why import Leaf, asked_of, explain, last_changes, near_misses, what_if
from dreamsync_server.world.commit import Proposal
from dreamsync_server.world.minding import is_muted
from dreamsync_server.world.seats import seat_of
from dreamsync_server.world.sessions import KINDS_OF_PEOPLE, session_of
from dreamsync_server.world.state import role_of

if TYPE_CHECKING:
    from dreamsync_server.gateway.conversation import Conversation
    from dreamsync_server.gateway.hall import Hall

Map = dict[str, Any]
_PREFIX = "@session."


class Asking:
    """Answers requests about the world that a conversation is in."""

    def __init__(self, hall: "Hall") -> None:
        self._hall = hall

    def answer(self, talk: "Conversation", message: wire.Asked) -> None:
        """Answer a request at once."""
        room, member = talk.room, talk.member
        if room is None or member is None:
            raise PeerError("not_entered", "Enter a world first.")
        match message:
            case wire.AskWhy():
                talk.send({**_answer(message), "why": why(room, member, message)})
            case wire.People():
                talk.send({**_answer(message), "people": people(room)})
            case wire.SetLang():
                talk.session.lang = message.lang
                lang = room.gate(message.lang).words.lang
                talk.send({**_answer(message), "lang": lang})
                room.speak(member, message.lang)
            case wire.Resync():
                room.resync(member)
            case wire.Watch():
                self._watch(talk, room, member, message)
            case wire.Unwatch():
                if member.watches is not None:
                    member.watches.remove(message.id)
                talk.send(_answer(message))
            case _:
                raise PeerError("unknown_type", "That cannot be asked here.")

    def _watch(self, talk: "Conversation", room: Room, member: Member, message: wire.Watch) -> None:
        follower = room.follower
        if member.watches is None:
            member.watches = Watches(follower.pack, member.viewer.eyes)
        facts = follower.state.facts
        holds, hit = member.watches.add(message.id, message.when, message.was, facts)
        room.sender.interest.watching[member] = None
        talk.send({**_answer(message), "holds": holds})
        if hit is not None:
            send_hits(member, [hit], follower.state.position, facts)


def why(room: Room, member: Member, asked: wire.AskWhy) -> Map:
    """Return why a beat can or cannot be cued by the desk now, or would be if facts were others."""
    follower, words = room.follower, member.gate.words
    beat = follower.pack.beats.get(asked.beat)
    if beat is None:
        raise PeerError("unknown_beat", "There is no such beat.")
    state = follower.state
    if asked.what_if:
        try:
            state = what_if(state, asked.what_if)
        except ValueError as error:
            raise PeerError("bad_parameter", f"{error}.") from error
    steps = reversed(follower.newest_steps(RING_COMMITS))
    history = last_changes((step.commit for step in steps), asked_of(beat), state.facts)
    cue = Proposal("cue", "desk", member.viewer.session, 0, {"beat": beat.id})
    answer = explain(room.guide, state, beat, history, cue, asked.what_if)
    code, given = answer.code, answer.arguments
    text = "It can be cued now." if code == "ok" else words.refusal(code, given)
    found: Map = {"beat": beat.id, "code": code, "text": text, "cued": answer.cued}
    if state.facts.get(f"@held.{beat.id}"):
        found["is_held"] = True
    found["leaves"] = [_leaf(leaf) for leaf in answer.leaves]
    choice = answer.choice
    found["rivals"] = [_rival(one.beat, one.score, _points(one)) for one in choice.ranked]
    found["away"], found["trace"] = answer.away, choice.trace()
    nearest = near_misses(follower.pack, state.facts)
    found["near"] = [_rival(n.beat, n.away, f"{n.failing} parts fail") for n in nearest]
    return found


def _leaf(leaf: Leaf) -> Map:
    value = ", ".join(f"{name} = {shown}" for name, shown in leaf.facts)
    found: Map = {"text": leaf.text, "value": value, "holds": leaf.holds, "by": leaf.changers}
    if leaf.keeps:
        found["keeps"] = True
    if leaf.changed is not None:
        found["changed"], found["changed_ms"] = leaf.changed.by, leaf.changed.world_ms
    return found


def _rival(beat: str, score: int, text: str) -> Map:
    return {"beat": beat, "score": score, "text": text}


def _points(candidate: Candidate) -> str:
    return " ".join(f"{name}{points:+d}" for name, points in candidate.terms if points)


def people(room: Room) -> list[Map]:
    """Return who is in a world: players, desks and scripts."""
    facts, texts = room.follower.state.facts, room.follower.texts
    found = []
    for name in facts:
        if not name.startswith(_PREFIX):
            continue
        session = name[len(_PREFIX) :]
        entry = session_of(facts, session)
        if entry is None or entry.kind not in KINDS_OF_PEOPLE:
            continue
        person: Map = {"session": session, "name": texts.get(entry.name_ref, ""),
                       "as": entry.kind, "is_here": bool(entry.is_present)}  # fmt: skip
        if is_muted(facts, session):
            person["is_muted"] = True
        seat = seat_of(facts, session)
        if seat:
            person["role"] = role_of(seat)
        found.append(person)
    return found


def _answer(message: wire.Asked) -> Map:
    return {"type": "answer", "q": message.q, "of": message.type}
