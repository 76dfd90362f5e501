"""The house that `serve` opens: waits for the node, has a public world ready, says so."""

import asyncio
import sys
from pathlib import Path

import dreamsync
from dreamsync_server.cli.links import Link
from dreamsync_server.cli.poster import Poster
from dreamsync_server.packs.shipped import worlds_folders
from dreamsync_server.settings import Settings
from dreamsync_server.store.redis.address import place_of

READY_S = 20.0
LOOK_S = 0.05


class House:
    """Where people come in: the address of the node and the world that is ready for them."""

    def __init__(self, settings: Settings, store_url: str) -> None:
        host = settings.host if settings.host not in ("0.0.0.0", "::", "") else "127.0.0.1"
        self._host = f"[{host}]" if ":" in host else host
        self.settings = settings
        self.store_url = store_url

    @property
    def is_tls(self) -> bool:
        """Whether the node speaks TLS itself."""
        return bool(self.settings.tls_cert)

    @property
    def web_url(self) -> str:
        """The node's address for a browser."""
        return f"http{'s' if self.is_tls else ''}://{self._host}:{self.settings.port}"

    @property
    def socket_url(self) -> str:
        """The node's address for the SDK."""
        return f"ws{'s' if self.is_tls else ''}://{self._host}:{self.settings.port}"

    @property
    def watched(self) -> str:
        """What of packs is watched, for a person; "" for nothing."""
        if not self.settings.dev:
            return ""
        folders = ", ".join(str(folder) for folder in worlds_folders(self._extra))
        return f"packs in {folders}: save a file, and worlds go on under it"

    @property
    def _extra(self) -> Path | None:
        return Path(self.settings.worlds) if self.settings.worlds else None

    @property
    def where(self) -> str:
        """Where the data lies, for a person."""
        return place_of(self.settings.store) or str(self.settings.data_path.absolute())


async def announce(house: House, survives: str, stop: asyncio.Event) -> None:
    """Wait until the node serves, see that a public world is open, and print the poster."""
    if not await until_ready(house):
        print("dreamsync: the node did not come up; its messages are above", file=sys.stderr)
        stop.set()
        return
    try:
        poster = await open_for_all(house, survives)
    except dreamsync.DreamsyncError as error:
        print(f"dreamsync: serving at {house.web_url}, but: {error}", file=sys.stderr)
        return
    print(poster.text(), flush=True)


async def until_ready(house: House) -> bool:
    """Return whether the node answers within `READY_S`."""
    port = house.settings.port
    host = house._host.strip("[]")
    try:
        async with asyncio.timeout(READY_S):
            while True:
                try:
                    _, writer = await asyncio.open_connection(host, port)
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
    async with dreamsync.connect(house.socket_url) as dream:
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
    link = str(Link(house.socket_url, world))
    return Poster(
        card.title, link, world, roles, house.where, survives, house.watched, own_command()
    )


def own_command() -> str:
    """Return how a person calls these commands: installed as `dreamsync`, or in a checkout."""
    return "dreamsync" if Path(sys.argv[0]).name.startswith("dreamsync") else "./dream"
