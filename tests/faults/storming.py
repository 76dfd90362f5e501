"""Many clients of the SDK in a process of their own, which are all cut at one moment.

Run as a process. One line of JSON on stdin asks for something: {"enter": count, "url", "world",
"invite"}; then {"cut": true}, and {"until": seq} to know that each has come so far. What became of
it comes back as one line.
"""

import asyncio
import json
import os
import sys
from typing import Any

import dreamsync
from dreamsync import connection
from dreamsync.session import ClientSession, State
from dreamsync_server.cli.lifeline import die_with_parent

_AT_ONCE = 8
_LOOK_S = 0.02
_WAIT_S = 120.0


class Crowd:
    """The clients of this process."""

    def __init__(self) -> None:
        self.viewers: list[dreamsync.Viewer] = []
        self._sockets: set[Any] = set()
        dial = connection.connect_websocket

        async def kept(*given: Any, **more: Any) -> Any:
            socket = await dial(*given, **more)
            self._sockets.add(socket)
            return socket

        connection.connect_websocket = kept  # type: ignore[assignment, misc]
        self._down: set[ClientSession] = set()  # whose line was lost since the cut
        down = ClientSession.line_down

        def noted(session: ClientSession, code: int | None = None) -> None:
            self._down.add(session)
            down(session, code)

        ClientSession.line_down = noted  # type: ignore[method-assign]

    async def enter(self, dream: dreamsync.Dream, count: int, world: str, invite: str) -> Any:
        """Let so many in, some at a time."""
        room = asyncio.Semaphore(_AT_ONCE)

        async def one() -> dreamsync.Viewer:
            async with room:
                return await dream.watch(world, invite=invite)

        self.viewers += await asyncio.gather(*[one() for _ in range(count)])
        return {"in": len(self.viewers)}

    async def cut(self) -> Any:
        """Reset every line at once; return how long each was without a session, in seconds."""
        loop = asyncio.get_running_loop()
        sockets, self._sockets = self._sockets, set()
        self._down.clear()
        for socket in sockets:
            socket.transport.abort()
        at_s, gaps_s, waiting = loop.time(), [], set(self.viewers)
        while waiting and loop.time() - at_s < _WAIT_S:
            await asyncio.sleep(_LOOK_S)
            for viewer in list(waiting):
                session = viewer._conversation.session
                if session.state is State.LIVE and session in self._down:
                    gaps_s.append(loop.time() - at_s)
                    waiting.discard(viewer)
        return {"gaps_s": gaps_s, "tries": len(self._sockets), "lost": len(waiting)}

    async def until(self, seq: int) -> Any:
        """Wait until each has come so far; return what its mirror went through."""
        late = 0
        try:
            async with asyncio.timeout(_WAIT_S):
                while late := sum(1 for v in self.viewers if v.position[1] < seq and not v.is_over):
                    await asyncio.sleep(_LOOK_S)
        except TimeoutError:
            pass
        return {
            "late": late,
            "over": sum(viewer.is_over for viewer in self.viewers),
            "resets": sum(viewer.resets for viewer in self.viewers),
            "mismatches": sum(viewer.mismatches for viewer in self.viewers),
        }


async def main() -> None:
    """Do what stdin asks for, until it ends."""
    die_with_parent(int(os.environ["DREAMSYNC_PARENT"]))
    crowd, loop = Crowd(), asyncio.get_running_loop()
    first = json.loads(await loop.run_in_executor(None, sys.stdin.readline))
    async with dreamsync.connect(first["url"]) as dream:
        told = await crowd.enter(dream, first["enter"], first["world"], first["invite"])
        while True:
            print(json.dumps(told), flush=True)
            line = await loop.run_in_executor(None, sys.stdin.readline)
            if not line:
                return
            asked = json.loads(line)
            told = await (crowd.cut() if "cut" in asked else crowd.until(asked["until"]))


if __name__ == "__main__":
    asyncio.run(main())
