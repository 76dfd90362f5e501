"""A gateway that dies takes its sessions with it, into the grace, wherever the owner is."""

from host.bench import Bench, card, join

from dreamsync_server.limits import LEASE_S
from dreamsync_server.world.commit import Proposal
from dreamsync_server.world.sessions import session_of


def here_by(session: str, role: str, gateway: str) -> Proposal:
    return Proposal("join", "player", session, arguments={"role": role, "gateway": gateway})


def is_present(watched, session: str) -> bool:
    entry = session_of(watched.owner().state.facts, session)
    assert entry is not None
    return bool(entry.is_present)


async def test_the_sessions_of_a_dead_gateway_are_absent_and_the_others_stay(
    bench: Bench,
) -> None:
    a, b = await bench.node("a"), await bench.node("b")
    from_b = [here_by("s_ben", "ben", "b")]
    await a.node.open_world(card())
    await a.do(here_by("s_ada", "ada", "a"), *from_b, join("s_old"))
    await bench.pass_time(int(LEASE_S * 2000), a, b)
    assert is_present(a, "s_ben")
    await bench.pass_time(int(LEASE_S * 2000), a)
    assert not is_present(a, "s_ben")
    assert is_present(a, "s_ada")
    assert is_present(a, "s_old")


async def test_one_who_is_back_at_another_gateway_stays(bench: Bench) -> None:
    a, b = await bench.node("a"), await bench.node("b")
    await a.node.open_world(card())
    await a.do(here_by("s_ben", "ben", "b"))
    await bench.crash(b)
    await a.do(Proposal("back", "player", "s_ben", arguments={"gateway": "a"}))
    await bench.pass_time(int(LEASE_S * 2000), a)
    assert is_present(a, "s_ben")
