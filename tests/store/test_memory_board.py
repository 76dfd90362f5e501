"""The board of the reference store: calls fail where told to, and telling never does."""

import pytest

from dreamsync_server.clock import ManualClock
from dreamsync_server.errors import StoreUnavailableError
from dreamsync_server.store.memory_board import MemoryBoard
from dreamsync_server.store.port import Note


async def test_a_call_that_is_told_to_fail_does_so_on_the_side_it_was_told() -> None:
    board = MemoryBoard(ManualClock())
    board.fail_next("lease", "before")
    board.fail_next("drop_lease", "after")

    with pytest.raises(StoreUnavailableError):
        await board.lease("node:a", "token", 3.0)
    assert await board.lease_holder("node:a") is None
    assert await board.lease("node:a", "token", 3.0)
    with pytest.raises(StoreUnavailableError):
        await board.drop_lease("node:a")
    assert await board.lease_holder("node:a") is None


async def test_telling_never_fails() -> None:
    board = MemoryBoard(ManualClock())
    board.fail_next("tell", "before")

    await board.tell([Note("node:all", b"hello")])


async def test_what_a_process_said_of_itself_goes_with_its_lease() -> None:
    clock = ManualClock()
    board = MemoryBoard(clock)
    await board.lease("node:a", "token", 3.0)
    await board.put_node("a", {"worlds": 2})
    assert await board.nodes() == {"a": {"worlds": 2}}

    clock.advance(3000)

    assert await board.nodes() == {}
