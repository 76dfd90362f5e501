"""Questions and answers over a connection: each wait has a deadline and may be cancelled."""

import asyncio
from collections.abc import Callable
from typing import Any, Final, TypeVar

from dreamsync.connection import Connection
from dreamsync.entry import Entry, Greeting
from dreamsync.errors import LineLostError, UnknownOutcomeError
from dreamsync.notices import Answered, Failed, Notice, Replied, Settled
from dreamsync.outcome import Outcome, outcome_of
from dreamsync.session import ClientSession

T = TypeVar("T")
ANSWER_S: Final = 30.0  # reconnecting included


class Conversation:
    """A session and its connection, as awaitable calls. `on_notice` gets what nobody awaits."""

    def __init__(
        self,
        greeting: Greeting,
        entry: Entry | None,
        on_notice: Callable[[Notice], None],
        connect: Callable[[ClientSession, Callable[[Notice], None]], Connection],
    ) -> None:
        self.session = ClientSession(greeting, entry)
        self._on_notice = on_notice
        self._outcomes: dict[int, asyncio.Future[Outcome]] = {}
        self._answers: dict[int, asyncio.Future[Answered]] = {}
        self.connection = connect(self.session, self._handle)

    async def propose(self, plain: dict[str, Any], timeout_s: float = ANSWER_S) -> Outcome:
        """Propose, and return what became of it, also across reconnects.

        Raises:
            UsageError: it cannot be sent; your program's fault.
            UnknownOutcomeError: it was sent, and no outcome came within `timeout_s`.
            LineLostError: it could not be sent within `timeout_s`.
            ClosedError: the session is over.
        """
        ticket = self.session.propose(plain)
        return await self._wait(ticket, self._outcomes, timeout_s)

    async def ask(self, plain: dict[str, Any], timeout_s: float = ANSWER_S) -> Answered:
        """Ask, and return the answer. Raises as `propose` does, and RefusedError, BusyError."""
        ticket = self.session.ask(plain)
        return await self._wait(ticket, self._answers, timeout_s)

    async def close(self) -> None:
        """End the session and close the line."""
        await self.connection.close()

    async def _wait(
        self, ticket: int, waiting: dict[int, asyncio.Future[T]], timeout_s: float
    ) -> T:
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        waiting[ticket] = future
        self.connection.wake()
        try:
            async with asyncio.timeout(timeout_s):
                return await future
        except TimeoutError:
            if self.session.abandon(ticket):
                text = f"It could not be sent within {timeout_s:g} s."
                raise LineLostError("timeout", text) from None
            text = f"Sent, but no answer came within {timeout_s:g} s."
            raise UnknownOutcomeError("timeout", text) from None
        finally:
            del waiting[ticket]
            self.session.abandon(ticket)

    def _handle(self, notice: Notice) -> None:
        match notice:
            case Settled():
                _resolve(self._outcomes.get(notice.ticket), outcome_of(notice.outcome))
            case Replied():
                _resolve(self._answers.get(notice.ticket), notice.answer)
            case Failed():
                for future in (
                    self._outcomes.get(notice.ticket),
                    self._answers.get(notice.ticket),
                ):
                    if future is not None and not future.done():
                        future.set_exception(notice.error)
            case _:
                self._on_notice(notice)


def _resolve(future: asyncio.Future[T] | None, value: T) -> None:
    if future is not None and not future.done():
        future.set_result(value)
