"""What a desk asks of its world's past: marks, moments, a branch, and to erase somebody's words."""

import asyncio
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from dreamsync.protocol import history_messages as past
from dreamsync_server.errors import PeerError, WorldFaultError
from dreamsync_server.gateway.lookback import Lookback, moment
from dreamsync_server.gateway.onlookers import look_of
from dreamsync_server.gateway.room import Room
from dreamsync_server.gateway.tokens import hash_of, hash_of_code
from dreamsync_server.gateway.wording import Words
from dreamsync_server.limits import (
    ASKED_S,
    BRANCH_S,
    HISTORY_COMMITS_MAX,
    HISTORY_MARKS_MAX,
    LOOK_S,
    PAST_SLICE_COMMITS,
    PAST_WORLDS_KEPT,
    PASTS_AT_ONCE_MAX,
)
from dreamsync_server.store.grafting import Graft, card_from
from dreamsync_server.store.port import WorldCard
from dreamsync_server.story.marks import Mark, marks_of
from dreamsync_server.world.branching import origin_of
from dreamsync_server.world.commit import Proposal
from dreamsync_server.world.erasing import ERASED, REFS_MAX, erased_in
from dreamsync_server.world.sessions import session_of
from dreamsync_server.world.state import is_over
from dreamsync_server.world.written import refs_in

if TYPE_CHECKING:
    from dreamsync_server.gateway.conversation import Conversation
    from dreamsync_server.gateway.hall import Hall

Map = dict[str, Any]
_DEADLINES: Final = {"look": LOOK_S, "history": LOOK_S, "branch": BRANCH_S}
_NO_MOMENT = "There is no such moment in this world's past."


def deadline_of(message: object) -> float:
    """Return how many seconds an answer to a request may take."""
    return _DEADLINES.get(getattr(message, "type", ""), ASKED_S)


class Pasts:
    """Answers requests about the past of the world that a desk is at."""

    def __init__(self, hall: "Hall") -> None:
        self._hall = hall
        self._turns = asyncio.Semaphore(PASTS_AT_ONCE_MAX)
        self._backs: OrderedDict[str, Lookback] = OrderedDict()

    async def answer(self, talk: "Conversation", message: past.OfThePast) -> None:
        """Answer a request, within its deadline."""
        room, member = talk.room, talk.member
        if room is None or member is None:
            raise PeerError("not_entered", "Enter a world first.")
        answer: Map = {"type": "answer", "q": message.q, "of": message.type}
        match message:
            case past.AskHistory():
                async with self._turns:
                    answer["history"] = await self._history(room, message.after, talk.session.lang)
            case past.AskLook():
                async with self._turns:
                    answer["look"] = await self._look(room, message, talk.session.lang)
            case past.Branch():
                async with self._turns:
                    answer = await self._branch(talk, room, message)
            case past.Erase():
                session = member.viewer.session
                answer["erased"] = await self._erase(room, session, message)
        talk.send(answer)

    # --- looking ------------------------------------------------------------------------------

    async def _history(self, room: Room, after: int, lang: str) -> Map:
        """Return a page of marks; texts that were erased are not in it."""
        store, world = self._hall.store, room.card.world
        state = room.follower.state
        tail = state.position.seq
        words = Words(room.follower.pack, lang)
        seq, found = after, list[Map]()
        while seq < tail and seq - after < HISTORY_COMMITS_MAX and len(found) < HISTORY_MARKS_MAX:
            page = await store.read(world, seq, tail, PAST_SLICE_COMMITS)
            for commit in page:
                marks = [_drawn(mark, words) for mark in marks_of(commit)]
                if found and len(found) + len(marks) > HISTORY_MARKS_MAX:
                    break
                found += marks
                seq = commit.position.seq
            else:
                await asyncio.sleep(0)
                if page:
                    continue
            break
        history: Map = {"marks": found, "tail": tail, "ms": state.world_ms}
        if seq < tail:
            history["next"] = seq
        origin = origin_of(state.facts)
        if origin is not None:
            history["origin"] = origin[1]
        return history

    async def _look(self, room: Room, message: past.AskLook, lang: str) -> Map:
        if message.seq > room.follower.state.position.seq:
            raise PeerError("unknown_moment", _NO_MOMENT)
        pack = room.follower.pack
        look = look_of(pack, message.eyes)
        if look is None:
            raise PeerError("unknown_role", "There is no such seat to look through.")
        try:
            seen = await (await self._back(room)).seen_at(message.seq, look)
        except WorldFaultError as error:
            raise PeerError("internal", "This world's log contradicts itself there.") from error
        if look_of(seen.state.pack, message.eyes) is None or seen.state.position.seq < message.seq:
            raise PeerError("unknown_moment", _NO_MOMENT)
        return await moment(self._hall.store, room.card, seen, message.eyes, look, lang)

    async def _back(self, room: Room) -> Lookback:
        world = room.card.world
        back = self._backs.get(world)
        if back is None:
            hall = self._hall
            opened_with = await hall.load_pack(room.card.pack_hash)
            back = Lookback(world, opened_with, hall.store, hall.load_pack)
            back = self._backs.setdefault(world, back)
        self._backs.move_to_end(world)
        while len(self._backs) > PAST_WORLDS_KEPT:
            self._backs.popitem(last=False)
        return back

    # --- another world from there -------------------------------------------------------------

    async def _branch(self, talk: "Conversation", room: Room, message: past.Branch) -> Map:
        hall, tokens, origin = self._hall, self._hall.tokens, room.card
        if message.seq > room.follower.state.position.seq:
            raise PeerError("unknown_moment", _NO_MOMENT)
        creator = hash_of(talk.line.visitor.address)
        desk, invite, code = tokens.secret(), tokens.secret(), tokens.code()
        card = replace(
            card_from(origin, tokens.world(), message.title or "", hall.clock.now_ms()),
            creator=creator, invite_hash=hash_of(invite), code_hash=hash_of_code(code),
            desk_hash=hash_of(desk),
        )  # fmt: skip
        erased = erased_in(room.follower.state.facts)
        async with hall.room_for(talk, creator):
            await self._graft(room, card, message.seq)
        # Whoever asked to be erased meanwhile is erased in the copy as well.
        for session in erased_in(room.follower.state.facts) - erased:
            await hall.store.erase_texts(card.world, session)
        return {"type": "created", "q": message.q, "world": card.world, "desk_token": desk,
                "invite": invite, "code": code}  # fmt: skip

    async def _graft(self, room: Room, card: WorldCard, seq: int) -> None:
        hall, origin = self._hall, room.card
        opened_with = await hall.load_pack(origin.pack_hash)
        graft = Graft(hall.store, card, opened_with, hall.load_pack, seq)
        try:
            await self._copy(origin.world, graft, seq)
        except BaseException:
            hall.spawn(graft.discard())  # nothing was made yet
            raise
        if not await graft.publish(hall.clock.now_ms()):
            raise PeerError("starting", "The world could not be opened just now; try again.")

    async def _copy(self, world: str, graft: Graft, seq: int) -> None:
        try:
            while graft.state.position.seq < seq:
                here = graft.state.position.seq
                page = await self._hall.store.read(world, here, seq, PAST_SLICE_COMMITS)
                if not page:
                    raise PeerError("unknown_moment", _NO_MOMENT)
                await graft.add(page)
                await asyncio.sleep(0)
        except WorldFaultError as error:
            raise PeerError("internal", "This world's log contradicts itself there.") from error
        if is_over(graft.state.facts):
            raise PeerError("ended", "The story is over there: choose an earlier moment.")

    # --- erasing ------------------------------------------------------------------------------

    async def _erase(self, room: Room, by: str, message: past.Erase) -> int:
        """Erase a session's texts: out of the store, out of the facts, and what came meanwhile."""
        hall, world, follower = self._hall, room.card.world, room.follower
        session = message.session
        fact = f"{ERASED}{session}"
        refs = [*refs_in(follower.state.facts)]
        written = await hall.store.texts(world, refs) if refs else {}
        mine = tuple(ref for ref, (author, _, _) in written.items() if author == session)
        count = await hall.store.erase_texts(world, session)
        facts = follower.state.facts
        before = facts.get(fact)
        if not count and before is None and session_of(facts, session) is None:
            raise PeerError("no_session", "Nobody of that session wrote anything in this world.")
        given = {"session": session, "refs": mine[:REFS_MAX]}
        texts = {"why": (hall.tokens.salt(), message.why)} if message.why else {}
        code = await hall.submit(world, Proposal("erase", "desk", by, 0, given, texts))
        if code:
            raise PeerError(code, "The erasure could not be written just now; try again.")
        is_done = await follower.until(lambda: follower.state.facts.get(fact) != before, ASKED_S)
        if not is_done:
            raise TimeoutError
        count += await hall.store.erase_texts(world, session)
        consumed = str(follower.state.facts.get("@inbox", ""))
        if consumed:  # what was decided long ago may still lie there
            await hall.store.trim_inbox(world, consumed)
        return count


def _drawn(mark: Mark, words: Words) -> Map:
    """Return a mark as it stands on the wire; what is empty is left out."""
    found: Map = {"seq": mark.seq, "ms": mark.world_ms, "at": mark.at_ms, "kind": mark.kind,
                  "by": mark.by}  # fmt: skip
    who = mark.what if mark.kind == "seat" else ""
    title = words.fill(mark.key, dict(mark.given), {}, who) if mark.key else ""
    if not title and mark.what:
        name = words.name(mark.what)  # an ending is cued as a beat, and titled as what it is
        title = name if name != mark.what else words.text(f"ending.{mark.what}.title")
    pairs: Iterable[tuple[str, str]] = (
        ("what", mark.what), ("title", title), ("target", mark.target), ("name", mark.name),
        ("session", mark.session), ("why", mark.why),
    )  # fmt: skip
    found.update((name, text) for name, text in pairs if text)
    return found
