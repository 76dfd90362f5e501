"""A hall without a host: its worlds are played beside it, and their commits are handed in.

So what is measured is the way from a followed commit to the write, and nothing else.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

from dreamsync_server.cli.bench.cards import card_of
from dreamsync_server.cli.shelf import PackShelf
from dreamsync_server.clock import ManualClock, SystemClock
from dreamsync_server.gateway.auth import Trust
from dreamsync_server.gateway.hall import Hall
from dreamsync_server.gateway.http import Site
from dreamsync_server.gateway.listener import Listener, ListenOptions
from dreamsync_server.store.memory import MemoryStore
from dreamsync_server.store.port import Batch, Ownership, WorldCard
from dreamsync_server.story.playthrough import FIRST_EPOCH, Playthrough
from dreamsync_server.telemetry import Telemetry
from dreamsync_server.world.commit import Commit, Proposal
from dreamsync_server.world.model import Pack

NODE: Final = "gallery"
PUPPET: Final = "puppet"  # a session without a line, and so of no node, who rings the bell
_TICK_MS: Final = 50


class Played:
    """One world that is played here; `write` puts a commit into the log and hands it in."""

    def __init__(self, store: MemoryStore, hall: Hall, card: WorldCard, owner: Ownership) -> None:
        self.card = card
        self._store = store
        self._hall = hall
        self._owner = owner
        self._play: Playthrough | None = None

    async def open(self, pack: Pack) -> None:
        """Begin the story, with the puppet in it."""
        play = self._play = Playthrough(pack, self.card.seed, has_understudies=False)
        play.join(PUPPET, "one")
        for commit in tuple(play.commits):
            await self.write(commit)

    def propose(self, proposal: Proposal) -> Commit:
        """Decide a proposal."""
        assert self._play is not None, "not open"
        return self._play.propose(proposal)

    def ring(self, count: int) -> list[Commit]:
        """Let the puppet ring the bell, and return the commits."""
        play = self._play
        assert play is not None, "not open"
        found = []
        for _ in range(count):
            play.pass_ms(_TICK_MS)
            outcome = play.act(PUPPET, "ring")
            assert outcome.code == "ok", outcome
            found.append(play.commits[-1])
        return found

    async def write(self, commit: Commit) -> float:
        """Put a commit into the log and hand it in; return the CPU seconds the log took."""
        cpu_s = time.process_time()
        (answer,) = await self._store.append([Batch(self._owner, str(commit.position), (commit,))])
        assert not isinstance(answer, Exception), answer
        assert answer.code == "ok", answer
        self._owner = self._owner._replace(tail=answer.tail)
        cpu_s = time.process_time() - cpu_s
        self._hall.on_confirmed(self.card.world, (commit,))
        return cpu_s


class Gallery:
    """The hall and the worlds that are played beside it."""

    def __init__(self, store: MemoryStore, hall: Hall, listener: Listener) -> None:
        self.hall = hall
        self.listener = listener
        self.worlds: dict[str, Played] = {}
        self._store = store
        self._proposed: asyncio.Queue[tuple[str, Proposal]] = asyncio.Queue()

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self.listener.port

    async def open(self, pack_id: str, count: int) -> list[str]:
        """Open worlds and return their ids."""
        pack = await self.hall.shelf.newest(pack_id)
        assert pack is not None, f"no pack {pack_id}"
        opened = []
        for _ in range(count):
            card = card_of(pack_id, pack.hash)
            assert await self._store.create_world(card)
            owner = await self._store.acquire(card.world, NODE, "nonce", None)
            assert owner is not None, "nobody else takes it"
            played = self.worlds[card.world] = Played(self._store, self.hall, card, owner)
            await played.open(pack)
            opened.append(card.world)
        return opened

    def submit(self, world: str, proposal: Proposal) -> str:
        """Take a proposal of a client."""
        self._proposed.put_nowait((world, proposal))
        return ""

    async def run(self) -> None:
        """Decide what clients propose, until cancelled."""
        while True:
            world, proposal = await self._proposed.get()
            played = self.worlds[world]
            await played.write(played.propose(proposal))

    async def feed(self, seconds: float, hz: float) -> dict[str, Any]:
        """Hand in commits that were decided before, `hz` a second in each world."""
        ticks, loop = int(seconds * hz), asyncio.get_running_loop()
        ahead = [(played, played.ring(ticks)) for played in self.worlds.values()]
        sent = self._sent()
        start_s, cpu_s, log_s = loop.time(), time.process_time(), 0.0
        for tick in range(ticks):
            for i, (played, commits) in enumerate(ahead):
                due_s = start_s + (tick + i / len(ahead)) / hz
                if (wait_s := due_s - loop.time()) > 0:
                    await asyncio.sleep(wait_s)
                log_s += await played.write(commits[tick])
        await asyncio.sleep(2 / hz)  # what was due a little later
        cpu_s = time.process_time() - cpu_s - log_s
        return {
            "cpu_s": cpu_s,
            **{name: value - sent[name] for name, value in self._sent().items()},
        }

    def _sent(self) -> dict[str, float]:
        get = self.hall.telemetry.registry.get_sample_value
        return {name: get(f"dreamsync_{name}_out_total") or 0.0 for name in ("messages", "bytes")}


@contextlib.asynccontextmanager
async def open_gallery(worlds: Path) -> AsyncIterator[Gallery]:
    """Serve on a free port of loopback, with the packs of a folder."""
    clock, telemetry, trust = SystemClock(), Telemetry(), Trust()
    store = MemoryStore(ManualClock(FIRST_EPOCH))  # epochs follow the store's clock

    async def ensure(world: str) -> str:
        return "here"

    async def open_world(card: WorldCard) -> str:
        return "full"  # clients open none here

    hall = Hall(
        store,
        clock,
        PackShelf(store, worlds),
        open_world,
        ensure=ensure,
        submit=lambda world, proposal: gallery.submit(world, proposal),
        telemetry=telemetry,
        node=NODE,
    )
    listener = Listener(
        ListenOptions(port=0),
        clock=clock,
        telemetry=telemetry,
        trust=trust,
        site=Site({}, telemetry, trust),
        connect=hall.connect,
    )
    gallery = Gallery(store, hall, listener)
    running = [asyncio.ensure_future(hall.run()), asyncio.ensure_future(gallery.run())]
    try:
        async with listener:
            yield gallery
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
