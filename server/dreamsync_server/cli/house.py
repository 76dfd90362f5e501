"""The house that `serve` opens: waits for the node, has a public world ready, says so."""

import asyncio
import contextlib
import socket
import ssl
import sys
from pathlib import Path
from typing import Final

import dreamsync
from dreamsync_server.cli.called import own_command
from dreamsync_server.cli.links import Link, page_address
from dreamsync_server.cli.poster import Poster
from dreamsync_server.cli.supervisor import Ending
from dreamsync_server.packs.shipped import find_world, worlds_folders
from dreamsync_server.settings import Settings
from dreamsync_server.store.redis.address import place_of

READY_S = 20.0
LOOK_S = 0.05
AGAIN_S = 1.0  # between two tries to have the public world open, on a machine that is slow just now
_MAY_PASS: Final = (
    dreamsync.BusyError,
    dreamsync.UnreachableError,
    dreamsync.LineLostError,
    dreamsync.UnknownOutcomeError,
)
_EVERYWHERE: Final = ("0.0.0.0", "::")
_FAR_AWAY: Final = ("192.0.2.1", 9)  # of nobody; asked only for the way that leads there


class House:
    """Where people come in: the address of the node and the world that is ready for them."""

    def __init__(self, settings: Settings, store_url: str) -> None:
        self.settings = settings
        self.store_url = store_url

    @property
    def is_tls(self) -> bool:
        """Whether the node speaks TLS itself."""
        return bool(self.settings.tls_cert)

    @property
    def near_host(self) -> str:
        """The host at which this machine reaches the node."""
        return "127.0.0.1" if self.settings.host in _EVERYWHERE else self.settings.host

    @property
    def web_url(self) -> str:
        """The node's address for people: a phone in the same network can use it, if any can."""
        if self.settings.address:
            return page_address(self.settings.address)
        is_open = self.settings.host in _EVERYWHERE
        return self._url("http", lan_address() if is_open else self.near_host)

    @property
    def socket_url(self) -> str:
        """The node's address for a program on this machine."""
        return self._url("ws", self.near_host)

    @property
    def tls(self) -> ssl.SSLContext | None:
        """What trusts the node's own certificate, which is for the name that people use."""
        return trusting(Path(self.settings.tls_cert)) if self.is_tls else None

    def _url(self, scheme: str, host: str) -> str:
        host = f"[{host}]" if ":" in host else host
        return f"{scheme}{'s' if self.is_tls else ''}://{host}:{self.settings.port}"

    @property
    def watched(self) -> str:
        """What of packs is watched, for a person; "" for nothing."""
        if not self.settings.dev:
            return ""
        folders = ", ".join(str(folder) for folder in worlds_folders(self._extra))
        return f"packs in {folders}: save a file, and worlds go on under it"

    def why_no_world(self, error: dreamsync.DreamsyncError) -> str:
        """Return why there is no public world, and what to do about it."""
        folder = find_world(self.settings.public_pack, self._extra)
        if error.code != "unknown_pack" or folder is None:
            return error.text
        check = f"`{own_command()} check {folder}` names them all"
        return f"the pack {self.settings.public_pack} has faults and cannot be played: {check}"

    @property
    def _extra(self) -> Path | None:
        return Path(self.settings.worlds) if self.settings.worlds else None

    @property
    def where(self) -> str:
        """Where the data lies, for a person."""
        return place_of(self.settings.store) or str(self.settings.data_path.absolute())


async def announce(house: House, survives: str, stop: Ending) -> None:
    """Wait until the node serves, see that a public world is open, and print the poster."""
    if not await until_ready(house):
        print("dreamsync: the node did not come up; its messages are above", file=sys.stderr)
        stop.fail()
        return
    is_said = False
    while True:
        try:
            poster = await open_for_all(house, survives)
        except dreamsync.DreamsyncError as error:
            if not is_said:
                why = house.why_no_world(error)
                print(f"dreamsync: serving at {house.web_url}, but: {why}", file=sys.stderr)
                is_said = True
            if not isinstance(error, _MAY_PASS):
                return
            await asyncio.sleep(AGAIN_S)
            continue
        print(poster.text(), flush=True)
        return


async def until_ready(house: House) -> bool:
    """Return whether the node answers within `READY_S`."""
    try:
        async with asyncio.timeout(READY_S):
            while True:
                try:
                    _, writer = await asyncio.open_connection(house.near_host, house.settings.port)
                except OSError:
                    await asyncio.sleep(LOOK_S)
                    continue
                writer.close()
                return True
    except TimeoutError:
        return False


async def open_for_all(house: House, survives: str) -> Poster:
    """Find the ready-made public world or open it; return the poster that leads there."""
    pack = house.settings.public_pack
    async with dreamsync.connect(house.socket_url, tls=house.tls) as dream:
        worlds = [w for w in await dream.worlds() if w.pack == pack and w.state != "ended"]
        if worlds:
            world = worlds[0].id
        elif pack:
            world = (await dream.create_world(pack, private=False, spectators=True)).id
        else:
            return Poster(
                "no public world", house.web_url, "", (), house.where, survives, house.watched
            )
        card = await dream.card(world=world)
    roles = tuple((role.name, role.held) for role in card.roles)
    link = str(Link(house.web_url, world))
    return Poster(
        card.title, link, world, roles, house.where, survives, house.watched, own_command()
    )


def lan_address() -> str:
    """Return this machine's address in its network, or loopback where it is in none.

    Nothing is sent: the kernel is asked which way a packet would go.
    """
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(_FAR_AWAY)
        found: str = probe.getsockname()[0]
        return found
    return "127.0.0.1"


def trusting(cert: Path) -> ssl.SSLContext:
    """Return what trusts whoever shows the certificate in a file, whatever name it is for."""
    context = ssl.create_default_context(cafile=str(cert))
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # the file need not hold the root
    return context
