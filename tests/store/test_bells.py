"""A tray holds few bells: the newest of each kind, of the worlds that are followed."""

import asyncio

from dreamsync_server.store.bells import BellTray
from dreamsync_server.store.listening import Listening
from dreamsync_server.store.port import Bell


async def test_the_newest_of_each_kind_waits_and_the_oldest_world_comes_first() -> None:
    tray = BellTray(Listening(["a", "b"]))
    for bell in (
        Bell("log", "a", 1, 1),
        Bell("log", "b", 1, 1),
        Bell("inbox", "a", 0, 0),
        Bell("log", "a", 1, 5),
        Bell("log", "a", 1, 3),
        Bell("log", "elsewhere", 1, 1),
    ):
        tray.put(bell)

    taken = [await tray.take() for _ in range(3)]

    assert taken == [Bell("log", "a", 1, 5), Bell("log", "b", 1, 1), Bell("inbox", "a", 0, 0)]


async def test_a_bell_of_a_world_that_was_dropped_meanwhile_is_not_taken() -> None:
    worlds = Listening(["a", "b"])
    tray = BellTray(worlds)
    tray.put(Bell("log", "a", 1, 1))
    tray.put(Bell("log", "b", 1, 1))
    worlds.discard("a")

    assert await tray.take() == Bell("log", "b", 1, 1)


async def test_taking_waits_for_a_bell() -> None:
    tray = BellTray(Listening(["a"]))
    taking = asyncio.ensure_future(tray.take())
    await asyncio.sleep(0)
    assert not taking.done()

    tray.put(Bell("inbox", "a", 0, 0))

    assert await taking == Bell("inbox", "a", 0, 0)
