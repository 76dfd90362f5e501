"""A world made of another's log: everything that leads into it is its own."""

import json

import pytest
from support.packs import starter

from dreamsync_server.cli.newcomer import check_room, newcomer, tell, url_for
from dreamsync_server.clock import ManualClock
from dreamsync_server.errors import OperatorError
from dreamsync_server.gateway.tokens import is_invited, is_secret
from dreamsync_server.store.memory import MemoryStore
from dreamsync_server.store.port import WorldCard

ORIGIN = WorldCard("w_1", "starter", starter().hash, 7, False, 1, "A night", "who", desk_hash="d")


def test_the_card_keeps_the_story_and_none_of_the_secrets() -> None:
    card, world = newcomer(ORIGIN, "", 99)
    assert (card.world, card.origin, card.title, card.seed) == (world.id, "w_1", "A night", 7)
    assert (card.is_private, card.creator, card.created_ms) == (True, "", 99)
    assert is_secret(world.desk_token, card.desk_hash)
    assert is_invited(world.code, card.invite_hash, card.code_hash)
    assert newcomer(ORIGIN, "Mine", 99)[0].title == "Mine"


def test_what_is_told_to_programs_is_what_people_are_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    _, world = newcomer(ORIGIN, "", 99)
    begins = {"origin": "w_1", "seq": 12, "ms": 3_000}
    assert tell(world, "ws://127.0.0.1:9", "It begins.", begins, is_json=True) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["origin"], told["seq"], told["ms"]) == ("w_1", 12, 3_000)
    assert told["desk"].startswith(f"http://127.0.0.1:9/desk#{world.id}.{world.desk_token}")


@pytest.mark.parametrize("title", ["x" * 81, "a\x1b[31mred", "two\nlines"])
def test_a_title_that_clients_could_not_give_is_refused(title: str) -> None:
    with pytest.raises(OperatorError, match="one line of at most 80 characters"):
        newcomer(ORIGIN, title, 99)


def test_what_leads_into_it_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    _, world = newcomer(ORIGIN, "", 99)
    assert tell(world, "ws://127.0.0.1:9", "It begins.", {}, is_json=False) == 0
    told = capsys.readouterr().out
    assert f"/w#{world.id}.{world.invite}" in told
    assert world.desk_token in told


async def test_a_store_with_room_takes_it() -> None:
    await check_room(MemoryStore(ManualClock()))


async def test_links_lead_to_a_node_that_serves_unless_another_address_is_named() -> None:
    store = MemoryStore(ManualClock())
    assert await url_for(store, "") == "ws://127.0.0.1:8765"
    await store.put_node("a-director", {"kind": "director"})
    await store.put_node("node-1", {"kind": "node", "url": "http://play.example:9000"})
    for name in ("a-director", "node-1"):
        assert await store.lease(f"node:{name}", "t", 30)
    assert await url_for(store, "") == "http://play.example:9000"
    assert await url_for(store, "ws://h:1") == "ws://h:1"
