"""Who stands behind a client's line: the session machine, with what it asks for being done.

Nothing here waits: messages are taken in one turn; what must wait (entering, the store) is a task
of the hall with a deadline. A session's proposals keep their order: while some go by the store's
inbox, the next ones go that way too.
"""

import asyncio
import logging
from collections.abc import Coroutine, Mapping
from typing import Any, Final, Protocol, assert_never

from dreamsync.protocol import client_messages as wire
from dreamsync.protocol.bounds import SUBPROTOCOL_JSON, SUBPROTOCOL_MSGPACK
from dreamsync.protocol.codec import ProtocolError, decode_client, encode, encode_json
from dreamsync.protocol.codes import ERRORS
from dreamsync_server.clock import Clock
from dreamsync_server.errors import PeerError, StoreError
from dreamsync_server.gateway.frames import Codec
from dreamsync_server.gateway.group import Member
from dreamsync_server.gateway.lines import Line
from dreamsync_server.gateway.room import Room
from dreamsync_server.gateway.session import (
    Ask,
    Close,
    Phase,
    Posed,
    Propose,
    Send,
    Session,
    Todo,
    bye_map,
    error_map,
)
from dreamsync_server.gateway.showing import reported
from dreamsync_server.gateway.tokens import Tokens
from dreamsync_server.gateway.wire import ping_frame
from dreamsync_server.limits import ASKED_AT_ONCE_MAX, PROPOSED_AGAIN_S
from dreamsync_server.store.codec import CodecError
from dreamsync_server.telemetry import Telemetry
from dreamsync_server.world.commit import Cause, Outcome, Proposal
from dreamsync_server.world.sessions import say_back, session_of

log = logging.getLogger(__name__)

RETRY_MS: Final = 500
_ANOTHER_NODE: Final = "This node cannot read the world, another one can; try again."
_AGAIN_LEAST_S: Final = 0.2  # between two times that the same is put into the inbox

MSGPACK: Final = Codec(SUBPROTOCOL_MSGPACK, encode, is_text=False)
JSON: Final = Codec(SUBPROTOCOL_JSON, lambda plain: encode_json(plain).encode(), is_text=True)


class Desk(Protocol):
    """What a conversation needs of the hall that it is held in."""

    node: str
    clock: Clock
    tokens: Tokens
    telemetry: Telemetry

    async def answer(self, talk: "Conversation", message: wire.Asked) -> None:
        """Answer a request, within its deadline. Raises PeerError, StoreError, TimeoutError."""
        ...

    def submit_now(self, world: str, proposal: Proposal) -> str:
        """Hand a proposal to an owner in this process: "" taken, `not_here`, or an error code."""
        ...

    async def submit_by_store(self, world: str, proposal: Proposal) -> str:
        """Hand a proposal to the store's inbox: "" taken, or an error code."""
        ...

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Let work go on beside; it is cancelled when the hall ends."""
        ...

    def gone(self, talk: "Conversation") -> None:
        """Know that a conversation is over, and let its session be absent."""
        ...


class Conversation:
    """One client's conversation. It is the line's receiver and its member's owner."""

    # There are thousands of them, and most say nothing: small, with containers that start small.
    __slots__ = (
        "_asked", "_by_store", "_carrier", "_desk", "_look", "_proof", "_under_way", "_waiting",
        "backs", "codec", "is_over", "line", "member", "room", "session", "was_replaced",
    )  # fmt: skip

    def __init__(self, desk: Desk, line: Line) -> None:
        self.line = line
        self.codec = JSON if line.subprotocol == SUBPROTOCOL_JSON else MSGPACK
        self.session = Session(desk.clock.mono_s())
        self.room: Room | None = None
        self.member: Member | None = None
        self.is_over = False
        self.was_replaced = False  # its session goes on in another conversation
        self.backs = 0  # how many times it has said `back` for its session, and was not yet heard
        self._desk = desk
        self._asked: dict[asyncio.Task[None], None] = {}
        self._waiting: list[Proposal] = []  # to go by the store, in order
        self._by_store: dict[int, None] = {}  # went by the store, without an outcome yet
        self._carrier: asyncio.Task[None] | None = None
        self._under_way: dict[int, tuple[Proposal, float]] = {}  # n -> what has no outcome, since
        self._look: asyncio.TimerHandle | None = None
        self._proof: tuple[bytes, asyncio.Future[None]] | None = None  # of being there

    # --- what the line says ------------------------------------------------------------------

    def received(self, payload: bytes | str) -> None:
        """Take one message in."""
        now_s = self._desk.clock.mono_s()
        try:
            message = decode_client(payload)
        except ProtocolError as error:
            self._do(self.session.unreadable(error.code, error.text, now_s, error.q, error.n))
            return
        is_pose = type(message) is wire.Pose  # which come many times a second, without a word
        salt = "" if is_pose else self._desk.tokens.salt()
        self._do(self.session.receive(message, now_s, salt))

    def late(self) -> None:
        """Say goodbye: no hello came in time."""
        self._do(self.session.close("hello_timeout"))

    async def is_there(self) -> None:
        """Wait until the client answers a ping that goes out now, for as long as it takes."""
        is_answered = asyncio.get_running_loop().create_future()
        ping = self._desk.tokens.salt().encode()
        self._proof = (ping, is_answered)
        try:
            self.line.write(ping_frame(ping))
            await is_answered
        finally:
            self._proof = None

    def answered(self, ping: bytes) -> None:
        """Know that the client answered a ping that held this."""
        if self._proof is not None and self._proof[0] == ping and not self._proof[1].done():
            self._proof[1].set_result(None)

    def congested(self, is_congested: bool) -> None:
        """Stop queuing for a line that is full, go on with one that has drained."""
        if self.room is not None and self.member is not None:
            self.room.pressure(self.member, is_congested)

    def lost(self, code: int) -> None:
        """Know that the line is gone."""
        self._end()

    # --- what the room says ------------------------------------------------------------------

    def decided(self, outcome: Outcome, cause: Cause) -> None:
        """Know that a proposal of the session was decided.

        One that is said to be back at another node goes on there. At this node that says
        nothing: it may have been said by a line that is gone again.
        """
        if outcome.n and outcome.code == "gap":
            self._again(int(str(dict(outcome.arguments).get("expected", outcome.n))))
        elif outcome.n:
            self.session.decided(outcome.n)
            self._by_store.pop(outcome.n, None)
            self._under_way.pop(outcome.n, None)
        elif cause.kind == "back":
            self.backs = max(0, self.backs - 1)
            is_mine = dict(cause.arguments).get("gateway", "") == self._desk.node
            if is_mine != (outcome.code == "moved"):
                return  # here by what this node said, or another node's late word
            if not is_mine or not self._is_here():
                self.cut("replaced")

    def _is_here(self) -> bool:
        """Return whether the log has the session at this node."""
        if self.room is None:
            return False
        entry = session_of(self.room.follower.state.facts, self.session.session)
        return entry is not None and entry.gateway == self._desk.node

    def missed(self) -> None:
        """Say that the session is here: a line that it had before was only now seen to be lost."""
        if self.room is not None and not self.is_over and not self.backs and self._is_here():
            self.backs += 1
            facts, name = self.room.follower.state.facts, self._desk.tokens.back()
            back = say_back(facts, self.session.session, self._desk.node, name)
            self._desk.spawn(self._say_back(self.room.card.world, back))

    def cut(self, name: str, retry_ms: int | None = None) -> None:
        """Say goodbye and close."""
        self.was_replaced = self.was_replaced or name == "replaced"
        self._do(self.session.close(name, retry_ms=retry_ms))

    # --- what the hall says ------------------------------------------------------------------

    def send(self, message: Mapping[str, Any]) -> None:
        """Send a message that holds nothing about a world, or came through the gate."""
        self.line.write(self.codec.frame(message))

    def kind(self) -> Any:
        """Return what the session is in its world: player, watch, desk or script."""
        assert self.member is not None, "only who is in a world is something there"
        return self.member.viewer.kind

    # --- doing -------------------------------------------------------------------------------

    def _do(self, todos: list[Todo]) -> None:
        for todo in todos:
            match todo:
                case Send(message):
                    self._count(message)
                    self.send(message)
                case Propose(proposal):
                    self._propose(proposal)
                case Ask(message):
                    self._ask(message)
                case Posed(pose):
                    if self.room is not None and self.member is not None:
                        self.room.pose(self.member, pose.x, pose.y, pose.facing)
                case Close() as close:
                    self.send(bye_map(close))
                    self.line.close(close.number, f"{close.name}: {close.text}")
                    self._end()
                case _:
                    assert_never(todo)

    def _ask(self, message: wire.Asked) -> None:
        if len(self._asked) >= ASKED_AT_ONCE_MAX:
            self._not_entered(message)
            self._fail(message.q, "busy", retry_ms=RETRY_MS)
            return
        task = self._desk.spawn(self._answer(message))
        self._asked[task] = None
        task.add_done_callback(self._answered)

    def _answered(self, task: asyncio.Task[None]) -> None:
        self._asked.pop(task, None)

    async def _answer(self, message: wire.Asked) -> None:
        try:
            await self._desk.answer(self, message)
        except PeerError as error:
            self._fail(message.q, error.code, error.text)
        except CodecError as error:
            log.error("a client is sent on: %s", error)
            self._fail(message.q, "starting", _ANOTHER_NODE, retry_ms=RETRY_MS)
        except StoreError:
            self._fail(message.q, "store_unavailable", retry_ms=RETRY_MS)
        except TimeoutError:
            self._fail(message.q, "starting", retry_ms=RETRY_MS)
        except Exception:  # a fault of ours must not leave a client waiting
            log.exception("a fault of ours in answering %s", message.type)
            self._fail(message.q, "internal")
        finally:
            self._not_entered(message)

    def _not_entered(self, message: wire.Asked) -> None:
        if isinstance(message, wire.Enter | wire.Resume):
            self.session.not_entered()

    def _fail(self, q: int, code: str, text: str = "", *, retry_ms: int | None = None) -> None:
        if not self.is_over:
            message = error_map(code, text or ERRORS[code].meaning, q=q, retry_ms=retry_ms)
            self._count(message)
            self.send(message)

    def _count(self, message: Mapping[str, Any]) -> None:
        if message["type"] == "error":
            self._desk.telemetry.errors.labels(message["code"]).inc()

    # --- proposals ---------------------------------------------------------------------------

    def _propose(self, proposal: Proposal) -> None:
        assert self.room is not None, "only who is in a world proposes"
        if proposal.kind == "report":
            try:
                proposal = reported(self.room, self.session.session, proposal)
            except PeerError as error:
                self._do(self.session.not_taken(proposal.n, error.code, None))
                return
        self._under_way[proposal.n] = (proposal, self._desk.clock.mono_s())
        self._look_later()
        if not self._waiting and not self._by_store:
            code = self._desk.submit_now(self.room.card.world, proposal)
            if not code:
                return
            if code != "not_here":
                self._not_taken(proposal.n, code)
                return
        self._put_in_inbox(proposal)

    def _put_in_inbox(self, proposal: Proposal) -> None:
        assert self.room is not None, "only who is in a world proposes"
        self._waiting.append(proposal)
        if self._carrier is None:
            self._carrier = self._desk.spawn(self._carry(self.room.card.world))

    def _not_taken(self, n: int, code: str) -> None:
        """Answer a proposal that could not be handed on, and forget it and those behind it."""
        for later in [known for known in self._under_way if known >= n]:
            del self._under_way[later]
        self._do(self.session.not_taken(n, code))

    def _again(self, n: int) -> None:
        """Propose again what the world waits for: it was lost, or is late. It is decided once."""
        if self.is_over or self.room is None:
            return
        if n not in self._under_way:
            self._not_taken(n, "gap")  # the client has it
            return
        now_s = self._desk.clock.mono_s()
        waiting = {proposal.n for proposal in self._waiting}
        for number in sorted(known for known in self._under_way if known >= n):
            proposal, since_s = self._under_way[number]
            if number in waiting or now_s - since_s < _AGAIN_LEAST_S:
                return
            self._under_way[number] = (proposal, now_s)
            self._put_in_inbox(proposal)

    def _look_later(self) -> None:
        if self._look is None:
            loop = asyncio.get_running_loop()
            self._look = loop.call_later(PROPOSED_AGAIN_S, self._look_after)

    def _look_after(self) -> None:
        """Propose again the first that had no outcome for too long."""
        self._look = None
        if not self._under_way or self.is_over:
            return
        first = min(self._under_way)
        if self._desk.clock.mono_s() - self._under_way[first][1] >= PROPOSED_AGAIN_S:
            self._again(first)
        self._look_later()

    async def _carry(self, world: str) -> None:
        """Put what waits in the store's inbox, one after the other."""
        try:
            while self._waiting and not self.is_over:
                proposal = self._waiting[0]
                self._by_store[proposal.n] = None
                code = await self._desk.submit_by_store(world, proposal)
                if not self._waiting:
                    return  # the line was lost meanwhile
                if code:
                    self._by_store.pop(proposal.n, None)
                    self._refuse_waiting(code)
                else:
                    del self._waiting[0]
        finally:
            self._carrier = None

    def _refuse_waiting(self, code: str) -> None:
        """Answer the first that waits with an error, and those behind it with `gap`."""
        first, *later = self._waiting
        self._waiting.clear()
        self._not_taken(first.n, code)
        for proposal in later:
            text = f"Proposals are taken in order: {first.n} is next."
            self.send(error_map("gap", text, n=proposal.n))

    async def _say_back(self, world: str, proposal: Proposal) -> None:
        if self._desk.submit_now(world, proposal):
            await self._desk.submit_by_store(world, proposal)

    def _end(self) -> None:
        if self.is_over:
            return
        self.is_over = True
        self.session.phase = Phase.CLOSED
        for task in tuple(self._asked):
            task.cancel()
        self._waiting.clear()
        self._under_way.clear()
        if self._look is not None:
            self._look.cancel()
        self._desk.gone(self)
