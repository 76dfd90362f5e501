"""Entering a world, coming back to it, and being away from it."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from dreamsync.protocol import client_messages as wire
from dreamsync_server.errors import PeerError
from dreamsync_server.gateway.delivery import tail_views
from dreamsync_server.gateway.gate import Viewer
from dreamsync_server.gateway.ratelimit import KeyedBuckets
from dreamsync_server.gateway.rewind import replay
from dreamsync_server.gateway.room import Room
from dreamsync_server.gateway.tokens import hash_of, is_invited, is_sealed, is_secret, sealed
from dreamsync_server.gateway.views import Turn
from dreamsync_server.limits import INVITE_TRIES_PER_MINUTE, PROPOSED_AGAIN_S
from dreamsync_server.store.port import WorldCard
from dreamsync_server.world.commit import Cause, Outcome, Position, Proposal
from dreamsync_server.world.model import Pack
from dreamsync_server.world.sessions import last_back, say_absent, say_back, session_of
from dreamsync_server.world.sharing import per_pack

if TYPE_CHECKING:
    from dreamsync_server.gateway.conversation import Conversation
    from dreamsync_server.gateway.hall import Hall

SPECTATOR: Final = "watch"
_AGAIN_S = 0.25
_TRIES = 5  # to come back, while others say so of the same session
_UNKNOWN = PeerError("unknown_world", "There is no such world, or it is not open to you.")


class Entering:
    """Lets sessions into rooms."""

    def __init__(self, hall: "Hall") -> None:
        self._hall = hall
        self._tries = KeyedBuckets(INVITE_TRIES_PER_MINUTE / 60, INVITE_TRIES_PER_MINUTE)

    # --- who may ------------------------------------------------------------------------------

    async def invited(self, talk: "Conversation", world: str, invite: str | None) -> WorldCard:
        """Return the card of a world that is open to a visitor: public, or with its invite.

        A world that is not there and one that is closed look the same, in words and in what they
        cost: each is a try.
        """
        self.check_tries(talk)
        card = await self._hall.store.card(world)
        if card is None or not await self._is_open_to(card, invite):
            self.count_try(talk)
            raise _UNKNOWN
        return card

    async def _is_open_to(self, card: WorldCard, invite: str | None) -> bool:
        """Return whether an invite leads into a world; the code of its class does."""
        if not card.is_private or is_invited(invite, card.invite_hash, card.code_hash):
            return True
        if not card.class_id:
            return False
        whole = await self._hall.store.card(card.class_id)
        return whole is not None and is_invited(invite, "", whole.code_hash)

    def check_tries(self, talk: "Conversation") -> None:
        """Raise PeerError `slow_down` where an address has tried too often."""
        now_s = self._hall.clock.mono_s()
        if self._tries.wait_ms(talk.line.visitor.address, now_s):
            raise PeerError("slow_down", "Too many tries from your address; wait a minute.")

    def count_try(self, talk: "Conversation") -> None:
        """Count one try that led nowhere."""
        self._tries.take(talk.line.visitor.address, self._hall.clock.mono_s())

    async def _card_for(self, talk: "Conversation", message: wire.Enter) -> WorldCard:
        if message.as_kind not in ("desk", "script"):
            card = await self.invited(talk, message.world, message.invite)
            if card.class_worlds:
                text = "This is a class: ask for its card, and enter the world that it gives."
                raise PeerError("unknown_world", text)
            if message.as_kind == SPECTATOR and not card.has_spectators:
                raise PeerError("no_spectators", "This world is not open to spectators.")
            return card
        self.check_tries(talk)
        card_or_none = await self._hall.store.card(message.world)
        if card_or_none is not None and is_secret(message.token, card_or_none.desk_hash):
            if card_or_none.class_worlds:
                text = "This is a class: ask with `class` for its worlds; each has a desk."
                raise PeerError("unknown_world", text)
            return card_or_none
        self.count_try(talk)
        if card_or_none is None or card_or_none.is_private:
            raise _UNKNOWN
        raise PeerError("not_allowed", "The desk of this world opens with its token.")

    # --- entering -----------------------------------------------------------------------------

    async def enter(self, talk: "Conversation", message: wire.Enter) -> None:
        """Begin a session."""
        hall = self._hall
        card = await self._card_for(talk, message)
        room = await hall.room(card)
        session = hall.tokens.session()
        if message.as_kind == SPECTATOR:
            secret = sealed(session, card.desk_hash)
        else:
            secret = hall.tokens.secret()
        with room.arrivals.coming(session, message.as_kind):
            if message.as_kind != SPECTATOR:
                await self._join(room, message, session, secret)
            if not talk.is_over:
                self._admit(talk, room, message.as_kind, session, secret, message.q, None)

    async def _join(self, room: Room, message: wire.Enter, session: str, secret: str) -> None:
        kind = message.as_kind
        given: dict[str, Any] = {"kind": kind, "secret": hash_of(secret)}
        given["gateway"] = self._hall.node
        if message.role:
            given["role"] = message.role
        name = (message.name or "").strip()
        texts = {"name": (self._hall.tokens.salt(), name)} if name else {}
        assert kind != SPECTATOR, "spectators are no part of the world"
        outcome = await self._propose(room, Proposal("join", kind, session, 0, given, texts))
        if outcome.code != "ok":
            words = room.gate("en").words
            raise PeerError(outcome.code, words.refusal(outcome.code, dict(outcome.arguments)))

    async def _propose(self, room: Room, proposal: Proposal) -> Outcome:
        """Propose something for a session and return what became of it, again and again until
        the deadline that stands around this: what is proposed here may be repeated."""
        loop = asyncio.get_running_loop()
        decided: asyncio.Future[Outcome] = loop.create_future()
        name = _name(proposal.arguments)

        def hear(outcome: Outcome, cause: Cause) -> None:
            # Others may say something of the same session at the same time: another line, say.
            is_it = cause.kind == proposal.kind and _name(dict(cause.arguments)) == name
            if is_it and not decided.done():
                decided.set_result(outcome)

        room.arrivals.hear(proposal.session, hear)
        try:
            while True:
                code = await self._hall.submit(room.card.world, proposal)
                wait_s = PROPOSED_AGAIN_S if not code else _AGAIN_S
                done, _ = await asyncio.wait((decided,), timeout=wait_s)
                if done:
                    return decided.result()
        finally:
            room.arrivals.unhear(proposal.session, hear)

    # --- coming back --------------------------------------------------------------------------

    async def resume(self, talk: "Conversation", message: wire.Resume) -> None:
        """Go on with a session at the position it was left at."""
        hall = self._hall
        self.check_tries(talk)
        card = await hall.store.card(message.world)
        if card is None:
            self.count_try(talk)
            raise _no_session()
        room = await hall.room(card)
        if message.seq > room.follower.state.position.seq:
            await room.follower.look()  # another node has shown it more than is known here yet
        kind = self._kind_of(room, card, message)
        if not kind:
            self.count_try(talk)
            raise _no_session()
        session, position = message.session, Position(message.epoch, message.seq)
        with room.arrivals.coming(session, kind):
            for _ in range(_TRIES):
                name = ""
                if kind != SPECTATOR:
                    name = await self._come_back(talk, room, session)
                elif session in room.members:
                    await talk.is_there()
                missed = await self._missed(room, kind, session, position)
                if talk.is_over:
                    return
                if not name or self._is_still_here(room, session, name):
                    self._admit(talk, room, kind, session, message.secret, message.q, missed)
                    return
        raise _others_come_back()

    async def _come_back(self, talk: "Conversation", room: Room, session: str) -> str:
        """Say that a session goes on here, instead of where the log says it is; return under
        which name that was decided.

        A try that is given up may be decided late, when the session goes on at a third node: then
        it says what is so no more, and changes nothing. So that it does not try again, a line that
        would put another one out shows first that it is not a dead one.
        """
        talk.backs = 1
        for _ in range(_TRIES):
            facts = room.follower.state.facts
            entry = session_of(facts, session)
            if entry is None:
                raise _no_session()
            name = self._hall.tokens.back()
            back = say_back(facts, session, self._hall.node, name)
            if entry.is_present:
                await talk.is_there()
            outcome = await self._propose(room, back)
            if outcome.code == "retired":
                raise _no_session()
            if outcome.code != "moved":
                talk.backs = 0
                return name
        raise _others_come_back()

    def _is_still_here(self, room: Room, session: str, name: str) -> bool:
        """Return whether nobody came back to a session behind the `back` of this name."""
        facts = room.follower.state.facts
        entry = session_of(facts, session)
        is_last = last_back(facts, session) in (name, "")  # "": its owner is of an older version
        return is_last and entry is not None and entry.gateway == self._hall.node

    def _kind_of(self, room: Room, card: WorldCard, message: wire.Resume) -> str:
        """Return what a session is, "" where it is not known or not its secret."""
        entry = session_of(room.follower.state.facts, message.session)
        if entry is not None:
            return entry.kind if is_secret(message.secret, entry.secret) else ""
        is_spectator = is_sealed(message.secret, message.session, card.desk_hash)
        return SPECTATOR if is_spectator and card.has_spectators else ""

    async def _missed(
        self, room: Room, kind: str, session: str, position: Position
    ) -> list[Turn] | None:
        """Return what a session missed since a position, None where that cannot be said."""
        follower = room.follower
        if not follower.is_on_history(position):
            return None
        found = await follower.past(position.seq)
        if found is None:
            return None
        past, steps = found
        return replay(past, steps, room.sender.look_of(kind, session), session)

    # --- in, and away -------------------------------------------------------------------------

    def _admit(
        self, talk: "Conversation", room: Room, kind: str, session: str, secret: str, q: int,
        missed: list[Turn] | None,
    ) -> None:  # fmt: skip
        member = room.member(kind, session, secret, talk.session.lang, talk.codec, talk.line, talk)
        whole = room.sender.whole(member, missed or [])
        entered = {"type": "entered", "q": q, **whole, "resumed": missed is not None}
        if missed is None:
            entered["recap"] = room.sender.recap(member)
        talk.room, talk.member = room, member
        talk.session.entered(kind, session, int(whole["n"]), free_texts(room.follower.pack))
        later: Sequence[Mapping[str, Any]] = tail_views(member, room.follower, missed or [])
        room.admit(member, entered, [dict(view) for view in later])
        self._hall.telemetry.sessions.labels(kind).inc()
        if missed is not None:
            self._hall.telemetry.resumes.inc()

    def lost(self, talk: "Conversation") -> None:
        """Take a session whose line is gone out of its room, and say that it is absent."""
        room, member = talk.room, talk.member
        if room is None or member is None:
            return
        talk.room = talk.member = None
        viewer: Viewer = member.viewer
        self._hall.telemetry.sessions.labels(viewer.kind).dec()
        is_its_own = room.members.get(viewer.session) is member
        room.discard(member)
        if is_its_own and not talk.was_replaced:
            facts = room.follower.state.facts
            if viewer.kind != SPECTATOR and session_of(facts, viewer.session) is not None:
                absent = say_absent(facts, viewer.session, self._hall.node)
                self._hall.spawn(self.say(room.card.world, absent))

    async def say(self, world: str, absent: Proposal) -> None:
        """Say that nobody here stands behind a session. Where that is lost, it is a stray."""
        await self._hall.submit(world, absent)


def _name(arguments: Mapping[str, Any]) -> Any:
    """Return which `back` it is; a session joins only once."""
    return arguments.get("back")


@per_pack
def free_texts(pack: Pack) -> Mapping[str, frozenset[str]]:
    """Return the parameters that a person writes, by action."""
    return {
        action.id: frozenset(param.name for param in action.params if param.is_free_text)
        for action in pack.actions.values()
    }


def _others_come_back() -> PeerError:
    return PeerError("starting", "Others come back to this session; try again.")


def _no_session() -> PeerError:
    return PeerError("no_session", "The session is over or not known; enter anew.")
