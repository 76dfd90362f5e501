"""A tray of notes is bounded, keeps each topic's order and lets topics take turns."""

import asyncio

from dreamsync_server.limits import NOTES_WAITING_MAX
from dreamsync_server.store.listening import Listening
from dreamsync_server.store.notes import NoteTray
from dreamsync_server.store.port import Note


async def test_topics_take_turns_and_each_keeps_its_order() -> None:
    tray = NoteTray(Listening(["a", "b"]))
    for note in (Note("a", b"1"), Note("a", b"2"), Note("b", b"3"), Note("elsewhere", b"4")):
        tray.put(note)

    taken = [await tray.take() for _ in range(3)]

    assert taken == [Note("a", b"1"), Note("b", b"3"), Note("a", b"2")]


async def test_beyond_the_bound_the_oldest_is_lost() -> None:
    tray = NoteTray(Listening(["a"]))
    for number in range(NOTES_WAITING_MAX + 1):
        tray.put(Note("a", b"%d" % number))

    assert await tray.take() == Note("a", b"1")


async def test_what_was_said_on_a_topic_that_was_dropped_meanwhile_is_not_taken() -> None:
    topics = Listening(["a", "b"])
    tray = NoteTray(topics)
    tray.put(Note("a", b"1"))
    tray.put(Note("b", b"2"))
    topics.discard("a")

    assert await tray.take() == Note("b", b"2")


async def test_taking_waits_for_a_note() -> None:
    tray = NoteTray(Listening(["a"]))
    taking = asyncio.ensure_future(tray.take())
    await asyncio.sleep(0)
    assert not taking.done()

    tray.put(Note("a", b"1"))

    assert await taking == Note("a", b"1")
