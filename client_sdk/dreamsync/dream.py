"""The door to a server: open and list worlds, enter them, watch them, sit at their desk."""

import asyncio
import ssl
from collections.abc import Callable
from functools import partial
from typing import Final, TypeVar
from urllib.parse import urlsplit, urlunsplit

from dreamsync.connection import PATIENCE_S, Clock, Connection
from dreamsync.conversation import Conversation
from dreamsync.desk import Desk
from dreamsync.entry import Entry, Greeting
from dreamsync.errors import ProtocolFaultError, UsageError
from dreamsync.notices import Answered, Notice
from dreamsync.player import Player
from dreamsync.protocol.bounds import SOCKET_PATH
from dreamsync.protocol.cards import PackCard, WorldCard
from dreamsync.protocol.server_messages import CardAnswer, Created, Worlds
from dreamsync.session import ClientSession
from dreamsync.viewer import Viewer
from dreamsync.world import Class, World, class_of, world_of

CLIENT: Final = "dreamsync-python/0.1.0"
OPEN_S: Final = 15.0

SomeViewer = TypeVar("SomeViewer", bound=Viewer)


class Dream:
    """A server, as one program sees it. Made by `connect`; use `async with`, or close it.

    Every session it opens is closed with it.
    """

    def __init__(
        self,
        url: str,
        greeting: Greeting,
        *,
        is_json: bool = False,
        tls: ssl.SSLContext | None = None,
        patience_s: float = PATIENCE_S,
        clock: Clock | None = None,
    ) -> None:
        self._url = url
        self._tls = tls
        self._greeting = greeting
        self._is_json = is_json
        self._patience_s = patience_s
        self._clock = clock
        self._lobby: Conversation | None = None
        self._viewers: list[Viewer] = []

    async def __aenter__(self) -> "Dream":
        await self.open()
        return self

    async def __aexit__(self, *_raised: object) -> None:
        await self.close()

    async def open(self) -> None:
        """Reach the server.

        Raises:
            UnreachableError: nothing answered; the network's fault, or the address is wrong.
        """
        self._lobby = self._converse(None, _nothing)
        await self._lobby.connection.open(OPEN_S)

    async def close(self) -> None:
        """Close every session of this program; seats are kept for a while."""
        viewers, self._viewers = self._viewers, []
        closing = [viewer.close() for viewer in viewers]
        if self._lobby is not None:
            closing.append(self._lobby.close())
        await asyncio.gather(*closing)

    async def create_world(
        self,
        pack: str,
        *,
        private: bool = True,
        seed: int | None = None,
        title: str | None = None,
        spectators: bool = False,
        understudies: bool = True,
        speed: int | None = None,
        shares_ending: bool = False,
    ) -> World:
        """Open a world of a pack. `speed` is world milliseconds a second; 1000 is real time.

        `shares_ending` lets other worlds of the pack hear how it ended: which ending, unsigned.

        Raises:
            RefusedError: no such pack, or too many worlds.
            UnknownOutcomeError: the line was lost meanwhile; a world may have been opened.
        """
        plain = {
            "type": "create",
            "pack": pack,
            "private": private,
            "seed": seed,
            "title": title,
            "spectators": spectators,
            "understudies": understudies,
            "speed": speed,
            "shares_ending": shares_ending or None,
        }
        made = await self._ask(plain)
        if not isinstance(made, Created):
            raise _wrong(made)
        return world_of(made)

    async def open_class(
        self,
        pack: str,
        count: int,
        *,
        title: str | None = None,
        spectators: bool = False,
        understudies: bool = True,
        speed: int | None = None,
    ) -> Class:
        """Open `count` private worlds of a pack at once, with one code for all who come.

        Raises:
            RefusedError: no such pack, or too many worlds.
            UnknownOutcomeError: the line was lost meanwhile; worlds may have been opened.
        """
        plain = {
            "type": "open_class",
            "pack": pack,
            "count": count,
            "title": title,
            "spectators": spectators,
            "understudies": understudies,
            "speed": speed,
        }
        made = await self._ask(plain)
        if not isinstance(made, Created):
            raise _wrong(made)
        return class_of(made)

    async def class_worlds(self, class_id: str, *, token: str) -> tuple[WorldCard, ...]:
        """Return the worlds of a class and how they stand, with its desk token.

        Raises:
            RefusedError: there is no such class, or it is not open to you.
        """
        answer = await self._ask({"type": "class", "world": class_id, "token": token})
        if not isinstance(answer, Worlds):
            raise _wrong(answer)
        return answer.worlds

    async def worlds(self) -> tuple[WorldCard, ...]:
        """Return the public worlds."""
        return (await self._list()).worlds

    async def packs(self) -> tuple[PackCard, ...]:
        """Return the packs that worlds can be made of."""
        return (await self._list()).packs

    async def card(
        self, world: str | None = None, *, code: str | None = None, invite: str | None = None
    ) -> WorldCard:
        """Return a world's card, by its id or by its typed code.

        Raises:
            RefusedError: there is no such world, or it is not open to you.
        """
        answer = await self._ask({"type": "card", "world": world, "code": code, "invite": invite})
        if not isinstance(answer, CardAnswer) or answer.world is None:
            raise _wrong(answer)
        return answer.world

    async def pack(self, pack: str) -> PackCard:
        """Return a pack's card."""
        answer = await self._ask({"type": "card", "pack": pack})
        if not isinstance(answer, CardAnswer) or answer.pack is None:
            raise _wrong(answer)
        return answer.pack

    async def enter(
        self,
        world: str,
        *,
        role: str | None = None,
        name: str | None = None,
        invite: str | None = None,
    ) -> Player:
        """Enter a world as a player, and take a role at once where one is named.

        Raises:
            RefusedError: no such world, or the seat is taken.
        """
        return await self._enter(
            Player, Entry(world, "player", role=role, name=name, invite=invite)
        )

    async def watch(self, world: str, *, invite: str | None = None) -> Viewer:
        """Watch a world as a spectator, where it has them."""
        return await self._enter(Viewer, Entry(world, "watch", invite=invite))

    async def desk(self, world: str, *, token: str, name: str | None = None) -> Desk:
        """Sit down at a world's desk, as a game master."""
        return await self._enter(Desk, Entry(world, "desk", name=name, token=token))

    async def script(self, world: str, *, token: str, name: str | None = None) -> Desk:
        """Sit down at a world's desk as a program."""
        return await self._enter(Desk, Entry(world, "script", name=name, token=token))

    async def _enter(self, kind: type[SomeViewer], entry: Entry) -> SomeViewer:
        entry.enter(1)  # what is wrong with it is said here
        viewer = kind(partial(self._converse, entry))
        self._viewers = [old for old in self._viewers if not old.is_over]
        self._viewers.append(viewer)  # before it is open: `close` may come meanwhile
        await viewer.open()
        return viewer

    async def _list(self) -> Worlds:
        answer = await self._ask({"type": "list"})
        if not isinstance(answer, Worlds):
            raise _wrong(answer)
        return answer

    async def _ask(self, plain: dict[str, object]) -> Answered:
        if self._lobby is None:
            raise UsageError("not_open", "Open the dream first: async with connect(...).")
        return await self._lobby.ask(plain)

    def _converse(self, entry: Entry | None, on_notice: Callable[[Notice], None]) -> Conversation:
        return Conversation(self._greeting, entry, on_notice, self._connect)

    def _connect(self, session: ClientSession, on_notice: Callable[[Notice], None]) -> Connection:
        return Connection(
            self._url,
            session,
            on_notice,
            is_json=self._is_json,
            tls=self._tls,
            clock=self._clock,
            patience_s=self._patience_s,
        )


def connect(
    url: str,
    *,
    lang: str = "en",
    json: bool = False,
    token: str | None = None,
    client: str = CLIENT,
    tls: ssl.SSLContext | None = None,
    patience_s: float = PATIENCE_S,
) -> Dream:
    """Return the server at `url` (ws://host:port or wss://…), to be opened by `async with`.

    `lang` is the wanted language of texts; `json` talks in text frames, for looking at them;
    `token` is the operator's (no bound of an address counts the worlds that it opens); `tls` says
    which certificates to trust where it is not the system's own list that decides; `patience_s` is
    how long a lost line is tried again.

    Raises:
        UsageError: the address is none.
    """
    greeting = Greeting(client, lang, token)
    greeting.hello()  # what is wrong with it is said here
    return Dream(_socket_url(url), greeting, is_json=json, tls=tls, patience_s=patience_s)


def _socket_url(url: str) -> str:
    """Return the address of the socket of a server whose address was given in any form."""
    try:
        parts = urlsplit(url if "://" in url else f"ws://{url}")
        is_address = bool(parts.hostname) and parts.port != 0
    except (TypeError, ValueError):  # no text at all, half an IPv6 address, a port out of range
        is_address = False
    scheme = {"http": "ws", "https": "wss"}.get(parts.scheme, parts.scheme) if is_address else ""
    if scheme not in ("ws", "wss"):
        raise UsageError("bad_address", f"{url!r} is no address such as ws://127.0.0.1:8765.")
    path = SOCKET_PATH if parts.path in ("", "/") else parts.path
    return urlunsplit((scheme, parts.netloc, path, parts.query, ""))


def _nothing(_notice: Notice) -> None:
    """Nobody listens in the lobby."""


def _wrong(answer: Answered) -> ProtocolFaultError:
    return ProtocolFaultError("bad_message", f"The server answered with a {answer.type}.")
