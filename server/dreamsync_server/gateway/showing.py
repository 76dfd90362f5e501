"""What a desk is shown of its world: the storyline, how tense it was, what players reported."""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from dreamsync.protocol import desk_messages as desk
from dreamsync_server.errors import PeerError
from dreamsync_server.gateway.gate import Gate
from dreamsync_server.gateway.rewind import Step
from dreamsync_server.gateway.room import Room
from dreamsync_server.gateway.views import hearers
from dreamsync_server.gateway.wording import Words
from dreamsync_server.limits import RING_COMMITS, TENSION_POINTS_MAX
from dreamsync_server.story.atlas import atlas_of
from dreamsync_server.story.storyline import Storyline, storyline_of
from dreamsync_server.story.tension import Mood, mood_of
from dreamsync_server.world.commit import Event, Proposal
from dreamsync_server.world.minding import TEXT_AT, reports
from dreamsync_server.world.model import Pack
from dreamsync_server.world.sessions import session_of
from dreamsync_server.world.sharing import PACKS_SHARED_MAX
from dreamsync_server.world.state import Facts
from dreamsync_server.world.values import TextRef

if TYPE_CHECKING:
    from dreamsync_server.gateway.hall import Hall

Map = dict[str, Any]
_READ_FOR_TENSION: Final = ("director.tension.", "chapter", "@chapter")
_STEP_MS: Final = 5_000
"""Tension moves in tens of seconds: points nearer to one another are not worth their bytes."""


class Showing:
    """Answers what only a desk asks. A pack's storyline is worked out once, beside the loop."""

    def __init__(self, hall: "Hall") -> None:
        self._hall = hall
        self._lines: dict[str, asyncio.Task[Storyline]] = {}  # by the pack's hash

    async def answer(self, room: Room, gate: Gate, message: desk.Shown) -> Map:
        """Return the answer to a request of the desk. May wait for the pack or the store."""
        answer: Map = {"type": "answer", "q": message.q, "of": message.type}
        match message:
            case desk.AskGraph():
                line = await asyncio.shield(self._storyline(room.follower.pack))
                answer["graph"] = graph(room.follower.pack, line, gate.words)
            case desk.AskTension():
                answer["tension"] = tension(room)
            case desk.AskReports():
                answer["reports"] = await self._reports(room, gate)
        return answer

    def _storyline(self, pack: Pack) -> asyncio.Task[Storyline]:
        task = self._lines.get(pack.hash)
        if task is None or (task.done() and (task.cancelled() or task.exception() is not None)):
            work = asyncio.to_thread(_line_of, pack)
            task = self._lines[pack.hash] = asyncio.get_running_loop().create_task(work)
            while len(self._lines) > PACKS_SHARED_MAX:  # each save of a watched pack is another
                del self._lines[next(iter(self._lines))]
        return task

    async def _reports(self, room: Room, gate: Gate) -> list[Map]:
        facts, texts = room.follower.state.facts, room.follower.texts
        kept = [one for _, one in reports(facts)]
        refs = {str(ref) for one in kept for ref in one[TEXT_AT : TEXT_AT + 2] if ref}
        missing = [ref for ref in refs if ref not in texts]
        if missing:
            found = await self._hall.store.texts(room.card.world, missing)
            texts.update({ref: text for ref, (_, _, text) in found.items()})
        return [_report(one, facts, texts, gate) for one in kept]


def _line_of(pack: Pack) -> Storyline:
    return storyline_of(atlas_of(pack))


def graph(pack: Pack, line: Storyline, words: Words) -> Map:
    """Return a storyline as it is sent, its titles in a language."""
    chapters = []
    for chapter in pack.chapters.values():
        card: Map = {"id": chapter.id, "title": words.text(f"chapter.{chapter.id}.title")}
        if chapter.curve:
            card["curve"] = [[int(at), int(level)] for at, level in chapter.curve]
        chapters.append(card)
    nodes = []
    for node in line.nodes:
        title = words.text(f"{node.kind}.{node.id}.title") or node.title
        shown: Map = {"id": node.id, "kind": node.kind, "title": title, "chapter": node.chapter}
        if node.is_manual:
            shown["is_manual"] = True
        nodes.append(shown)
    return {"chapters": chapters, "nodes": nodes, "edges": [list(edge) for edge in line.edges]}


def tension(room: Room) -> list[Map]:
    """Return how tense the world was over the commits that are at hand, and is now."""
    follower = room.follower
    pack, steps = follower.pack, follower.newest_steps(RING_COMMITS)
    now = follower.state.facts
    facts = Facts(pack, ((n, v) for n, v in now.items() if _is_read(n)))
    for step in reversed(steps):
        _put(facts, step, is_back=True)
    points: list[Map] = []
    for step in steps:
        due_ms = points[-1]["ms"] + _STEP_MS if points else 0
        facts.ms = step.old_ms
        if "chapter" in facts and step.old_ms >= due_ms:
            points.append(_point(facts, mood_of(pack, facts)))
        _put(facts, step, is_back=False)
    with room.sender.at_this_moment() as present:
        points.append(_point(present, mood_of(pack, present)))
    stride = -(-len(points) // TENSION_POINTS_MAX)
    return points[::-1][::stride][::-1]


def _is_read(name: str) -> bool:
    return name.startswith(_READ_FOR_TENSION) or name.endswith(".held")


def _put(facts: Facts, step: Step, *, is_back: bool) -> None:
    """Take what one commit did to the facts that tension is read from, there or back."""
    for shift in step.shifts:
        if _is_read(shift.name):
            _set(facts, shift.name, shift.old if is_back else shift.new)
    for name, old, new in step.system:
        if _is_read(name):
            _set(facts, name, old if is_back else new)


def _set(facts: Facts, name: str, value: Any) -> None:
    if value is None:
        facts.pop(name, None)
    else:
        facts[name] = value


def _point(facts: Facts, mood: Mood) -> Map:
    chapter = str(facts["chapter"])
    return {"ms": facts.ms, "wanted": mood.wanted, "actual": mood.group, "chapter": chapter}


def reported(room: Room, session: str, proposal: Proposal) -> Proposal:
    """Return a report with who wrote what it is about, where that player was shown it.

    Raises:
        PeerError: it is too long ago, nobody wrote it, or it was not for that player.
    """
    seq, i = int(proposal.arguments["seq"]), int(proposal.arguments["i"])
    member = room.members.get(session)
    steps = room.follower.steps_after(seq - 1) if seq > 0 else None
    step = steps[0] if steps else None
    if member is None or step is None or i >= len(step.commit.events):
        raise PeerError("unknown_event", "There is nothing at that place, or it is long ago.")
    event = step.commit.events[i]
    ref = _written_in(event)
    is_theirs = step.commit.cause.session == session
    if not ref or is_theirs or not member.viewer.eyes.sees(hearers(event)):
        raise PeerError("unknown_event", "There is nothing at that place that others wrote.")
    given = {"author": step.commit.cause.session, "seat": event.who, "text": ref}
    return Proposal(
        proposal.kind, proposal.by, proposal.session, proposal.n,
        {**proposal.arguments, **given}, proposal.texts,
    )  # fmt: skip


def _written_in(event: Event) -> str:
    return next((v.ref for _, v in event.arguments if type(v) is TextRef), "")


def _report(kept: tuple[Any, ...], facts: Facts, texts: Mapping[str, str], gate: Gate) -> Map:
    seq, i, by, author, seat, text, why, ms = kept
    found: Map = {"at": [seq, i], "ms": ms, "text": texts.get(text, ""), "why": texts.get(why, "")}
    if seat:
        found["who"], found["who_name"] = seat, gate.words.name(seat)
    if author and session_of(facts, author) is not None:
        found["session"] = author
    entry = session_of(facts, by)
    found["by"] = texts.get(entry.name_ref, "") if entry is not None else ""
    return found
