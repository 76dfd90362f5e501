"""Conversations: the order of proposals, goodbyes, and errors that are answered."""

import asyncio

import pytest
from support.house import house, two

from dreamsync.protocol import server_messages as wire
from dreamsync_server.clock import SystemClock
from dreamsync_server.gateway import conversation
from dreamsync_server.store.memory import MemoryStore
from dreamsync_server.world.commit import Proposal
from dreamsync_server.world.sessions import say_back


async def test_a_refusal_has_a_code_and_a_sentence() -> None:
    async with house() as node:
        _, ada, _ = await two(node)
        outcome = await ada.propose("act", action="wind_box")
        assert (outcome.ok, outcome.code) == (False, "condition")
        assert outcome.text


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


async def test_a_line_lost_while_the_store_takes_a_proposal_is_no_fault_of_ours(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with house(is_direct=False) as node:
        _, ada, _ = await two(node)
        is_taken, may_go_on = asyncio.Event(), asyncio.Event()

        async def gate(method: str, side: str) -> None:
            if (method, side) == ("propose", "after"):
                is_taken.set()
                await may_go_on.wait()

        node.store.gate = gate
        ada.say("act", n=1, action="talk", params={"words": "bye"})
        async with asyncio.timeout(5):
            await is_taken.wait()
        carrier = ada.talk._carrier
        assert carrier is not None
        ada.hang_up()
        may_go_on.set()
        async with asyncio.timeout(5):
            await asyncio.wait((carrier,))
        assert carrier.exception() is None
    assert "a fault of ours" not in caplog.text


async def test_what_cannot_be_read_is_answered_and_harms_nothing() -> None:
    async with house() as node:
        phone = node.phone()
        for frame in (b"", b"\xc1", b"\x81\xa4type\xa4nope", "{}", b"\x80" * 100):
            phone.talk.received(frame)
        answer = await phone.ask("list")
        assert isinstance(answer, wire.Worlds)


async def test_an_unknown_fault_of_ours_is_answered_too() -> None:
    async with house() as node:

        async def broken() -> float:
            raise RuntimeError("planted")

        node.store.memory_share = broken  # type: ignore[method-assign]
        answer = await node.phone().ask("create", pack="starter", private=False)
        assert (answer.code, "planted" in answer.text) == ("internal", False)


async def test_no_hello_in_time_is_said_before_the_line_is_closed() -> None:
    async with house() as node:
        phone = node.phone()
        phone.talk.late()
        assert phone.heard[-1].code == "hello_timeout"
        assert phone.closed is not None


@pytest.mark.parametrize("is_direct", [True, False])
async def test_many_proposals_at_once_are_decided_in_their_order(is_direct: bool) -> None:
    async with house(is_direct=is_direct) as node:
        _, ada, ben = await two(node)
        for n in range(1, 21):
            ada.say("act", n=n, action="talk", params={"words": f"line {n}"})
        await ada.outcome(20)
        await ben.hear(lambda m: any(e.text == "line 20" for e in getattr(m, "events", ())))
        said = [e.text for m in ben.heard for e in getattr(m, "events", ()) if e.kind == "said"]
        assert said == [f"line {n}" for n in range(1, 21)]


class Thief:
    """Takes proposals out of the store's inbox on their way: they are told as taken, and lost."""

    def __init__(self, store: MemoryStore, *numbers: int) -> None:
        self.numbers = list(numbers)
        propose = store.propose

        async def lossy(world: str, proposal: Proposal) -> bool:
            if proposal.n in self.numbers:
                self.numbers.remove(proposal.n)
                return True
            return await propose(world, proposal)

        store.propose = lossy  # type: ignore[method-assign]


async def test_what_the_store_lost_is_proposed_again_when_the_next_one_finds_a_gap() -> None:
    async with house(is_direct=False) as node:
        _, ada, ben = await two(node)
        Thief(node.store, 1)
        for n, words in enumerate(("one", "two", "three"), 1):
            ada.say("act", n=n, action="talk", params={"words": words})

        assert [(await ada.outcome(n)).ok for n in (1, 2, 3)] == [True] * 3
        await ben.hear(lambda m: any(e.text == "three" for e in getattr(m, "events", ())))
        heard = [e.text for m in ben.heard for e in getattr(m, "events", ())]
        assert [text for text in heard if text in ("one", "two", "three")] == [
            "one", "two", "three",
        ]  # fmt: skip
        codes = {o.code for m in ada.heard for o in getattr(m, "outcomes", ())}
        assert codes == {"ok"}


async def test_what_has_no_outcome_for_long_is_proposed_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(conversation, "PROPOSED_AGAIN_S", 0.25)
    async with house(is_direct=False) as node:
        _, ada, _ = await two(node)
        Thief(node.store, 1)
        assert (await ada.propose("act", action="talk", params={"words": "lost"})).ok


async def test_a_line_that_is_at_another_node_by_now_is_not_cut_by_a_late_word() -> None:
    store = MemoryStore(SystemClock())
    async with house(store, "a") as first, house(store, "b") as second:
        world, ada, ben = await two(first)
        entered = next(m for m in ada.heard if isinstance(m, wire.Entered))
        facts = first.hall.rooms[world.world].follower.state.facts
        late = say_back(facts, entered.session, "a", "late")
        ada.hang_up()
        phone = second.phone()
        await phone.ask(
            "resume", world=world.world, session=entered.session, secret=entered.secret,
            epoch=entered.position[0], seq=entered.position[1],
        )  # fmt: skip
        await store.propose(world.world, late)

        assert (await phone.propose("act", action="talk", params={"words": "still here"})).ok
        await ben.hear(lambda m: any(e.text == "still here" for e in getattr(m, "events", ())))
        assert phone.closed is None
