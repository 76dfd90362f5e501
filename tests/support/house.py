"""A whole node without sockets: a host, a hall and a store in memory, with clients on fake lines.

Time is the machine's, since everything goes by its own; what a test waits for is waited for with a
deadline, never slept for.
"""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from dreamsync.protocol import server_messages as wire
from dreamsync.protocol.bounds import SUBPROTOCOL_MSGPACK
from dreamsync.protocol.codec import decode_server, encode
from dreamsync_server.clock import SystemClock
from dreamsync_server.gateway.auth import Visitor
from dreamsync_server.gateway.conversation import Conversation
from dreamsync_server.gateway.hall import Hall
from dreamsync_server.gateway.shelf import nobody_here
from dreamsync_server.gateway.tokens import Tokens
from dreamsync_server.host.direct import Direct
from dreamsync_server.host.node import HostNode
from dreamsync_server.host.owner import RefusedError
from dreamsync_server.store.memory import MemoryStore
from dreamsync_server.world.commit import Commit, Proposal
from dreamsync_server.world.model import Pack
from support.packs import starter
from support.stage import payload_of, pinged

PATIENCE_S = 5.0


class StarterShelf:
    """The starter pack and no other."""

    def ids(self) -> Sequence[str]:
        return ("starter",)

    async def newest(self, pack_id: str) -> Pack | None:
        return starter() if pack_id == "starter" else None

    async def by_hash(self, pack_hash: str) -> Pack | None:
        return starter() if pack_hash == starter().hash else None


class Phone:
    """A client on a fake line: it says messages and keeps what it hears."""

    subprotocol = SUBPROTOCOL_MSGPACK
    due_slot = -1

    def __init__(self, hall: Hall, address: str = "198.51.100.1", *, is_local: bool = True) -> None:
        self.visitor = Visitor(address, is_local=is_local)
        self.heard: list[Any] = []
        self.closed: tuple[int, str] | None = None
        self.waiting_bytes = 0
        self.pings: list[bytes] = []
        self.is_awake = True
        self._came = asyncio.Event()
        self._numbers = itertools.count(1)
        self._n = itertools.count(1)
        self.talk: Conversation = hall.connect(self)

    # --- the line's side

    def write(self, frame: bytes) -> None:
        if (ping := pinged(frame)) is not None:
            self.pings.append(ping)
            if self.is_awake:
                asyncio.get_running_loop().call_soon(self.answer_pings)
        elif self.closed is None:
            self.heard.append(decode_server(payload_of(frame)))
            self._came.set()

    def write_now(self, data: bytes) -> None:
        self.write(data)

    def close(self, code: int, text: str = "") -> None:
        if self.closed is None:
            self.closed = (code, text)
            self._came.set()

    def abort(self) -> None:
        self.close(1006)

    def buffered(self) -> int:
        return self.waiting_bytes

    def is_open(self) -> bool:
        return self.closed is None

    def due(self, now_s: float) -> None:
        pass

    # --- the client's side

    def say(self, type_: str, **fields: Any) -> None:
        """Send a message."""
        fields = {name.rstrip("_"): value for name, value in fields.items()}
        self.talk.received(encode({"type": type_, **fields}))

    def hello(self, token: str | None = None) -> "Phone":
        said = {} if token is None else {"token": token}
        self.say("hello", v=1, client="test", lang="en", **said)
        return self

    def answer_pings(self) -> None:
        """Answer all that it was asked for a sign of life, as every websocket library does."""
        pings, self.pings = self.pings, []
        for ping in pings:
            if self.closed is None:
                self.talk.answered(ping)

    async def ask(self, type_: str, **fields: Any) -> Any:
        """Send a request and return what answers it."""
        q = next(self._numbers)
        self.say(type_, q=q, **fields)
        return await self.hear(lambda m: getattr(m, "q", None) == q)

    async def propose(self, type_: str, **fields: Any) -> Any:
        """Send the next proposal and return its outcome, or the error that answers it."""
        n = next(self._n)
        self.say(type_, n=n, **fields)
        return await self.outcome(n)

    async def outcome(self, n: int) -> Any:
        """Return what became of a proposal."""

        def is_it(message: Any) -> bool:
            return (getattr(message, "n", None) == n and isinstance(message, wire.Error)) or any(
                outcome.n == n for outcome in getattr(message, "outcomes", ())
            )

        message = await self.hear(is_it)
        if isinstance(message, wire.Error):
            return message
        return next(outcome for outcome in message.outcomes if outcome.n == n)

    async def hear(self, wanted: Callable[[Any], bool]) -> Any:
        """Return the first message heard that is wanted, waiting for it."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                found = next((message for message in self.heard if wanted(message)), None)
                if found is not None:
                    return found
                self._came.clear()
                await self._came.wait()

    async def until(self, wanted: Callable[[], Any]) -> None:
        """Wait until something is so, looked at again in each turn of the loop."""
        async with asyncio.timeout(PATIENCE_S):
            while not wanted():
                await asyncio.sleep(0)

    async def ended(self) -> tuple[int, str]:
        """Return how the line was closed, waiting for it."""
        async with asyncio.timeout(PATIENCE_S):
            while self.closed is None:
                self._came.clear()
                await self._came.wait()
        return self.closed

    def hang_up(self) -> None:
        """Lose the line."""
        self.closed = (1006, "")
        self.talk.lost(1006)

    def view(self) -> dict[str, Any]:
        """Return the facts that the client has by now."""
        facts: dict[str, Any] = {}
        for message in self.heard:
            if isinstance(message, wire.Entered | wire.Reset):
                facts = dict(message.facts)
            elif isinstance(message, wire.View):
                for name in message.gone:
                    facts.pop(name, None)
                facts.update(message.changes)
        return facts


class House:
    """A node of a cluster: its host, its hall, and the store they share with others."""

    def __init__(
        self, store: MemoryStore, name: str, *, is_direct: bool = True, operator_token: str = ""
    ) -> None:
        clock = SystemClock()
        self.store = store
        tokens = itertools.count(1)

        async def load_pack(pack_hash: str) -> Pack:
            return starter()

        def on_confirmed(world: str, commits: Sequence[Commit]) -> None:
            if is_direct:
                self.hall.on_confirmed(world, commits)

        self.node = HostNode(
            store, clock, name, load_pack, lambda: f"{name}{next(tokens)}",
            on_confirmed=on_confirmed,
        )  # fmt: skip
        direct = Direct(self.node)

        def submit(world: str, proposal: Proposal) -> str:
            try:
                direct.submit(world, proposal)
            except RefusedError as error:
                return error.code
            return ""

        self.hall = Hall(
            store, clock, StarterShelf(), self.node.open_world, ensure=self.node.ensure,
            submit=submit if is_direct else nobody_here, node=name,
            tokens=Tokens(operator_token=operator_token),
        )  # fmt: skip

    def phone(self, *, token: str | None = None, **given: Any) -> Phone:
        """Return a client that has said hello."""
        return Phone(self.hall, **given).hello(token)

    async def world(self, **given: Any) -> Any:
        """Open a world and return what was said of it."""
        fields = {"pack": "starter", "private": False, "understudies": False, "seed": 7, **given}
        created = await self.phone().ask("create", **fields)
        assert isinstance(created, wire.Created), created
        return created


@asynccontextmanager
async def house(store: MemoryStore | None = None, name: str = "a", **given: Any
                ) -> AsyncIterator[House]:  # fmt: skip
    """Run a node."""
    made = House(store or MemoryStore(SystemClock()), name, **given)
    running = [asyncio.create_task(made.node.run()), asyncio.create_task(made.hall.run())]
    try:
        async with asyncio.timeout(PATIENCE_S):
            await made.node.join()
        yield made
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def two(node: House, **given: Any) -> tuple[Any, Phone, Phone]:
    """Return a new world with Ada and Ben in it, and their clients."""
    world = await node.world(**given)
    ada, ben = node.phone(), node.phone()
    for phone, role in ((ada, "ada"), (ben, "ben")):
        entered = await phone.ask("enter", world=world.world, as_="player", role=role, name=role)
        assert isinstance(entered, wire.Entered), entered
    return world, ada, ben
