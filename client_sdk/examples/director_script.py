"""Directs a world by rules of your own: python director_script.py URL WORLD DESK_TOKEN.

The server watches the conditions and tells when one turns true; each beat is cued once in the
life of the world, also if this script is stopped and started again.
"""

import asyncio
import sys

import dreamsync


async def main(url: str, world: str, token: str) -> None:
    """Sit at the desk until the world is closed."""
    async with dreamsync.connect(url) as dream:
        desk = await dream.script(world, token=token, name="director script")

        @desk.when("expo.crowd >= 40")
        async def on_crowd(hit: dreamsync.Hit) -> None:
            print(f"at {hit.position}: {hit.facts}")
            outcome = await desk.cue("expo.confrontation", once="confrontation")
            if not outcome:
                why = await desk.why("expo.confrontation")
                print(f"not yet: {outcome.text or why.text}")

        await desk.watching()
        await desk.run()


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    try:
        asyncio.run(main(*sys.argv[1:4]))
    except KeyboardInterrupt:
        pass
    except dreamsync.DreamsyncError as error:
        sys.exit(error.text)
