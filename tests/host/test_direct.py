"""The direct way says at once why it does not take a proposal."""

import math
from collections.abc import Callable

import pytest
from host.bench import Bench, Watched, card, tea

from dreamsync_server.host.owner import RefusedError
from dreamsync_server.limits import FENCE_SELF_S, INBOX_LENGTH_MAX


def full(bench: Bench, watched: Watched) -> None:
    for n in range(INBOX_LENGTH_MAX):
        watched.direct.submit("w1", tea("s_ada", n + 1))


def unleased(bench: Bench, watched: Watched) -> None:
    bench.clock.advance(math.ceil(FENCE_SELF_S * 1000))


def holding(bench: Bench, watched: Watched) -> None:
    watched.owner().held_since_s = 1.0


def faulted(bench: Bench, watched: Watched) -> None:
    watched.owner().fault = "a rule broke"


@pytest.mark.parametrize(
    ("code", "arrange"),
    [
        ("busy", full),
        ("store_unavailable", unleased),
        ("store_unavailable", holding),
        ("stopped", faulted),
    ],
)
async def test_a_refusal_says_why(
    bench: Bench, code: str, arrange: Callable[[Bench, Watched], None]
) -> None:
    watched = await bench.night()
    arrange(bench, watched)
    waiting = len(watched.owner().queue)
    with pytest.raises(RefusedError) as refused:
        watched.direct.submit("w1", tea("s_ada", 1))
    assert refused.value.code == code
    assert len(watched.owner().queue) == waiting


async def test_what_comes_while_a_world_is_closed_goes_behind_what_is_put_back(
    bench: Bench,
) -> None:
    a = await bench.night()
    owner = a.owner()
    a.direct.submit("w1", tea("s_ada", 1))
    a.node._held.lane_of("w1").close(owner)
    a.direct.submit("w1", tea("s_ada", 2))
    assert a.node.owner("w1") is None
    await a.node._jobs.join(5.0)

    with pytest.raises(RefusedError) as refused:
        a.direct.submit("w1", tea("s_ada", 3))
    assert refused.value.code == "not_here"
    assert [entry.proposal.n for entry in await bench.store.inbox("w1", "")] == [1, 2]


async def test_a_world_of_another_node_is_not_here(bench: Bench) -> None:
    await bench.night()
    b = await bench.node("b")
    with pytest.raises(RefusedError) as refused:
        b.direct.submit("w1", tea("s_ada", 1))
    assert refused.value.code == "not_here"


async def test_what_is_taken_is_decided_in_the_next_turn(bench: Bench) -> None:
    watched = await bench.node()
    await watched.node.open_world(card())
    await watched.do(tea("s_nobody", 1))
    assert watched.outcomes()[-1].code == "retired"
