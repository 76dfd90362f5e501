"""Worlds, packs and leases in Valkey or Redis: what is known beside the logs."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Any, Final

from dreamsync_server.errors import StoreError
from dreamsync_server.limits import DIRECTORY_BUCKETS, SHARED_ENDINGS_MAX
from dreamsync_server.store import codec, keys
from dreamsync_server.store.port import WorldCard
from dreamsync_server.store.redis.leases import RedisLeases
from dreamsync_server.store.redis.link import Call, pairs
from dreamsync_server.world.commit import Position

log = logging.getLogger(__name__)

_CARDS_AT_ONCE: Final = 500
_NOTHING: Final = Position(0, 0)


class RedisDirectory(RedisLeases):
    """The part of the contract that is about worlds, packs, nodes and the store's health.

    The listing and the codes lie in other shards than the worlds: they are hints, written before
    a world and deleted after it, so that no world is ever unlisted.
    """

    async def create_world(self, card: WorldCard, tail: Position | None = None) -> bool:
        """Write a new world's card and list it; False where the id or its code is taken."""
        return await self._link.shield(self._create_world(card, tail or _NOTHING))

    async def card(self, world: str) -> WorldCard | None:
        """Return a world's card."""
        raw = await self._link.read("GET", keys.of_world(world).card)
        return None if raw is None else codec.decode_card(raw)

    async def worlds(self) -> Sequence[WorldCard]:
        """Return the cards of all listed worlds, ordered by creation.

        In a cluster those of a shard that does not answer are left out.
        """
        listed = await self.listed(range(DIRECTORY_BUCKETS))
        cards = []
        for start in range(0, len(listed), _CARDS_AT_ONCE):
            some = listed[start : start + _CARDS_AT_ONCE]
            asked = [("GET", keys.of_world(w).card) for w in some]
            raws = await self._link.try_read_many(asked)
            if not self._link.routes.is_cluster:
                _of_those_that_answer(raws)
            cards += [codec.decode_card(raw) for raw in raws if isinstance(raw, bytes)]
        return sorted(cards, key=lambda card: (card.created_ms, card.world))

    async def listed(self, buckets: Sequence[int]) -> Sequence[str]:
        """Return the ids of the worlds in some buckets of the directory."""
        return await self._ids([("ZRANGE", keys.directory(i), 0, -1) for i in buckets])

    async def awake(self, buckets: Sequence[int]) -> Sequence[str]:
        """Return the ids of the worlds in these buckets that are listed as awake."""
        return await self._ids([("SMEMBERS", keys.awake(i)) for i in buckets])

    async def note_awake(self, world: str, is_awake: bool) -> None:
        """List a world as awake, or no longer."""
        await self._link.write("SADD" if is_awake else "SREM", keys.awake_of(world), world)

    async def opened_by(self, creator: str) -> int:
        """Return how many worlds there are that this creator opened."""
        count: int = await self._link.read("SCARD", keys.opened_by(creator))
        return count

    async def world_by_code(self, code_hash: str) -> str | None:
        """Return the world a typed invite code leads to."""
        raw = await self._link.read("GET", keys.code(code_hash))
        return None if raw is None else raw.decode()

    async def delete_world(self, world: str) -> None:
        """Delete a world, its log, texts and listing."""
        await self._link.shield(self._delete_world(world))

    async def set_status(self, world: str, status: Mapping[str, Any]) -> None:
        """Write directory hints about a world."""
        names = keys.of_world(world)
        args = (codec.encode_plain(status),)
        is_there = await self._link.script(Call("status", (names.card, names.status), args))
        await self.note_awake(world, bool(is_there and status.get("awake")))

    async def status(self, world: str) -> Mapping[str, Any]:
        """Return the directory hints about a world; may be old."""
        raw = await self._link.read("GET", keys.of_world(world).status)
        return {} if raw is None else codec.decode_hints(raw)

    async def share_ending(self, pack_id: str, ending: str) -> None:
        """Let directors know that a world of a pack came to an ending."""
        call = Call("share", (keys.endings(pack_id),), (ending, SHARED_ENDINGS_MAX))
        await self._link.script(call)

    async def shared_endings(self, pack_id: str) -> Sequence[str]:
        """Return the endings that worlds of a pack shared, the last shared first."""
        raws = await self._link.read("LRANGE", keys.endings(pack_id), 0, SHARED_ENDINGS_MAX - 1)
        return tuple(raw.decode() for raw in raws)

    async def put_pack(self, pack_hash: str, files: Mapping[str, str]) -> None:
        """Keep a pack's files under its hash; the same hash is written once."""
        await self._link.write("SET", keys.pack(pack_hash), codec.encode_files(files), "NX")

    async def get_pack(self, pack_hash: str) -> Mapping[str, str] | None:
        """Return a pack's files, or None."""
        raw = await self._link.read("GET", keys.pack(pack_hash))
        return None if raw is None else codec.decode_files(raw)

    async def put_node(self, node: str, about: Mapping[str, Any]) -> None:
        """Write what a process says of itself."""
        await self._link.write("HSET", keys.NODES, node, codec.encode_plain(about))

    async def nodes(self) -> Mapping[str, Mapping[str, Any]]:
        """Return what the processes that live say of themselves; forget the others."""
        rows = await self._link.read("HGETALL", keys.NODES)
        said = {name.decode(): raw for name, raw in pairs(rows).items()}
        leases = await asyncio.gather(*[self.lease_holder(f"node:{n}") for n in said])
        live = [name for name, lease in zip(said, leases, strict=True) if lease is not None]
        if dead := [name for name in said if name not in live]:
            await self._link.write("HDEL", keys.NODES, *dead)
        return {name: codec.decode_hints(said[name]) for name in live}

    async def ping(self) -> bool:
        """Return whether the store answers in time. Never raises."""
        try:
            await self._link.ask_all("PING")
        except StoreError as error:
            log.info("no answer to a ping: %s", error)
            return False
        return True

    async def memory_share(self) -> float:
        """Return used memory as a share of the store's maxmemory; 0.0 where it has none."""
        told = [_words(said) for said in await self._link.ask_all("INFO", "memory")]
        bounded = [memory for memory in told if int(memory.get(b"maxmemory", 0))]
        shares = [int(one[b"used_memory"]) / int(one[b"maxmemory"]) for one in bounded]
        return max(shares, default=0.0)

    async def _create_world(self, card: WorldCard, tail: Position) -> bool:
        """Claim the code, list the world, write it; take the code back where the id is taken."""
        world = card.world
        code = keys.code(card.code_hash)
        if card.code_hash and not await self._link.write("SET", code, world, "NX"):
            is_ours = await self.world_by_code(card.code_hash) == world
            if not is_ours:  # else an earlier attempt broke off behind this step: go on
                return False
        await self._link.write("ZADD", keys.directory_of(world), "NX", card.created_ms, world)
        names = keys.of_world(world)
        keys_of_log = (names.segments, names.sealed, names.epochs, names.texts, names.snapshots)
        args = (codec.encode_card(card), tail.seq, tail.epoch)
        call = Call("create", (names.own, names.card, *keys_of_log), args)
        made = await self._link.script(call, is_confirmed=True)
        if made == 1:
            await self._count(card)
            return True
        known = await self.card(world)
        if card.code_hash and (known is None or known.code_hash != card.code_hash):
            await self._link.script(Call("drop", (code,), (world,)))
        if made == -1:
            await self._link.write("ZREM", keys.directory_of(world), world)
            raise StoreError(f"the log that was put away for {world} is not whole")
        if known != card:
            return False
        await self._count(card)
        return True

    async def _count(self, card: WorldCard) -> None:
        if card.creator:
            await self._link.write("SADD", keys.opened_by(card.creator), card.world)

    async def _delete_world(self, world: str) -> None:
        card = await self.card(world)
        if card is not None and card.creator:
            await self._link.write("SREM", keys.opened_by(card.creator), world)
        await self._link.write("UNLINK", *keys.of_world(world))
        await self._link.write("ZREM", keys.directory_of(world), world)
        await self.note_awake(world, False)
        if card is not None and card.code_hash:
            await self._link.script(Call("drop", (keys.code(card.code_hash),), (world,)))

    async def _ids(self, asked: Sequence[tuple[str | int, ...]]) -> list[str]:
        found = _of_those_that_answer(await self._link.try_read_many(asked)) if asked else []
        return [world.decode() for bucket in found for world in bucket]


def _words(info: bytes) -> dict[bytes, bytes]:
    """Return what a server says of itself by INFO."""
    lines = (line.partition(b":") for line in info.splitlines() if not line.startswith(b"#"))
    return {name: value for name, colon, value in lines if colon}


def _of_those_that_answer(answers: Sequence[Any]) -> Sequence[Any]:
    """Return answers without the errors of shards that are silent.

    Raises:
        StoreError: none answered.
    """
    good = [answer for answer in answers if not isinstance(answer, StoreError)]
    if answers and not good:
        raise answers[0]
    return good
