"""A hall with a host behind it: entering, acting, leaving and coming back, end to end."""

import asyncio
from typing import Any

import pytest
from support.house import House, house

from dreamsync.protocol import server_messages as wire
from dreamsync_server.clock import SystemClock
from dreamsync_server.store.memory import MemoryStore


async def two(node: House, **given: Any) -> tuple[Any, Any, Any]:
    world = await node.world(**given)
    ada, ben = node.phone(), node.phone()
    for phone, role in ((ada, "ada"), (ben, "ben")):
        entered = await phone.ask("enter", world=world.world, as_="player", role=role, name=role)
        assert isinstance(entered, wire.Entered), entered
    return world, ada, ben


@pytest.mark.parametrize("is_direct", [True, False])
async def test_what_one_says_the_other_hears(is_direct: bool) -> None:
    async with house(is_direct=is_direct) as node:
        _, ada, ben = await two(node)
        outcome = await ada.propose("act", action="talk", params={"words": "Are you awake?"})
        assert outcome.ok
        heard = await ben.hear(lambda m: bool(getattr(m, "events", ())))
        assert [(e.who_name, e.text) for e in heard.events] == [("Ada", "Are you awake?")]


async def test_a_refusal_has_a_code_and_a_sentence() -> None:
    async with house() as node:
        _, ada, _ = await two(node)
        outcome = await ada.propose("act", action="wind_box")
        assert (outcome.ok, outcome.code) == (False, "condition")
        assert outcome.text


async def test_who_comes_back_goes_on_where_it_was_and_has_what_it_missed() -> None:
    async with house() as node:
        world, ada, ben = await two(node)
        entered = ben.heard[1]
        position = entered.position
        ben.hang_up()
        await ada.propose("act", action="talk", params={"words": "one"})
        await ada.propose("act", action="talk", params={"words": "two"})
        again = node.phone()
        back = await again.ask(
            "resume", world=world.world, session=entered.session, secret=entered.secret,
            epoch=position[0], seq=position[1],
        )  # fmt: skip
        assert back.resumed
        assert back.seat == "ben"
        assert [e.text for e in back.events if e.kind == "said"] == ["one", "two"]


async def test_a_session_resumed_twice_is_held_by_the_newer_line() -> None:
    async with house() as node:
        world, _, ben = await two(node)
        entered = ben.heard[1]
        again = node.phone()
        back = await again.ask(
            "resume", world=world.world, session=entered.session, secret=entered.secret,
            epoch=entered.position[0], seq=entered.position[1],
        )  # fmt: skip
        assert back.resumed
        assert (await ben.ended())[0] == 4007


async def test_a_session_resumed_at_another_node_leaves_the_first() -> None:
    store = MemoryStore(SystemClock())
    async with house(store, "a") as first, house(store, "b") as second:
        world, _, ben = await two(first)
        entered = ben.heard[1]
        again = second.phone()
        back = await again.ask(
            "resume", world=world.world, session=entered.session, secret=entered.secret,
            epoch=entered.position[0], seq=entered.position[1],
        )  # fmt: skip
        assert back.resumed, back
        assert (await ben.ended())[0] == 4007
        outcome = await again.propose("act", action="talk", params={"words": "here"})
        assert outcome.ok


@pytest.mark.parametrize("secret", ["wrong", ""])
async def test_a_wrong_secret_resumes_nothing(secret: str) -> None:
    async with house() as node:
        world, _, ben = await two(node)
        entered = ben.heard[1]
        answer = await node.phone().ask(
            "resume", world=world.world, session=entered.session, secret=secret or "x" * 43,
            epoch=1, seq=1,
        )  # fmt: skip
        assert answer.code == "no_session"


async def test_an_absent_world_and_a_closed_one_look_the_same() -> None:
    async with house() as node:
        world = await node.world(private=True)
        stranger = node.phone()
        for request in ("card", "enter"):
            fields = {"as_": "player"} if request == "enter" else {}
            closed = await stranger.ask(request, world=world.world, **fields)
            absent = await stranger.ask(request, world="nosuchworld", **fields)
            assert (closed.code, closed.text) == (absent.code, absent.text)
            assert closed.code == "unknown_world"
        for as_ in ("desk", "script"):
            closed = await stranger.ask("enter", world=world.world, as_=as_, token="guess")
            absent = await stranger.ask("enter", world="nosuchworld", as_=as_, token="guess")
            assert (closed.code, closed.text) == (absent.code, absent.text)


@pytest.mark.parametrize("kind", ["invite", "code"])
async def test_an_invite_opens_a_private_world(kind: str) -> None:
    async with house() as node:
        world = await node.world(private=True)
        invite = getattr(world, kind)
        entered = await node.phone().ask(
            "enter", world=world.world, as_="player", role="ada", invite=invite
        )
        assert isinstance(entered, wire.Entered), entered
        assert entered.seat == "ada"


async def test_a_typed_code_finds_its_world() -> None:
    async with house() as node:
        world = await node.world(private=True)
        answer = await node.phone().ask("card", code=world.code.lower().replace("-", ""))
        assert answer.world.id == world.world


async def test_guessing_invites_is_slowed_down() -> None:
    async with house() as node:
        world = await node.world(private=True)
        stranger = node.phone(address="203.0.113.9", is_local=False)
        codes = [
            (await stranger.ask("card", world=world.world, invite=f"guess{i}")).code
            for i in range(12)
        ]
        assert codes == ["unknown_world"] * 10 + ["slow_down"] * 2
        other = node.phone(address="203.0.113.10", is_local=False)
        assert (await other.ask("card", world=world.world, invite=world.invite)).world is not None


async def test_a_spectator_sees_and_may_do_nothing() -> None:
    async with house() as node:
        world, ada, _ = await two(node, spectators=True)
        watcher = node.phone()
        entered = await watcher.ask("enter", world=world.world, as_="watch")
        assert "ada.nerve" not in entered.facts
        watcher.say("act", n=1, action="talk", params={"words": "hi"})
        error = await watcher.hear(lambda m: isinstance(m, wire.Error))
        assert error.code == "not_allowed"
        await ada.propose("act", action="talk", params={"words": "hello"})
        await watcher.hear(lambda m: any(e.text == "hello" for e in getattr(m, "events", ())))


async def test_the_desk_cues_asks_why_and_watches() -> None:
    async with house() as node:
        world, ada, _ = await two(node)
        desk = node.phone()
        entered = await desk.ask("enter", world=world.world, as_="desk", token=world.desk_token)
        assert entered.facts["ada.nerve"] == 5
        answer = await desk.ask("why", beat="chime")
        assert (answer.why.code, answer.why.leaves[0].text) == ("condition", "house.hush >= 4")
        watch = await desk.ask("watch", id="tea", when="ada.nerve >= 6")
        assert watch.holds is False
        await ada.propose("act", action="make_tea")
        hit = await desk.hear(lambda m: isinstance(m, wire.Hit))
        assert (hit.id, hit.holds, hit.facts) == ("tea", True, {"ada.nerve": 6})
        outcome = await desk.propose("cue", beat="chime", override=True)
        assert outcome.ok


async def test_who_leaves_is_told_and_the_line_is_closed() -> None:
    async with house() as node:
        _, ada, _ = await two(node)
        assert (await ada.propose("leave")).ok
        assert (await ada.ended())[0] == 1000


async def test_who_is_removed_is_told_so() -> None:
    async with house() as node:
        world, _, ben = await two(node)
        desk = node.phone()
        await desk.ask("enter", world=world.world, as_="desk", token=world.desk_token)
        await desk.propose("remove", session=ben.heard[1].session)
        assert (await ben.ended())[0] == 4006


async def test_a_lost_line_makes_the_session_absent() -> None:
    async with house() as node:
        world, ada, ben = await two(node)
        session = ben.heard[1].session
        ben.hang_up()
        room = node.hall.rooms[world.world]
        follower = room.follower
        is_absent = await follower.until(
            lambda: follower.state.facts[f"@session.{session}"][4] == 0,
            5,  # type: ignore[index]
        )
        assert is_absent
        people = await ada.ask("people")
        assert {(p.name, p.is_here) for p in people.people} == {("ada", True), ("ben", False)}


async def test_a_store_that_does_not_answer_is_said_and_the_number_stays_free() -> None:
    async with house(is_direct=False) as node:
        _, ada, _ = await two(node)
        node.store.fail_next("propose", "before")
        ada.say("act", n=1, action="talk", params={"words": "lost"})
        ada.say("act", n=2, action="talk", params={"words": "gap"})
        error = await ada.hear(lambda m: isinstance(m, wire.Error) and m.n == 1)
        assert (error.code, error.retry_ms) == ("store_unavailable", 250)
        gap = await ada.hear(lambda m: isinstance(m, wire.Error) and m.n == 2)
        assert gap.code == "gap"
        ada.say("act", n=1, action="talk", params={"words": "found"})
        assert (await ada.outcome(1)) is not None
        await ada.hear(lambda m: any(o.n == 1 and o.ok for o in getattr(m, "outcomes", ())))


async def test_a_second_node_shows_the_same_world() -> None:
    store = MemoryStore(SystemClock())
    async with house(store, "a") as first, house(store, "b") as second:
        world, ada, _ = await two(first)
        guest = second.phone()
        entered = await guest.ask("enter", world=world.world, as_="player")
        assert isinstance(entered, wire.Entered), entered
        desk = second.phone()
        await desk.ask("enter", world=world.world, as_="desk", token=world.desk_token)
        await ada.propose("act", action="talk", params={"words": "far"})
        await desk.hear(lambda m: any(e.text == "far" for e in getattr(m, "events", ())))


async def test_worlds_are_listed_without_the_private_ones() -> None:
    async with house() as node:
        public = await node.world(title="An open house")
        await node.world(private=True)
        answer = await node.phone().ask("list")
        assert [(w.id, w.title) for w in answer.worlds] == [(public.world, "An open house")]
        assert [pack.id for pack in answer.packs] == ["starter"]


async def test_draining_sends_everybody_away_to_come_back() -> None:
    async with house() as node:
        _, ada, _ = await two(node)
        node.hall.drain()
        assert ada.closed is not None
        assert ada.closed[0] == 4010


async def test_a_language_that_the_pack_has_not_is_answered_with_its_first() -> None:
    async with house() as node:
        _, ada, _ = await two(node)
        answer = await ada.ask("lang", lang="de")
        assert answer.lang == "en"
        reset = await ada.hear(lambda m: isinstance(m, wire.Reset))
        assert reset.why == "language"
        await asyncio.sleep(0)
