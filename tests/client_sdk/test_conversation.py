"""Deadlines and cancellation of what is awaited."""

import asyncio

import pytest
from support.fake_server import WORLD
from support.fake_socket import FakeServer, HastyClock

from dreamsync.connection import Connection
from dreamsync.conversation import Conversation
from dreamsync.entry import Entry, Greeting
from dreamsync.errors import LineLostError, UnknownOutcomeError
from dreamsync.protocol.server_messages import Answer

WAIT_S = 10.0
ADD = {"type": "act", "action": "add", "params": {"by": 1}}


@pytest.fixture
async def conversation(server: FakeServer, clock: HastyClock) -> Conversation:
    return Conversation(
        Greeting("test", "en"),
        Entry(WORLD, "player"),
        lambda notice: None,
        lambda session, hear: Connection(server.url, session, hear, clock=clock),
    )


async def test_a_proposal_and_a_request_are_awaited(
    server: FakeServer, conversation: Conversation
) -> None:
    await conversation.connection.open(WAIT_S)
    outcome, answer = await asyncio.gather(
        conversation.propose(ADD), conversation.ask({"type": "people"})
    )
    assert outcome.ok
    assert isinstance(answer, Answer)
    await conversation.close()


async def test_what_was_sent_and_not_answered_in_time_has_an_unknown_outcome(
    server: FakeServer, conversation: Conversation
) -> None:
    await conversation.connection.open(WAIT_S)
    server.is_deaf = True
    with pytest.raises(UnknownOutcomeError) as caught:
        await conversation.propose(ADD, 0.05)
    assert caught.value.fault == "network"
    server.is_deaf = False
    await server.cut()
    assert (await conversation.propose(ADD, WAIT_S)).ok
    assert [plain["n"] for plain in server.world.acted] == [1, 2]
    await conversation.close()


async def test_what_could_not_be_sent_in_time_was_not_done(
    server: FakeServer, conversation: Conversation
) -> None:
    with pytest.raises(LineLostError, match="could not be sent"):
        await conversation.propose(ADD, 0.01)
    await conversation.connection.open(WAIT_S)
    assert (await conversation.propose(ADD, WAIT_S)).ok
    assert [plain["n"] for plain in server.world.acted] == [1]
    await conversation.close()


async def test_a_wait_that_is_cancelled_is_cancelled_and_the_next_is_answered(
    server: FakeServer, conversation: Conversation
) -> None:
    await conversation.connection.open(WAIT_S)
    server.is_deaf = True
    waiting = asyncio.create_task(conversation.ask({"type": "people"}))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.wait([waiting], timeout=WAIT_S)
    assert waiting.cancelled()
    server.is_deaf = False
    await server.cut()
    assert isinstance(await conversation.ask({"type": "people"}, WAIT_S), Answer)
    await conversation.close()
