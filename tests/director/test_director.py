"""The director: it follows, cues and plays understudies; dying or doubling it repeats nothing."""

from collections import Counter

import pytest
from host.bench import Bench, Watched, card, join, load_pack

from dreamsync_server.clock import ManualClock
from dreamsync_server.director.director import Director
from dreamsync_server.store.memory import MemoryStore
from dreamsync_server.world.commit import Proposal


def director(bench: Bench, name: str = "d1") -> Director:
    return Director(bench.store, bench.clock, load_pack, name)


async def opened(bench: Bench, *, has_understudies: bool = False) -> Watched:
    watched = await bench.node()
    await watched.node.open_world(card(has_understudies=has_understudies))
    await watched.do(join("s_desk", by="desk"))
    return watched


async def play(bench: Bench, watched: Watched, seconds: int, *directors: Director) -> None:
    for _ in range(seconds):
        bench.clock.advance(1000)
        await watched.node.step()
        for one in directors:
            await one.turn()
        await watched.node.step()


def cues(watched: Watched) -> Counter[tuple[object, object]]:
    """How often each beat's each occurrence was cued and not refused."""
    return Counter(
        (dict(c.cause.arguments)["beat"], dict(c.cause.arguments)["occurrence"])
        for c in watched.commits()
        if c.cause.kind == "cue" and c.outcomes[0].code == "ok"
    )


async def test_a_beat_is_cued_once_its_condition_holds_and_says_why(bench: Bench) -> None:
    watched = await opened(bench)
    one = director(bench)
    await play(bench, watched, 238, one)
    assert cues(watched) == {}
    await play(bench, watched, 6, one)
    assert cues(watched) == {("chime", 0): 1}
    cue = next(c for c in watched.commits() if c.cause.kind == "cue")
    assert str(dict(cue.cause.arguments)["trace"]).startswith("chime#0 ")


class Stepped(ManualClock):
    """The bench's clock as a machine has it whose wall clock is set by hand."""

    def __init__(self, real: ManualClock) -> None:
        super().__init__()
        self.real = real
        self.by_ms = 0

    def now_ms(self) -> int:
        return self.real.now_ms() + self.by_ms

    def mono_s(self) -> float:
        return self.real.mono_s()


@pytest.mark.parametrize("by_h", [-5, 5])
async def test_a_wall_clock_set_by_hours_neither_stops_nor_hurries_it(
    bench: Bench, by_h: int
) -> None:
    watched = await opened(bench)
    clock = Stepped(bench.clock)
    one = Director(bench.store, clock, load_pack, "d1")
    await play(bench, watched, 200, one)
    clock.by_ms = by_h * 3_600_000
    await play(bench, watched, 38, one)
    assert [c.cause.kind for c in watched.commits() if c.cause.kind == "cue"] == []
    await play(bench, watched, 6, one)
    assert cues(watched) == {("chime", 0): 1}


async def test_understudies_play_to_an_ending_through_the_inbox(bench: Bench) -> None:
    watched = await opened(bench, has_understudies=True)
    one = director(bench)
    for _ in range(40):
        await play(bench, watched, 30, one)
        if watched.owner().state.facts["ending"]:
            break
    assert watched.owner().state.facts["ending"] in ("morning", "orchard_keeps")
    acts = [c for c in watched.commits() if c.cause.by == "understudy"]
    assert len(acts) > 20


async def test_a_director_that_dies_is_followed_by_another_without_a_beat_twice(
    bench: Bench,
) -> None:
    watched = await opened(bench)
    first = director(bench, "d1")
    await play(bench, watched, 241, first)
    await bench.store.drop_lease("director:w1")
    second = director(bench, "d2")
    await play(bench, watched, 20, second)
    assert cues(watched) == {("chime", 0): 1}
    assert second.worlds == ["w1"]


async def test_a_director_that_wakes_after_another_took_over_is_refused_and_stops(
    bench: Bench,
) -> None:
    watched = await opened(bench)
    first = director(bench, "d1")
    await play(bench, watched, 5, first)
    await bench.store.drop_lease("director:w1")
    second = director(bench, "d2")
    await play(bench, watched, 5, second)
    await play(bench, watched, 240, first, second)
    assert cues(watched) == {("chime", 0): 1}
    assert first.worlds == []


async def test_it_directs_only_worlds_that_want_it_and_are_awake(bench: Bench) -> None:
    watched = await opened(bench)
    one = director(bench)
    await one.turn()
    assert one.worlds == ["w1"]
    other = Director(MemoryStore(ManualClock()), bench.clock, load_pack, "d3")
    await other.turn()
    assert other.worlds == []
    assert watched.commits()


async def test_it_lets_a_sleeping_world_go(bench: Bench) -> None:
    watched = await opened(bench)
    one = director(bench)
    await play(bench, watched, 3, one)
    await watched.do(Proposal("absent", "desk", "s_desk"))
    await play(bench, watched, 62, one)
    assert one.worlds == []
    assert await bench.store.lease_holder("director:w1") is None


async def test_a_fault_of_ours_in_directing_one_world_leaves_the_others_directed(
    bench: Bench,
) -> None:
    watched = await opened(bench)
    await watched.node.open_world(card("w2", has_understudies=False))
    await watched.do(join("s_desk", by="desk"), world="w2")
    one = director(bench)
    await play(bench, watched, 4, one)
    assert sorted(one.worlds) == ["w1", "w2"]

    def broken(now_ms: int) -> list[Proposal]:
        raise RuntimeError("planted")

    one._worlds["w1"].next_second = broken  # type: ignore[method-assign]
    await play(bench, watched, 50, one)
    assert one.worlds == ["w2"]
    await play(bench, watched, 15, one)
    assert sorted(one.worlds) == ["w1", "w2"], "it is looked at again"
