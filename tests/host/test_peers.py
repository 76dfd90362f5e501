"""Which node gets the next world: one that is clearly less loaded, else the one it is at."""

from typing import Any

import pytest

from dreamsync_server.clock import ManualClock
from dreamsync_server.host.jobs import Jobs
from dreamsync_server.host.peers import Peers
from dreamsync_server.limits import PEERS_HEARD_AT_ONCE
from dreamsync_server.store.codec import READABLE, VERSION
from dreamsync_server.store.memory import MemoryStore


async def peers_of(mine: dict[str, Any], **others: dict[str, Any]) -> Peers:
    """Return what node `a` knows of the others."""
    store = MemoryStore(ManualClock())
    for name, said in others.items():
        await store.lease(f"node:{name}", "token", 3.0)
        await store.put_node(name, {"kind": "node", "state": "serving", **said})
    await store.lease("node:a", "token", 3.0)
    found = Peers(store, Jobs(), "a", lambda: {"kind": "node", "state": "serving", **mine})
    await found.renew()
    return found


async def test_a_world_stays_where_no_other_node_is_clearly_less_loaded() -> None:
    assert (await peers_of({"worlds": 9})).place() == ""
    assert (await peers_of({"worlds": 2}, b={"worlds": 1})).place() == ""
    assert (await peers_of({"busy": 3, "worlds": 9}, b={"busy": 4, "worlds": 0})).place() == ""
    assert (await peers_of({"busy": 3, "worlds": 1}, b={"busy": 2, "worlds": 5})).place() == ""


async def test_a_world_goes_to_the_calmest_node_then_to_the_emptiest() -> None:
    found = await peers_of(
        {"busy": 5, "worlds": 4},
        b={"busy": 3, "worlds": 0}, c={"busy": 1, "worlds": 9}, d={"busy": 1, "worlds": 8},
    )  # fmt: skip
    assert found.place() == "d"
    assert (await peers_of({"worlds": 4}, b={"worlds": 2})).place() == "b"


async def test_what_was_placed_is_counted_until_a_node_says_so_itself() -> None:
    found = await peers_of({"worlds": 4}, b={"worlds": 1}, c={"worlds": 1})
    assert [found.place() for _ in range(5)] == ["b", "c", "b", "c", ""]


async def test_of_many_processes_each_hears_more_seldom() -> None:
    others = {f"n{i}": {"worlds": 9} for i in range(2 * PEERS_HEARD_AT_ONCE)}
    found = await peers_of({"worlds": 9}, **others)
    asked = 0
    nodes = found._store.nodes

    async def count() -> Any:
        nonlocal asked
        asked += 1
        return await nodes()

    found._store.nodes = count  # type: ignore[method-assign]
    for _ in range(9):
        await found.renew()
    assert asked == 3
    assert len(found.all) == 2 * PEERS_HEARD_AT_ONCE + 1


async def test_nodes_that_end_and_directors_get_no_worlds() -> None:
    found = await peers_of(
        {"worlds": 9}, b={"worlds": 0, "state": "draining"}, c={"worlds": 0, "kind": "director"}
    )
    assert found.place() == ""
    assert found.refuge() == ""
    assert set(found.all) == {"a", "b", "c"}


async def test_a_world_that_is_given_up_goes_to_any_other_node() -> None:
    found = await peers_of({"worlds": 1}, b={"busy": 9, "worlds": 50})
    assert found.refuge() == "b"
    found.forget("b")
    assert found.refuge() == ""


async def test_a_node_that_cannot_read_what_is_written_here_gets_no_worlds(
    caplog: pytest.LogCaptureFixture,
) -> None:
    found = await peers_of(
        {"worlds": 9}, b={"codec": VERSION - 2}, c={"codec": VERSION - 1, "busy": 5}
    )
    assert found.refuge() == "c"
    caplog.clear()
    found = await peers_of({"worlds": 9}, b={"codec": READABLE[-1] + 1, "version": "9.1"})
    await found.renew()
    assert found.refuge() == "b", "what is newer reads all that is older"
    (told,) = caplog.records
    assert "node b (9.1) writes version 3 of the log" in told.getMessage()


async def test_what_makes_no_sense_counts_as_nothing() -> None:
    assert (await peers_of({"worlds": 2}, b={"worlds": "many", "busy": None})).place() == "b"
