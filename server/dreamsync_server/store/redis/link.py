"""The connections to Valkey or Redis: scripts in one pipeline, one deadline, one kind of error.

What is written is never tried again here: the library's own retries would double it. The caller
resends what can be told apart. Reads have a client of their own, which may try once more.
"""

import asyncio
import hashlib
import importlib.resources
import logging
from collections.abc import Awaitable, Coroutine, Sequence
from functools import cache
from typing import Any, Final, NamedTuple, TypeVar

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import (
    AskError,
    ClusterDownError,
    MasterDownError,
    NoPermissionError,
    NoScriptError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisError,
    ResponseError,
    TryAgainError,
)

from dreamsync_server.errors import StoreError, StoreUnavailableError
from dreamsync_server.limits import STORE_CONNECTIONS_MAX, STORE_TIMEOUT_S

log = logging.getLogger(__name__)

_Result = TypeVar("_Result")

# Answers that say "not now": the same call may succeed later. MOVED is a kind of ASK here.
_PASSING: Final = (
    AskError,
    ClusterDownError,
    MasterDownError,
    NoPermissionError,
    OutOfMemoryError,
    ReadOnlyError,
    TryAgainError,
)
_SEEN_MS: Final = 10_000  # what was written only to be waited for goes by itself
_PASSING_CODES: Final = ("MISCONF", "NOREPLICAS", "BUSY", "UNKILLABLE", "LOADING")


class Script(NamedTuple):
    """A Lua script and its SHA-1, by which the server knows it once it has run."""

    text: str
    sha: str


class Call(NamedTuple):
    """One script to run. Its keys lie in one shard."""

    script: str
    keys: tuple[str, ...]
    args: Sequence[str | bytes | int]


class Answers(NamedTuple):
    """What scripts in one pipeline answered, in their order.

    `is_confirmed` says that enough replicas have what was written; True where none are asked for.
    """

    answers: list[Any]
    is_confirmed: bool


class Link:
    """A process's connections to one store."""

    def __init__(self, url: str, *, replicas: int = 0, timeout_s: float = STORE_TIMEOUT_S) -> None:
        self.url = url
        self._replicas = replicas
        self._timeout_s = timeout_s
        self._writer = client(url, retries=0, timeout_s=timeout_s)
        self._reader = client(url, retries=1, timeout_s=timeout_s)
        self._shielded: set[asyncio.Task[Any]] = set()

    async def read(self, *command: str | bytes | int) -> Any:
        """Run one command that writes nothing.

        Raises:
            StoreUnavailableError: no answer, or none in time.
        """
        redis: Any = self._reader  # whose commands are not typed
        return await self._within(redis.execute_command(*command))

    async def read_many(self, commands: Sequence[tuple[str | bytes | int, ...]]) -> list[Any]:
        """Run commands that write nothing, in one pipeline.

        Raises:
            StoreUnavailableError: no answer, or none in time.
        """
        pipeline = self._reader.pipeline(transaction=False)
        for command in commands:
            pipeline.execute_command(*command)
        answers: list[Any] = await self._within(pipeline.execute())
        return answers

    async def read_script(self, call: Call) -> Any:
        """Run one script that writes nothing.

        Raises:
            StoreUnavailableError: no answer, or none in time.
        """
        answers = await self._within(self._run(self._reader, [call], replicas=0))
        return _raised(answers.answers[0])

    async def write(self, *command: str | bytes | int) -> Any:
        """Run one command, once, and to its end even where the caller is cancelled.

        Raises:
            StoreUnavailableError: no answer in time; it may have been executed.
        """
        redis: Any = self._writer
        return await self.shield(self._within(redis.execute_command(*command)))

    async def script(self, call: Call, *, is_confirmed: bool = False) -> Any:
        """Run one script, once; with `is_confirmed`, wait for the replicas that are asked for.

        Raises:
            StoreUnavailableError: no answer in time, or too few replicas; it may have run.
        """
        answers = await self.scripts([call], is_confirmed=is_confirmed)
        if not answers.is_confirmed:
            raise StoreUnavailableError("too few replicas confirmed in time")
        return _raised(answers.answers[0])

    async def scripts(self, calls: Sequence[Call], *, is_confirmed: bool = False) -> Answers:
        """Run scripts in one pipeline, each once; an answer may be the error that one gave.

        They run to their end, even where the caller is cancelled.

        Raises:
            StoreUnavailableError: the pipeline broke; any of them may have run.
        """
        replicas = self._replicas if is_confirmed else 0
        return await self.shield(self._within(self._run(self._writer, calls, replicas)))

    @property
    def replicas(self) -> int:
        """How many replicas are asked for."""
        return self._replicas

    async def confirm(self, key: str) -> None:
        """Return once enough replicas have all that was written before. `key` is written for it.

        Raises:
            StoreUnavailableError: no answer in time, or too few replicas.
        """
        # WAIT counts what its own connection has written, so that reading is not enough.
        pipeline = self._writer.pipeline(transaction=False)
        pipeline.execute_command("SET", key, 1, "PX", _SEEN_MS)
        pipeline.execute_command("WAIT", self._replicas, int(self._timeout_s * 250))
        _, count = await self.shield(self._within(pipeline.execute()))
        if count < self._replicas:
            raise StoreUnavailableError("too few replicas confirmed in time")

    async def publish(self, said: Sequence[tuple[str, str]]) -> None:
        """Publish (channel, text) pairs in one pipeline.

        Raises:
            StoreUnavailableError: some may not have been published.
        """
        pipeline = self._writer.pipeline(transaction=False)
        for channel, text in said:
            pipeline.execute_command("PUBLISH", channel, text)
        await self._within(pipeline.execute())

    async def shield(self, doing: Coroutine[Any, Any, _Result]) -> _Result:
        """Do something to its end, even where the caller is cancelled meanwhile."""
        task = asyncio.create_task(doing)
        self._shielded.add(task)
        task.add_done_callback(self._shielded.discard)
        return await asyncio.shield(task)

    async def close(self) -> None:
        """Wait for what is shielded, then close every connection."""
        if self._shielded:
            await asyncio.wait(self._shielded, timeout=2 * self._timeout_s)
        for each in (self._writer, self._reader):
            await each.aclose()

    async def _run(self, redis: "Redis", calls: Sequence[Call], replicas: int) -> Answers:
        """Send scripts by their hash, and once more by their text those the server knows not."""
        answers, is_confirmed = await self._send(redis, calls, replicas, is_by_text=False)
        unknown = [i for i, answer in enumerate(answers) if isinstance(answer, NoScriptError)]
        if unknown:
            again = [calls[i] for i in unknown]
            more, is_confirmed_too = await self._send(redis, again, replicas, is_by_text=True)
            for i, answer in zip(unknown, more, strict=True):
                answers[i] = answer
            is_confirmed = is_confirmed and is_confirmed_too
        return Answers([_as_store_error(answer) for answer in answers], is_confirmed)

    async def _send(
        self, redis: "Redis", calls: Sequence[Call], replicas: int, *, is_by_text: bool
    ) -> tuple[list[Any], bool]:
        pipeline = redis.pipeline(transaction=False)
        for name, keys, args in calls:
            text, sha = load_scripts()[name]
            head = ("EVAL", text) if is_by_text else ("EVALSHA", sha)
            pipeline.execute_command(*head, len(keys), *keys, *args)
        if replicas:
            # Of the very connection that wrote: WAIT counts what this connection has written.
            # A quarter of the deadline, because a script that was forgotten is sent and waited
            # for twice, and the server looks at its waiting clients ten times a second.
            pipeline.execute_command("WAIT", replicas, int(self._timeout_s * 250))
        answers: list[Any] = await pipeline.execute(raise_on_error=False)
        if not replicas:
            return answers, True
        count = answers.pop()
        return answers, isinstance(count, int) and count >= replicas

    async def _within(self, doing: Awaitable[_Result]) -> _Result:
        try:
            async with asyncio.timeout(self._timeout_s):
                return await doing
        except (RedisError, OSError, TimeoutError) as error:
            raise store_error(error) from error


def client(url: str, *, retries: int, timeout_s: float, connections: int = 0) -> "Redis":
    """Return a client that connects within `timeout_s`; all else the caller must bound.

    The library's own `socket_timeout` stays off: before Python 3.12 it sends through `wait_for`,
    which now and then swallows a cancellation, so that a cancelled task lives on for ever. A pool
    that is full makes the next caller wait rather than fail. RESP2, because nothing here needs
    more and it saves a round trip a connection.
    """
    pool = BlockingConnectionPool.from_url(
        redis_url(url),
        max_connections=connections or STORE_CONNECTIONS_MAX,
        timeout=timeout_s,
        socket_timeout=None,
        socket_connect_timeout=timeout_s,
        retry=Retry(NoBackoff(), retries),
        protocol=2,
    )
    return Redis.from_pool(pool)


def redis_url(url: str) -> str:
    """Return a URL as the library knows it: it has no scheme for Valkey."""
    scheme, colon, rest = url.partition(":")
    return {"valkey": "redis", "valkeys": "rediss"}.get(scheme, scheme) + colon + rest


def store_error(error: Exception) -> StoreError:
    """Return what an error of the library means: not now, or a fault of ours."""
    if not isinstance(error, ResponseError) or isinstance(error, _PASSING):
        return StoreUnavailableError(
            f"the store is not available: {str(error) or 'no answer in time'}"
        )
    if str(error).startswith(_PASSING_CODES):
        return StoreUnavailableError(f"the store is not available: {error}")
    return StoreError(f"the store refused a call: {error}")


@cache
def load_scripts() -> dict[str, Script]:
    """Return all scripts by name."""
    found = {}
    folder = importlib.resources.files("dreamsync_server.store").joinpath("lua")
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".lua"):
            text = file.read_text("utf-8")
            sha = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
            found[file.name.removesuffix(".lua")] = Script(text, sha)
    return found


def _as_store_error(answer: Any) -> Any:
    return store_error(answer) if isinstance(answer, RedisError) else answer


def _raised(answer: Any) -> Any:
    """Return an answer, or raise it where it is an error."""
    if isinstance(answer, StoreError):
        raise answer
    return answer
