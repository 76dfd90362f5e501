"""Endings of other worlds, from one world's end to the next one's log: told once, and unsigned."""

from dataclasses import replace

from host.bench import Bench, Watched, card, join, load_pack, replayed

from dreamsync_server.director.director import Director
from dreamsync_server.store.codec import encode_commit
from dreamsync_server.store.port import WorldCard
from dreamsync_server.world.commit import Commit, Proposal

MORNING = {"beat": "morning", "override": True}


def secretive(world: str, *, shares_ending: bool = True) -> WorldCard:
    """A private world with everything in its card that must not cross."""
    return replace(
        card(world), is_private=True, title="Our Friday", creator="c" * 64, invite_hash="i" * 64,
        code_hash=f"code{world}", desk_hash="d" * 64, shares_ending=shares_ending,
    )  # fmt: skip


async def ended(bench: Bench, watched: Watched, one: WorldCard, session: str) -> None:
    """Play a world to its morning and let its node notice."""
    await watched.node.open_world(one)
    await watched.do(join(session, by="desk"), world=one.world)
    await watched.do(Proposal("cue", "desk", session, 1, MORNING), world=one.world)
    assert watched.owner(one.world).state.facts["ending"] == "morning"
    await bench.pass_time(2_000, watched)


async def listening(bench: Bench, watched: Watched, world: str = "w9") -> None:
    await watched.node.open_world(card(world))
    await watched.do(join(f"s_{world}", "ada"), world=world)


async def play(bench: Bench, watched: Watched, seconds: int, one: Director) -> None:
    for _ in range(seconds):
        bench.clock.advance(1000)
        await watched.node.step()
        await one.turn()
    await watched.node.step()


def news(watched: Watched, world: str = "w9") -> list[Commit]:
    return [
        c
        for c in watched.commits(world)
        if c.cause.kind == "nudge" and dict(c.cause.arguments).get("means") == "elsewhere"
    ]


async def test_an_ending_that_was_shared_is_told_once_even_by_another_director(
    bench: Bench,
) -> None:
    a = await bench.node()
    for world in ("w1", "w2"):
        await ended(bench, a, secretive(world), f"s_{world}")
    await listening(bench, a)
    await play(bench, a, 420, Director(bench.store, bench.clock, load_pack, "d1"))
    [told] = news(a)
    assert (told.cause.by, told.outcomes[0].code) == ("director", "ok")
    assert [(e.kind, e.to, e.key) for e in told.events] == [("nudge", ("all",), "nudge.elsewhere")]
    assert told.world_ms >= 300_000
    for holder in ("w1", "w9"):
        await bench.store.drop_lease(f"director:{holder}")
    await play(bench, a, 420, Director(bench.store, bench.clock, load_pack, "d2"))
    assert news(a) == [told]
    assert (await replayed(bench, "w9")).digest == a.owner("w9").state.digest


async def test_only_the_endings_id_crosses(bench: Bench) -> None:
    a = await bench.node()
    one = secretive("w1")
    await ended(bench, a, one, "s_visitor")
    await listening(bench, a)
    await play(bench, a, 420, Director(bench.store, bench.clock, load_pack, "d1"))
    [told] = news(a)
    given = dict(told.cause.arguments)
    assert (given.pop("means"), given.pop("target")) == ("elsewhere", "morning")
    assert set(given) == {"heading", "trace"}
    raw = encode_commit(told)
    hidden = (one.world, one.title, one.creator, one.invite_hash, one.code_hash, one.desk_hash)
    for secret in (*hidden, "s_visitor"):
        assert secret.encode() not in raw


async def test_a_world_that_did_not_want_it_is_never_heard_of(bench: Bench) -> None:
    a = await bench.node()
    await ended(bench, a, secretive("w1", shares_ending=False), "s_w1")
    await listening(bench, a)
    await play(bench, a, 420, Director(bench.store, bench.clock, load_pack, "d1"))
    assert news(a) == []


async def test_nothing_crosses_to_a_world_of_another_pack(bench: Bench) -> None:
    a = await bench.node()
    await ended(bench, a, replace(secretive("w1"), pack_id="other"), "s_w1")
    await listening(bench, a)
    await play(bench, a, 420, Director(bench.store, bench.clock, load_pack, "d1"))
    assert await bench.store.shared_endings("other") == ("morning",)
    assert news(a) == []
