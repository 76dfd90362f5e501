"""Entering, coming back and being away, with a host behind it."""

import asyncio
from typing import Any

import pytest
from support.house import house, two

from dreamsync.protocol import server_messages as wire
from dreamsync_server.clock import SystemClock
from dreamsync_server.errors import StoreUnavailableError
from dreamsync_server.store.memory import MemoryStore
from dreamsync_server.world.commit import Proposal
from dreamsync_server.world.sessions import session_of


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


async def test_a_line_that_may_be_dead_puts_nobody_out() -> None:
    """It shows by a pong that it is there; till then who is in stays in."""
    store = MemoryStore(SystemClock())
    async with house(store, "a") as first, house(store, "b") as second:
        world, _, ben = await two(first)
        entered = ben.heard[1]
        where = {"epoch": entered.position[0], "seq": entered.position[1]}
        who = {"world": world.world, "session": entered.session, "secret": entered.secret}
        lost = second.phone()
        lost.is_awake = False
        lost.say("resume", q=1, **who, **where)
        await lost.until(lambda: lost.pings)
        assert (await ben.propose("act", action="talk", params={"words": "here"})).ok
        assert ben.closed is None
        assert "back" not in {c.cause.kind for c in await store.read(world.world, 0)}

        lost.answer_pings()
        assert isinstance(await lost.hear(lambda m: getattr(m, "q", None) == 1), wire.Entered)
        assert (await ben.ended())[0] == 4007


async def test_who_is_decided_late_puts_a_newer_line_out_only_alive() -> None:
    store = MemoryStore(SystemClock())
    async with house(store, "a", is_direct=False) as node:
        world, ada, ben = await two(node)
        entered = ben.heard[1]
        where = {"epoch": entered.position[0], "seq": entered.position[1]}
        who = {"world": world.world, "session": entered.session, "secret": entered.secret}
        ben.hang_up()
        follower = node.hall.rooms[world.world].follower
        absent = lambda: session_of(follower.state.facts, entered.session).is_present == 0  # noqa: E731
        assert await follower.until(absent, 5)
        held: list[Proposal] = []
        propose = store.propose

        async def hold(world: str, proposal: Proposal) -> bool:
            if proposal.kind != "back" or held:
                return await propose(world, proposal)
            held.append(proposal)  # the first word is under way for long
            return True

        store.propose = hold  # type: ignore[method-assign]
        old, new = node.phone(), node.phone()
        old.is_awake = False
        old.say("resume", q=1, **who, **where)
        await old.until(lambda: held)
        assert (await new.ask("resume", **who, **where)).resumed
        await propose(world.world, held[0])
        await old.until(lambda: old.pings)  # it was refused, and is asked for a sign of life
        assert (await new.propose("act", action="talk", params={"words": "still here"})).ok
        await ada.hear(lambda m: any(e.text == "still here" for e in getattr(m, "events", ())))
        assert new.closed is None
        assert not any(isinstance(m, wire.Entered) for m in old.heard)


async def test_who_comes_back_is_in_only_where_nobody_came_back_meanwhile() -> None:
    """Between what is decided and being in, what was missed is read."""
    store = MemoryStore(SystemClock())
    async with house(store, "a") as first, house(store, "b") as second:
        world, _, ben = await two(first)
        entered = ben.heard[1]
        where = {"epoch": entered.position[0], "seq": entered.position[1]}
        who = {"world": world.world, "session": entered.session, "secret": entered.secret}
        ben.hang_up()
        reading, may_read = asyncio.Event(), asyncio.Event()
        missed = second.hall.entering._missed

        async def slowly(*given: Any) -> Any:
            reading.set()
            await may_read.wait()
            return await missed(*given)

        second.hall.entering._missed = slowly  # type: ignore[method-assign]
        slow, quick = second.phone(), first.phone()
        slow.say("resume", q=1, **who, **where)
        await reading.wait()
        assert (await quick.ask("resume", **who, **where)).resumed
        follower = second.hall.rooms[world.world].follower
        at = lambda: session_of(follower.state.facts, entered.session).gateway  # noqa: E731
        assert await follower.until(lambda: at() == "a", 5)
        may_read.set()
        assert isinstance(await slow.hear(lambda m: getattr(m, "q", None) == 1), wire.Entered)
        assert (await quick.ended())[0] == 4007, "the log has it at one node, and so has the line"
        assert at() == "b"


@pytest.mark.parametrize("is_awake", [False, True])
async def test_a_spectator_is_put_out_by_a_line_that_is_there_and_by_no_other(
    is_awake: bool,
) -> None:
    async with house() as node:
        world, ada, _ = await two(node, spectators=True)
        guest, again = node.phone(), node.phone()
        entered = await guest.ask("enter", world=world.world, as_="watch")
        again.is_awake = is_awake
        again.say(
            "resume", q=1, world=world.world, session=entered.session, secret=entered.secret,
            epoch=entered.position[0], seq=entered.position[1],
        )  # fmt: skip
        if is_awake:
            assert (await guest.ended())[0] == 4007
            return
        await again.until(lambda: again.pings)
        await ada.propose("act", action="talk", params={"words": "one"})
        await guest.hear(lambda m: any(e.text == "one" for e in getattr(m, "events", ())))
        assert guest.closed is None


@pytest.mark.parametrize("kind", ["watch", "desk"])
async def test_who_comes_to_a_node_that_is_behind_misses_nothing(kind: str) -> None:
    store = MemoryStore(SystemClock())
    async with house(store, "a") as first, house(store, "b") as second:
        world, ada, _ = await two(first, spectators=True)
        early = await second.phone().ask("enter", world=world.world, as_="watch")
        assert isinstance(early, wire.Entered)
        behind = second.hall.rooms[world.world].follower
        is_deaf = True

        async def gate(method: str, side: str) -> None:
            if is_deaf and method == "tail" and asyncio.current_task() in second.hall._tasks:
                raise StoreUnavailableError("deaf")

        store.gate = gate
        guest = first.phone()
        token = {"token": world.desk_token} if kind == "desk" else {}
        entered = await guest.ask("enter", world=world.world, as_=kind, **token)
        await ada.propose("act", action="talk", params={"words": "one"})
        seen = await guest.hear(lambda m: isinstance(m, wire.View))
        assert behind.state.position.seq < seen.pos[1]
        guest.hang_up()
        is_deaf = False
        back = await second.phone().ask(
            "resume", world=world.world, session=entered.session, secret=entered.secret,
            epoch=seen.pos[0], seq=seen.pos[1],
        )  # fmt: skip
        assert isinstance(back, wire.Entered), back
        assert back.resumed


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


async def test_who_is_gone_before_it_is_in_leaves_nobody_behind_in_its_seat() -> None:
    async with house() as node:
        world = await node.world()
        ada, gone = node.phone(), node.phone()
        await ada.ask("enter", world=world.world, as_="player", role="ada")
        follower = node.hall.rooms[world.world].follower
        gone.say("enter", q=1, world=world.world, as_="player", role="ben")
        await gone.until(lambda: gone.talk._asked)
        await asyncio.sleep(0)  # its task has begun
        gone.hang_up()

        def of_ben() -> list[int]:
            facts = follower.state.facts
            names = [name.removeprefix("@session.") for name in facts if "@session." in name]
            found = [session_of(facts, name) for name in names]
            return [it.is_present for it in found if it is not None and it.seat == "ben"]

        assert await follower.until(lambda: of_ben() == [1], 5), "it has joined"
        assert await follower.until(lambda: of_ben() == [0], 10)


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


async def test_a_session_that_is_taken_over_is_never_said_to_be_absent() -> None:
    async with house() as node:
        world, _, ben = await two(node)
        entered = ben.heard[1]
        again = node.phone()
        await again.ask(
            "resume", world=world.world, session=entered.session, secret=entered.secret,
            epoch=entered.position[0], seq=entered.position[1],
        )  # fmt: skip
        await ben.ended()
        assert (await again.propose("act", action="make_tea")).ok
        kinds = [c.cause.kind for c in await node.store.read(world.world, 0)]
        assert ("back" in kinds, "absent" in kinds) == (True, False)


async def test_who_is_here_but_counted_absent_says_so() -> None:
    async with house() as node:
        world, _, ben = await two(node)
        session = ben.heard[1].session
        # An old line of the session was seen to be lost only now, at another node.
        assert not await node.hall.submit(world.world, Proposal("absent", "player", session))
        follower = node.hall.rooms[world.world].follower
        kinds: list[str] = []

        def is_back() -> bool:
            kinds[:] = [step.commit.cause.kind for step in follower.newest_steps(2)]
            return kinds == ["absent", "back"]

        assert await follower.until(is_back, 5), kinds
        assert ben.closed is None


@pytest.mark.parametrize(("gateway", "closed"), [("a", None), ("b", 4007)])
async def test_only_a_back_said_at_another_node_takes_a_session_away(
    gateway: str, closed: int | None
) -> None:
    async with house(name="a") as node:
        world, _, ben = await two(node)
        session = ben.heard[1].session
        # A line of the session that is gone again by now: what it said is decided only now.
        late = Proposal("back", "player", session, arguments={"gateway": gateway})
        assert not await node.hall.submit(world.world, late)
        follower = node.hall.rooms[world.world].follower
        newest = lambda: follower.newest_steps(1)[0].commit.cause.kind  # noqa: E731
        assert await follower.until(lambda: newest() == "back", 5)
        assert (ben.closed and ben.closed[0]) == closed
