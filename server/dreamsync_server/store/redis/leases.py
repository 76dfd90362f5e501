"""Leases in Valkey or Redis: who lives. They protect nothing; epochs do.

In a cluster one lease is several keys, spread evenly over the slots, and more than half of them
decide: where it were one key, the failure of that key's shard would stop a node's worlds on every
other shard too.
"""

import asyncio
import logging
import math
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from dreamsync_server.errors import StoreError, StoreUnavailableError
from dreamsync_server.store import keys
from dreamsync_server.store.redis.link import Call, Link

log = logging.getLogger(__name__)


class RedisLeases:
    """The part of the contract that is about leases."""

    _link: Link

    async def lease(self, holder: str, value: str, ttl_s: float) -> bool:
        """Take or renew a lease; False where another has it."""
        args = (value, math.ceil(ttl_s * 1000))
        names = self._names(holder)
        works = [self._link.script(Call("lease", (name,), args)) for name in names]
        answers = await self._ask(works, lambda got: _is_settled(got, len(names)))
        if answers.count(1) > len(names) // 2:
            return True
        if len(names) > 1 and 1 in answers:  # what was taken is of no use to anybody
            await self.drop_lease(holder, value)
        if answers.count(0) > len(names) // 2:
            return False
        raise StoreUnavailableError(f"too few shards answered for the lease {holder}")

    async def lease_holder(self, holder: str) -> str | None:
        """Return the value of a live lease."""
        names = self._names(holder)
        works = [self._link.read("GET", name) for name in names]
        answers = await self._ask(works, lambda got: _is_settled(got, len(names)))
        most = len(names) // 2
        if len(answers) <= most:
            raise StoreUnavailableError(f"too few shards answered for the lease {holder}")
        value, count = Counter(answers).most_common(1)[0]
        if value is None or (count <= most and len(answers) == len(names)):
            return None
        # A shard that is silent may hold what is missing of it: who may live counts as alive.
        return str(value.decode())

    async def drop_lease(self, holder: str, value: str | None = None) -> None:
        """End a lease at once, if it has this value (any, where None)."""
        names = self._names(holder)
        works: list[Coroutine[Any, Any, Any]]
        if value is None:
            works = [self._link.write("DEL", name) for name in names]
        else:
            works = [self._link.script(Call("drop", (name,), (value,))) for name in names]
        answers = await self._ask(works, lambda got: len(got) > len(names) // 2)
        if len(answers) <= len(names) // 2:
            raise StoreUnavailableError(f"too few shards answered for the lease {holder}")

    def _names(self, holder: str) -> Sequence[str]:
        return keys.lease_parts(holder) if self._link.routes.is_cluster else (keys.lease(holder),)

    async def _ask(
        self, works: Sequence[Coroutine[Any, Any, Any]], is_enough: Callable[[list[Any]], bool]
    ) -> list[Any]:
        """Return what was answered until that is enough; the others go on to their end beside.

        Raises:
            StoreError: there is one to ask, and it does not answer.
        """
        if len(works) == 1:
            return [await works[0]]
        tasks = [asyncio.create_task(self._link.shield(work)) for work in works]
        answers: list[Any] = []
        waiting = set(tasks)
        while waiting and not is_enough(answers):
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                error = task.exception()
                if error is None:
                    answers.append(task.result())
                elif not isinstance(error, StoreError):
                    raise error
        for task in waiting:
            task.add_done_callback(_forget)
        return answers


def _is_settled(answers: list[Any], most: int) -> bool:
    """Return whether one answer was given by more than half of those that were asked."""
    return any(count > most // 2 for count in Counter(answers).values())


def _forget(task: asyncio.Task[Any]) -> None:
    """Take what a late one answered, so that nobody complains of it."""
    if not task.cancelled() and task.exception() is not None:
        log.debug("a late answer for a lease: %s", task.exception())
