"""Whom a node that ends sends away, and when they are to come back."""

import asyncio

import pytest

from dreamsync_server.gateway import moving
from dreamsync_server.gateway.moving import move_out


class Talk:
    def __init__(self) -> None:
        self.told: list[tuple[str, int | None]] = []
        self.at_s = 0.0

    def cut(self, name: str, retry_ms: int | None = None) -> None:
        self.told.append((name, retry_ms))
        self.at_s = asyncio.get_running_loop().time()


async def test_where_other_nodes_are_everybody_is_to_come_back_at_once_but_some_at_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(moving, "MOVES_PER_S", 200)
    talks = [Talk() for _ in range(30)]
    await move_out(talks, has_refuge=True)

    assert [talk.told for talk in talks] == [[("node_draining", 0)]] * 30
    moments = {round(talk.at_s, 3) for talk in talks}
    assert 3 < len(moments) < 20


async def test_where_there_is_no_other_node_each_is_to_come_back_at_a_moment_of_its_own() -> None:
    talks = [Talk() for _ in range(4)]
    await move_out(talks, has_refuge=False)

    waits = [talk.told[0][1] for talk in talks]
    assert waits == [500, 502, 504, 506]
