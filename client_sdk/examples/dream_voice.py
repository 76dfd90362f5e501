"""Lends the dreams a voice of your own: python dream_voice.py URL WORLD DESK_TOKEN ROLE.

Nothing of this runs unless you start it. Each time ROLE falls into a dream, `voice` is asked for a
line and it is whispered to that role alone. The stand-in below speaks three lines in turn; put a
language model of yours in its place. It sees what the desk sees: give it no more than you would
tell a stranger.
"""

import asyncio
import itertools
import sys
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import dreamsync

Voice = Callable[[str, Mapping[str, Any]], Awaitable[str]]
"""Given a role and the facts that were read, the line to whisper."""

LINES = itertools.cycle(
    (
        "Somebody has left a lamp on for you, further in.",
        "You have been here before. You were smaller, and it was not for sale.",
        "Listen: that is not the sea. That is everybody, breathing.",
    )
)


async def stand_in(role: str, facts: Mapping[str, Any]) -> str:
    """Return the next of three lines, whatever was dreamed."""
    return next(LINES)


async def main(url: str, world: str, token: str, role: str, voice: Voice = stand_in) -> None:
    """Whisper at each dream of `role` until the world is closed."""
    dreams = "('dream.lagoon', 'dream.meadow', 'dream.citadel', 'dream.house')"
    async with dreamsync.connect(url) as dream:
        desk = await dream.script(world, token=token, name="dream voice")

        @desk.when(f"{role}.scene in {dreams}")
        async def on_dream(hit: dreamsync.Hit) -> None:
            await desk.whisper(role, await voice(role, hit.facts))

        await desk.watching()
        await desk.run()


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    try:
        asyncio.run(main(*sys.argv[1:5]))
    except KeyboardInterrupt:
        pass
    except dreamsync.DreamsyncError as error:
        sys.exit(error.text)
