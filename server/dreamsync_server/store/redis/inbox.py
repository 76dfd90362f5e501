"""Worlds' bounded inboxes in Valkey or Redis."""

import logging
from collections.abc import Sequence
from typing import Final

from dreamsync_server.limits import INBOX_LENGTH_MAX
from dreamsync_server.store import codec, keys
from dreamsync_server.store.port import Entry
from dreamsync_server.store.redis.doorbells import INBOX_BELL
from dreamsync_server.store.redis.link import Call, Link, pairs
from dreamsync_server.world.commit import Proposal

log = logging.getLogger(__name__)

_START: Final = "-"


class RedisInbox:
    """The part of the contract that is about proposals on their way."""

    _link: Link

    async def propose(self, world: str, proposal: Proposal) -> bool:
        """Put a proposal in the world's bounded inbox and ring; False where it is full or gone."""
        names = keys.of_world(world)
        args = (INBOX_LENGTH_MAX, codec.encode_proposal(proposal), names.bell, INBOX_BELL)
        call = Call("propose", (names.own, names.inbox), args)
        return bool(await self._link.script(call, is_confirmed=True) == 1)

    async def inbox(self, world: str, after: str, limit: int = 64) -> Sequence[Entry]:
        """Return entries after a cursor, in order; those that cannot be read are left out."""
        key = keys.of_world(world).inbox
        while True:
            start = f"({after}" if after else _START
            rows = await self._link.read("XRANGE", key, start, "+", "COUNT", limit)
            entries = []
            for cursor, fields in rows:
                after = cursor.decode()
                try:
                    entries.append(Entry(after, codec.decode_proposal(pairs(fields)[b"p"])))
                except codec.CodecError as error:
                    log.warning("world %s: inbox entry %s is left out: %s", world, after, error)
            if entries or len(rows) < limit:
                return entries

    async def trim_inbox(self, world: str, through: str) -> None:
        """Drop entries up to and including a cursor."""
        ms, _, number = through.partition("-")
        lowest = f"{ms}-{int(number) + 1}"
        await self._link.write("XTRIM", keys.of_world(world).inbox, "MINID", "=", lowest)
