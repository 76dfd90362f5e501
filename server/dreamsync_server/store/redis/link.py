"""What is asked of Valkey or Redis: one write a shard, one deadline, one kind of error.

What is written is never tried again here: the library's own retries would double it. The caller
resends what can be told apart. Only what a server answers that it has *not* done (it knows not the
script, or says who has the key) goes out again. Reads have a client of their own, which may try
once more.
"""

import asyncio
import functools
import logging
from collections.abc import Coroutine, Sequence
from typing import Any, Final, NamedTuple, TypeVar

from redis.exceptions import (
    AskError,
    ClusterDownError,
    MasterDownError,
    MovedError,
    NoScriptError,
    ReadOnlyError,
    RedisError,
    ResponseError,
    TryAgainError,
)

from dreamsync_server.errors import StoreError, StoreUnavailableError
from dreamsync_server.limits import (
    RINGS_AT_ONCE_MAX,
    STORE_HOPS_MAX,
    STORE_TIMEOUT_S,
    STORE_TRY_AGAIN_S,
)
from dreamsync_server.store.redis.client import Server, client, redis_url, store_error
from dreamsync_server.store.redis.routes import open_routes
from dreamsync_server.store.redis.scripts import Call, load_scripts
from dreamsync_server.store.redis.wire import Line

log = logging.getLogger(__name__)

__all__ = ["Call", "Link", "client", "load_scripts", "pairs", "redis_url", "store_error"]
_Result = TypeVar("_Result")
_Command = tuple[str | bytes | int, ...]
_SEEN_MS: Final = 10_000  # what was written only to be waited for goes by itself
# Not done, because somebody else has the key now, or will soon.
_ELSEWHERE: Final = (ClusterDownError, MasterDownError, ReadOnlyError)


class Answers(NamedTuple):
    """What calls answered, in their order; an answer may be the error that one gave.

    `confirmed` says of each whether enough replicas have what was written up to it; True where
    none are asked for.
    """

    answers: list[Any]
    confirmed: list[bool]


class Confirmation(NamedTuple):
    """What is asked for before a write counts: so many replicas, `is_fsynced` on their disks too.

    Where it is, the server itself must have fsynced as well (WAITAOF in place of WAIT).
    """

    replicas: int = 0
    is_fsynced: bool = False

    def command(self, wait_ms: int) -> _Command:
        """Return what is sent behind the writes, on their connection."""
        if self.is_fsynced:
            return ("WAITAOF", 1, self.replicas, wait_ms)
        return ("WAIT", self.replicas, wait_ms)

    def is_met(self, answer: Any) -> bool:
        """Return whether what the server answered is enough."""
        if self.is_fsynced:
            return isinstance(answer, list) and answer[0] >= 1 and answer[1] >= self.replicas
        return isinstance(answer, int) and answer >= self.replicas


class _Item:
    """One command or script on its way."""

    def __init__(self, key: str, command: _Command, call: Call | None = None) -> None:
        self.key = key
        self.call = call
        self.is_by_text = False
        self.answer: Any = None
        self.is_confirmed = True
        self.sent_to: tuple[Server, bool] | None = None  # and whether it is to say ASKING
        self._command = command

    def command(self) -> _Command:
        """Return what is sent."""
        if self.call is None:
            return self._command
        name, keys, args = self.call
        text, sha = load_scripts()[name]
        head = ("EVAL", text) if self.is_by_text else ("EVALSHA", sha)
        return (*head, len(keys), *keys, *args)


class Link:
    """A process's connections to one store: a server, behind Sentinels, or a cluster."""

    def __init__(
        self,
        url: str,
        *,
        replicas: int = 0,
        is_fsynced: bool = False,
        timeout_s: float = STORE_TIMEOUT_S,
    ) -> None:
        self.url = url
        self.routes = open_routes(url, timeout_s)
        self.confirmation = Confirmation(replicas, is_fsynced) if replicas else None
        self._timeout_s = timeout_s
        self._shielded: set[asyncio.Task[Any]] = set()

    async def read(self, *command: str | bytes | int) -> Any:
        """Run one command that writes nothing; its key is its first argument, where it has one.

        Raises:
            StoreUnavailableError: no answer, or none in time.
        """
        (answer,) = await self.read_many([command])
        return answer

    async def read_many(self, commands: Sequence[_Command]) -> list[Any]:
        """Run commands that write nothing, in one pipeline a shard.

        Raises:
            StoreUnavailableError: no answer of some, or none in time.
        """
        return [_raised(answer) for answer in await self.try_read_many(commands)]

    async def try_read_many(self, commands: Sequence[_Command]) -> list[Any]:
        """Run commands that write nothing; an answer may be the error that one gave."""
        items = [_Item(str(command[1]) if command[1:] else "", command) for command in commands]
        await self._run(items, is_writing=False)
        return [item.answer for item in items]

    async def read_script(self, call: Call) -> Any:
        """Run one script that writes nothing.

        Raises:
            StoreUnavailableError: no answer, or none in time.
        """
        item = _Item(call.keys[0], (), call)
        await self._run([item], is_writing=False)
        return _raised(item.answer)

    async def ask_all(self, *command: str | bytes | int) -> list[Any]:
        """Ask every server something about itself; return what those answered who did.

        Raises:
            StoreUnavailableError: none did.
        """
        servers = await self.routes.servers()
        items = [_Item("", command) for _ in servers]
        until_s = self._until_s()
        asking = [
            self._send(server.reader, [item], until_s, is_asking=False, wait=None)
            for server, item in zip(servers, items, strict=True)
        ]
        await asyncio.gather(*asking)
        _settle(items)
        answers = [item.answer for item in items if not isinstance(item.answer, StoreError)]
        return answers or [_raised(item.answer) for item in items]

    async def write(self, *command: str | bytes | int) -> Any:
        """Run one command, once, and to its end even where the caller is cancelled.

        Raises:
            StoreUnavailableError: no answer in time; it may have been executed.
        """
        item = _Item(str(command[1]), command)
        await self.shield(self._run([item], is_writing=True))
        return _raised(item.answer)

    async def script(self, call: Call, *, is_confirmed: bool = False) -> Any:
        """Run one script, once; with `is_confirmed`, wait for the replicas that are asked for.

        Raises:
            StoreUnavailableError: no answer in time, or too few replicas; it may have run.
        """
        answers = await self.scripts([call], is_confirmed=is_confirmed)
        answer = _raised(answers.answers[0])
        if not answers.confirmed[0]:
            raise StoreUnavailableError("too few replicas confirmed in time")
        return answer

    async def scripts(self, calls: Sequence[Call], *, is_confirmed: bool = False) -> Answers:
        """Run scripts in one pipeline a shard, each once; an answer may be the error it gave.

        They run to their end, even where the caller is cancelled. An unavailable answer says that
        its script may have run.
        """
        items = [_Item(call.keys[0], (), call) for call in calls]
        wait = self.confirmation if is_confirmed else None
        await self.shield(self._run(items, is_writing=True, wait=wait))
        return Answers([item.answer for item in items], [item.is_confirmed for item in items])

    async def confirm(self, key: str) -> None:
        """Return once enough replicas have all that was written before. `key` is written for it.

        Raises:
            StoreUnavailableError: no answer in time, or too few replicas.
        """
        # WAIT counts what its own connection has written, so that reading is not enough.
        item = _Item(key, ("SET", key, 1, "PX", _SEEN_MS))
        await self.shield(self._run([item], is_writing=True, wait=self.confirmation))
        _raised(item.answer)
        if not item.is_confirmed:
            raise StoreUnavailableError("too few replicas confirmed in time")

    async def publish(self, said: Sequence[tuple[str, str | bytes]]) -> None:
        """Publish (channel, text) pairs, in one write a shard; they may be lost.

        Sharded channels: in a cluster a bell stays in its world's shard. Nobody waits for what the
        server says to it; where many to one are still on their way, these are lost.
        """
        groups: dict[Server, list[_Command]] = {}
        for channel, text in said:
            server = self.routes.known(channel) or await self.routes.server_of(channel)
            groups.setdefault(server, []).append(("SPUBLISH", channel, text))
        for server, commands in groups.items():
            if server.ringing >= RINGS_AT_ONCE_MAX:
                continue
            server.ringing += 1
            wire = server.writer.wire
            if wire is not None:
                ringing = wire.send(commands, self._until_s())
                ringing.add_done_callback(functools.partial(_rung, server))
                continue
            connecting = asyncio.create_task(server.writer.call(commands, self._until_s()))
            self._shielded.add(connecting)
            connecting.add_done_callback(self._shielded.discard)
            connecting.add_done_callback(functools.partial(_rung, server))

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
        await self.routes.close()

    # --- sending -------------------------------------------------------------------------------

    async def _run(
        self, items: Sequence[_Item], *, is_writing: bool, wait: Confirmation | None = None
    ) -> None:
        """Send items to where their keys are, and again what was not done there."""
        until_s = self._until_s()
        waiting = items
        for _ in range(STORE_HOPS_MAX):
            groups: dict[tuple[Server, bool], list[_Item]] = {}
            for item in waiting:
                try:
                    to = item.sent_to or (await self._server_of(item.key), False)
                except StoreError as error:
                    item.answer = error
                    continue
                item.sent_to = to
                groups.setdefault(to, []).append(item)
            works = []
            for (server, is_asking), some in groups.items():
                line = (
                    server.reader if not is_writing else server.confirmer if wait else server.writer
                )
                works.append(self._send(line, some, until_s, is_asking=is_asking, wait=wait))
            if len(works) == 1:
                await works[0]
            else:
                await asyncio.gather(*works)
            waiting = [item for some in groups.values() for item in some if self._again(item)]
            if not waiting or asyncio.get_running_loop().time() >= until_s:
                break
            if any(isinstance(item.answer, (TryAgainError, *_ELSEWHERE)) for item in waiting):
                await asyncio.sleep(STORE_TRY_AGAIN_S)
        _settle(items)

    async def _server_of(self, key: str) -> Server:
        return self.routes.known(key) or await self.routes.server_of(key)

    def _again(self, item: _Item) -> bool:
        """Return whether an item was not done where it went, and can go where it is."""
        match item.answer:
            case NoScriptError():
                item.is_by_text = True
            case MovedError() as moved:
                server = self._named(item, moved)
                item.sent_to = (server, False)
                self.routes.moved(moved.slot_id, server)
            case AskError() as ask:
                item.sent_to = (self._named(item, ask), True)
            case TryAgainError():
                item.sent_to = None  # its slot's keys are on their way, one by one
            case ResponseError() as error:
                if not isinstance(error, _ELSEWHERE) or not self.routes.can_change:
                    return False
                self.routes.doubt()
                item.sent_to = None
            case StoreUnavailableError():
                self.routes.doubt()
                return False
            case _:
                return False
        return True

    def _named(self, item: _Item, error: AskError) -> Server:
        """Return the server that another one named; without a host it is on the same machine."""
        host = error.host
        if not host and item.sent_to is not None:
            host = item.sent_to[0].name.rpartition(":")[0]
        return self.routes.at(host, error.port)

    async def _send(
        self,
        line: Line,
        items: Sequence[_Item],
        until_s: float,
        *,
        is_asking: bool,
        wait: Confirmation | None,
    ) -> None:
        """Send to one shard within the deadline; what breaks there is its items' answer alone."""
        commands = [item.command() for item in items]
        if is_asking:
            commands = [each for command in commands for each in (("ASKING",), command)]
        if wait is not None:
            # Of the very connection that wrote: WAIT counts what this connection has written.
            # A quarter of the deadline, because a script that was forgotten is sent and waited
            # for twice, and the server looks at its waiting clients ten times a second.
            commands.append(wait.command(int(self._timeout_s * 250)))
        try:
            answers = await line.call(commands, until_s)
        except (RedisError, OSError, TimeoutError) as error:
            for item in items:
                is_said = isinstance(error, ResponseError)  # by the server, of what it did not do
                item.answer = error if is_said else store_error(error)
            return
        is_confirmed = True
        if wait is not None:
            is_confirmed, answers = wait.is_met(answers[-1]), answers[:-1]
        if is_asking:
            answers = answers[1::2]
        for item, answer in zip(items, answers, strict=True):
            item.answer, item.is_confirmed = answer, is_confirmed

    def _until_s(self) -> float:
        return asyncio.get_running_loop().time() + self._timeout_s


def pairs(flat: Sequence[bytes]) -> dict[bytes, bytes]:
    """Return a list of names and values, as a server answers, by name."""
    return dict(zip(flat[::2], flat[1::2], strict=True))


def _settle(items: Sequence[_Item]) -> None:
    """Put our kind of error in the place of the library's."""
    for item in items:
        if isinstance(item.answer, RedisError):
            item.answer = store_error(item.answer)


def _rung(server: Server, ringing: "asyncio.Future[list[Any]]") -> None:
    """Know that doorbells have gone out, or were lost."""
    server.ringing -= 1
    if ringing.cancelled():
        return
    error = ringing.exception() or next(filter(_is_error, ringing.result()), None)
    if error is not None:
        log.info("doorbells were lost: %s", error)


def _is_error(answer: Any) -> bool:
    return isinstance(answer, RedisError)


def _raised(answer: Any) -> Any:
    """Return an answer, or raise it where it is an error."""
    if isinstance(answer, StoreError):
        raise answer
    return answer
