"""A play in a world of secrets, and what of them is found in the bytes of others."""

import asyncio
import contextlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from websockets.asyncio.client import connect as connect_websocket
from websockets.typing import Subprotocol

import dreamsync
from dreamsync.dream import Dream, _socket_url
from dreamsync.entry import Greeting
from dreamsync.protocol import bounds
from dreamsync.protocol import server_messages as wire
from faults.bots import QuickClock
from faults.line_tap import LineTap

VAULT = Path(__file__).parent / "worlds"
CANARY = re.compile(rb"cnry[a-z]*")
OPEN = frozenset([b"cnrysaid"])  # said aloud in the hall: the others are to have it
DEADLINE_S = 60.0


@dataclass
class Play:
    """What was sent to whom: bytes by name. `kept` are the keeper's alone, `keeper_digests` too."""

    world: str = ""
    kept: dict[str, bytes] = field(default_factory=dict)
    others: dict[str, bytes] = field(default_factory=dict)
    keeper_digests: frozenset[bytes] = frozenset()

    def leaks(self) -> list[str]:
        """Return what of the keeper's was found with others."""
        return [f"{name}: {found}" for name, raw in self.others.items() for found in self.in_(raw)]

    def in_(self, raw: bytes) -> list[str]:
        """Return the secrets found in some bytes."""
        found = {*CANARY.findall(raw)} - OPEN
        found |= {digest for digest in self.keeper_digests if digest in raw}
        return sorted(secret.decode() for secret in found)


class _House:
    """Clients by name, each on a line of its own."""

    def __init__(self, tap: Callable[[], LineTap], stack: contextlib.AsyncExitStack) -> None:
        self.taps: dict[str, LineTap] = {}
        self._tap = tap
        self._stack = stack

    async def dream(self, name: str, *, is_json: bool) -> Dream:
        """Return a program's way to the node."""
        tap = self.taps[name] = await self._stack.enter_async_context(self._tap())
        greeting = Greeting("leaks", "en")
        dream = Dream(_socket_url(tap.url), greeting, is_json=is_json, clock=QuickClock(10))
        return await self._stack.enter_async_context(dream)


async def play(tap: Callable[[], LineTap], *, keeper_is_json: bool) -> Play:
    """Let the keeper do everything that is secret, and others do all they can to see it."""
    told = Play()
    async with asyncio.timeout(DEADLINE_S), contextlib.AsyncExitStack() as stack:
        house = _House(tap, stack)
        owner = await house.dream("owner", is_json=False)
        world = await owner.create_world("vault", seed=5, spectators=True, understudies=False)
        told.world = world.id
        keeper_dream = await house.dream("keeper", is_json=keeper_is_json)
        keeper = await keeper_dream.enter(world.id, role="keeper", invite=world.invite)
        thieves = await house.dream("thief", is_json=not keeper_is_json)
        thief = await thieves.enter(world.id, role="thief", invite=world.invite)
        watchers = []
        for is_json in (False, True):
            other = await house.dream(f"watcher {is_json}", is_json=is_json)
            watchers.append(await other.watch(world.id, invite=world.invite))
        await _keep(keeper)
        await _steal(thief)
        for name in ("thief", "watcher True", "watcher False"):
            house.taps[name].cut()
        await _keep(keeper)
        assert (await thief.act("talk", words="cnrysaid")).ok
        await thief.speak("en")  # which brings its whole view again
        for is_json in (False, True):
            await _come_late(house, world, is_json=is_json)
            await _be_a_stranger(house, world, is_json=is_json)
        last = (await thief.act("talk", words="the end")).position
        for viewer in (keeper, thief, *watchers):
            while viewer.position[1] < last[1]:
                await asyncio.sleep(0.01)
        keeper_tap = house.taps.pop("keeper")
        told.kept["keeper"] = keeper_tap.raw
        told.others = {name: tap.raw for name, tap in house.taps.items()}
        told.keeper_digests = _digests(keeper_tap)
    return told


async def _keep(keeper: dreamsync.Player) -> None:
    """Do what nobody else is to know of."""
    assert (await keeper.act("cnrydeed", words="cnryword by hand")).ok
    assert (await keeper.act("mutter", words="cnrymutter")).ok
    assert (await keeper.act("open_box")).code == "condition"
    assert (await keeper.act("strain")).code == "condition"
    assert (await keeper.act("go", to="vault.cell")).ok
    assert (await keeper.choose("oath", "cnrystay")).ok
    assert (await keeper.act("go", to="vault.hall")).ok


async def _steal(thief: dreamsync.Player) -> None:
    """Try everything that might be refused with too many words."""
    outcomes = [
        await thief.act("peek"),
        await thief.act("open_box"),
        await thief.act("strain"),
        await thief.act("mutter", words="mine"),
        await thief.choose("oath", "bow"),
        await thief.claim("keeper"),
        await thief.act("no_such_thing"),
        await thief.act("go", to="nowhere_at_all"),
    ]
    assert not any(outcomes), outcomes
    await thief.people()


async def _come_late(house: _House, world: dreamsync.World, *, is_json: bool) -> None:
    """Enter when all is done: with no role, and to watch."""
    dream = await house.dream(f"late player {is_json}", is_json=is_json)
    player = await dream.enter(world.id, invite=world.invite)
    assert not await player.claim("keeper")
    dream = await house.dream(f"late watcher {is_json}", is_json=is_json)
    await dream.watch(world.id, invite=world.invite)


async def _be_a_stranger(house: _House, world: dreamsync.World, *, is_json: bool) -> None:
    """Ask for all that may be asked from outside, and send what makes no sense."""
    dream = await house.dream(f"stranger {is_json}", is_json=is_json)
    await dream.worlds()
    await dream.pack("vault")
    for invite in (None, "wrong"):
        with contextlib.suppress(dreamsync.DreamsyncError):
            await dream.card(world.id, invite=invite)
        with contextlib.suppress(dreamsync.DreamsyncError):
            await dream.enter(world.id, role="keeper", invite=invite)
    with contextlib.suppress(dreamsync.DreamsyncError):
        await dream.desk(world.id, token="wrong")
    protocol = bounds.SUBPROTOCOL_JSON if is_json else bounds.SUBPROTOCOL_MSGPACK
    url = _socket_url(house.taps[f"stranger {is_json}"].url)
    async with connect_websocket(url, subprotocols=[Subprotocol(protocol)]) as socket:
        for frame in (
            '{"type":"hello","v":1,"client":"x","lang":"en"}',
            b"\xc1",
            "{",
            '{"type":3}',
        ):
            await socket.send(frame)
        resume = '{"type":"resume","q":1,"world":"%s","session":"a","secret":"b","epoch":1,"seq":1}'
        await socket.send(resume % world.id)
        with contextlib.suppress(TimeoutError, Exception):
            async with asyncio.timeout(0.3):
                async for _ in socket:
                    continue


def _digests(tap: LineTap) -> frozenset[bytes]:
    """Return the digests of the views that a client was sent."""
    views = (wire.Entered, wire.Reset, wire.View)
    return frozenset(said.digest.encode() for _, said in tap.messages() if isinstance(said, views))


def secrets_of(files: Mapping[str, str]) -> set[bytes]:
    """Return every canary that a pack's files have."""
    return {found for text in files.values() for found in CANARY.findall(text.encode())}
