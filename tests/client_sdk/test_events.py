"""The queue that events wait in."""

import asyncio

import pytest

from dreamsync.errors import ClosedError, EventsLostError
from dreamsync.events import Event, EventQueue, event_of
from dreamsync.protocol import cards


def told(number: int) -> Event:
    return Event("told", str(number))


async def test_events_are_read_in_order_each_once_and_then_the_end() -> None:
    queue = EventQueue()
    queue.put(told(1))
    queue.put(told(2))
    reader = queue.read()
    assert await anext(reader) == told(1)
    assert queue.waiting() == [told(2)]
    queue.put(told(3))
    queue.close(None)
    assert [event async for event in queue.read()] == [told(3)]


async def test_a_reader_waits_for_the_next() -> None:
    queue = EventQueue()
    reading = asyncio.ensure_future(anext(queue.read()))
    await asyncio.sleep(0)
    assert not reading.done()
    queue.put(told(1))
    assert await reading == told(1)


async def test_an_error_comes_after_the_last_event() -> None:
    queue = EventQueue()
    queue.put(told(1))
    queue.close(ClosedError("removed", "Out."))
    reader = queue.read()
    assert await anext(reader) == told(1)
    with pytest.raises(ClosedError):
        await anext(reader)


async def test_a_slow_reader_is_told_once_how_many_were_dropped() -> None:
    queue = EventQueue(kept_max=2)
    for number in range(5):
        queue.put(told(number))
    with pytest.raises(EventsLostError) as caught:
        await anext(queue.read())
    assert (caught.value.count, caught.value.fault) == (3, "client")
    queue.close(None)
    assert [event async for event in queue.read()] == [told(3), told(4)]


def test_an_event_keeps_every_field_it_was_sent_with() -> None:
    sent = cards.Event(
        kind="said", at=(7, 1), ms=5, who="mia", who_name="Mia", text="Now.", reach="private",
        key="k", args={"action": "whisper_to"},
    )  # fmt: skip
    made = event_of(sent)
    assert {name: getattr(made, name) for name in type(sent).model_fields} == dict(sent)
