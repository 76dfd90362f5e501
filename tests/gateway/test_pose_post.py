"""Poses between two whole nodes: what one's player does is what the other's sees."""

import asyncio

from support.house import house, two

from dreamsync.protocol import server_messages as wire
from dreamsync_server.clock import SystemClock
from dreamsync_server.gateway.pose_post import PosePost
from dreamsync_server.store import keys
from dreamsync_server.store.memory import MemoryStore
from dreamsync_server.store.port import Note


def stands(message: object, seat: str, x: int) -> bool:
    poses = message.poses if isinstance(message, wire.Poses) else ()
    return any(pose[:2] == (seat, x) for pose in poses)


async def test_avatars_at_two_nodes_see_one_another() -> None:
    store = MemoryStore(SystemClock())
    async with house(store, "a") as first, house(store, "b") as second:
        world, ada, ben = await two(first)
        ben.hang_up()
        far = second.phone()
        entered = await far.ask("enter", world=world.world, as_="desk", token=world.desk_token)
        assert isinstance(entered, wire.Entered), entered
        watcher = second.phone()
        await watcher.ask("enter", world=world.world, as_="watch")
        ada.say("pose", x=17, y=20, facing=90)

        await far.hear(lambda m: stands(m, "ada", 17))


async def test_a_fault_of_ours_in_one_worlds_avatars_leaves_the_others_theirs() -> None:
    store = MemoryStore(SystemClock())
    heard: asyncio.Queue[bytes] = asyncio.Queue()
    post = PosePost(store, {"broken": Ear(None), "sound": Ear(heard)})
    running = asyncio.create_task(post.run())
    for world in ("broken", "sound"):
        post.open(world)
        post.voice(world)(world.encode())
    async with asyncio.timeout(5):
        assert await heard.get() == b"sound"
    assert not running.done()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


class Ear:
    """A room that keeps what it hears; without a place for that it breaks."""

    def __init__(self, heard: asyncio.Queue[bytes] | None) -> None:
        self._heard = heard

    def hear_poses(self, said: bytes) -> None:
        if self._heard is None:
            raise RuntimeError("planted")
        self._heard.put_nowait(said)


async def test_while_the_store_is_slow_the_newest_wait_and_no_more() -> None:
    store = MemoryStore(SystemClock())
    told: list[Note] = []

    async def tell(notes: list[Note]) -> None:
        told.extend(notes)

    store.tell = tell  # type: ignore[method-assign, assignment]
    post = PosePost(store, {})
    say = post.voice("w")
    for number in range(9):
        say(b"%d" % number)
    await post.flush()

    assert told == [Note(keys.of_poses("w"), b"%d" % number) for number in range(5, 9)]


async def test_a_world_that_was_closed_says_nothing_more() -> None:
    store = MemoryStore(SystemClock())
    post = PosePost(store, {})
    post.open("w")
    post.voice("w")(b"late")
    post.close("w")

    await post.flush()
    assert not post._waiting
