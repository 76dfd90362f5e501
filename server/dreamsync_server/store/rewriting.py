"""Having a store write its append-only file anew, so that what was erased is not in it either."""

import asyncio
from typing import Any, Final

from redis.exceptions import RedisError, ResponseError

from dreamsync_server.limits import STORE_REWRITE_S, STORE_TIMEOUT_S
from dreamsync_server.store.redis.client import client

_LOOK_S: Final = 0.05


async def rewrite(url: str, timeout_s: float = STORE_REWRITE_S) -> bool:
    """Have the one server at a URL write its file anew from what it holds; wait until it has.

    False where it did not in time, or may not: then it does when it next does so by itself.
    """
    redis: Any = client(url, retries=1, timeout_s=STORE_TIMEOUT_S)
    try:
        async with asyncio.timeout(timeout_s):
            await _begun(redis)
            while True:
                told = await redis.info("persistence")
                if not (told["aof_rewrite_in_progress"] or told["aof_rewrite_scheduled"]):
                    return bool(told["aof_last_bgrewrite_status"] == "ok")
                await asyncio.sleep(_LOOK_S)
    except (RedisError, OSError, TimeoutError):
        return False
    finally:
        await redis.aclose()


async def _begun(redis: Any) -> None:
    """Begin a rewrite that holds nothing of before now: one that runs already does not count."""
    while True:
        try:
            await redis.execute_command("BGREWRITEAOF")
        except ResponseError as error:
            if "in progress" not in str(error):
                raise
            await asyncio.sleep(_LOOK_S)
        else:
            return
