"""A world's past, as its desk sees it: marks, moments, branches, and erasing."""

from collections.abc import AsyncIterator

from dreamsync.errors import ProtocolFaultError
from dreamsync.protocol.history_messages import History, Mark, Moment
from dreamsync.protocol.server_messages import Answer, Created
from dreamsync.viewer import Viewer
from dreamsync.world import World, world_of


class Past(Viewer):
    """The part of a desk that is about what was."""

    async def history(self, after: int = 0) -> AsyncIterator[Mark]:
        """Yield what happened behind seq `after`, in order, up to now."""
        while True:
            page = await self.history_page(after)
            for mark in page.marks:
                yield mark
            if page.next is None:
                return
            after = page.next

    async def history_page(self, after: int = 0) -> History:
        """Return one page of what happened behind seq `after`."""
        answer = await self._ask("history", after=after)
        if answer.history is None:
            raise _empty(answer)
        return answer.history

    async def look(self, seq: int, eyes: str = "desk") -> Moment:
        """Return how the world was after the commit `seq`.

        `eyes` are `desk`, `watcher` or a seat: what is shown is what those could see then.
        """
        answer = await self._ask("look", seq=seq, eyes=eyes)
        if answer.look is None:
            raise _empty(answer)
        return answer.look

    async def branch(self, seq: int, title: str | None = None) -> World:
        """Open a new private world that begins as this one was after `seq`; nobody is in it.

        Raises:
            RefusedError: there is no such moment, or the server takes no new worlds.
            UnknownOutcomeError: the line was lost meanwhile; a world may have been opened.
        """
        plain: dict[str, object] = {"type": "branch", "seq": seq}
        if title is not None:
            plain["title"] = title
        made = await self._conversation.ask(plain)
        if not isinstance(made, Created):
            raise ProtocolFaultError("bad_message", f"A {made.type} answered a branch.")
        return world_of(made)

    async def erase(self, session: str, why: str = "") -> int:
        """Erase what a session wrote so far and its name (see `people`, `history`).

        Returns how many texts were erased.
        """
        return (await self._ask("erase", session=session, why=why)).erased or 0


def _empty(answer: Answer) -> ProtocolFaultError:
    return ProtocolFaultError("bad_message", f"The answer to {answer.of} has nothing in it.")
