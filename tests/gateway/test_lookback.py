"""Looking back: the very state of then, told to each as it was, and quick the second time."""

from support.packs import night_for_two, starter
from world.test_repacking import edited, repacked

from dreamsync_server.clock import ManualClock
from dreamsync_server.gateway.lookback import Lookback, moment
from dreamsync_server.gateway.onlookers import look_of
from dreamsync_server.limits import PAST_EVERY_COMMITS, PAST_KEPT
from dreamsync_server.store.grafting import Graft
from dreamsync_server.store.memory import MemoryStore
from dreamsync_server.store.port import WorldCard
from dreamsync_server.story.playthrough import Playthrough
from dreamsync_server.world.commit import Moment, Proposal
from dreamsync_server.world.decide import decide
from dreamsync_server.world.model import Pack
from dreamsync_server.world.values import digest_hex

CARD = WorldCard("w_2", "starter", starter().hash, 7, True, 1, origin="w_1")


async def no_other(pack_hash: str) -> Pack:
    raise AssertionError(pack_hash)


async def stored(play: Playthrough) -> MemoryStore:
    store = MemoryStore(ManualClock())
    graft = Graft(store, CARD, starter(), no_other, len(play.commits))
    await graft.add(play.commits)
    await graft.publish(9_000)
    return store


async def test_any_moment_is_as_it_was() -> None:
    play = night_for_two()
    for i in range(40):
        play.act("a", "talk", words=f"line {i}")
    back = Lookback("w_2", starter(), await stored(play), no_other)
    for seq in (30, 3, len(play.commits), 17):
        assert (await back.state_at(seq)).digest == play.commits[seq - 1].digest


async def test_a_state_that_was_given_away_is_not_the_one_that_is_kept() -> None:
    play = night_for_two()
    for _ in range(PAST_EVERY_COMMITS):
        play.act("a", "hum_to_ada")
    back = Lookback("w_2", starter(), await stored(play), no_other)
    seq = PAST_EVERY_COMMITS
    first = await back.state_at(seq)
    first.facts["chapter"] = "nonsense"
    assert (await back.state_at(seq)).facts["chapter"] != "nonsense"
    assert 0 < len(back._kept) <= PAST_KEPT


async def test_each_pair_of_eyes_is_shown_what_it_saw_then() -> None:
    play = night_for_two()
    play.act("a", "whisper", who="ben", words="the canary sings")
    then = len(play.commits)
    play.act("a", "talk", words="later")
    store = await stored(play)
    back = Lookback("w_2", starter(), store, no_other)
    for eyes, hears in (("ben", True), ("ada", True), ("desk", True), ("guest.2", False)):
        look = look_of(starter(), eyes)
        assert look is not None
        seen = await back.seen_at(then, look)
        shown = await moment(store, CARD, seen, eyes, look, "en")
        texts = " ".join(line["text"] for line in shown["lines"])
        assert ("the canary sings" in texts) is hears, eyes
        assert "later" not in texts
        assert any("ben" in line.get("to", ()) for line in shown["lines"]) is (eyes == "desk")
        assert shown["position"] == list(play.commits[then - 1].position)
        assert ("ada.nerve" in shown["facts"]) is (eyes in ("ada", "desk"))
        assert shown["digest"] != digest_hex(play.commits[then - 1].digest)


async def test_what_was_erased_is_not_shown_at_any_moment() -> None:
    play = night_for_two()
    play.act("a", "whisper", who="ben", words="the canary sings")
    store = await stored(play)
    await store.erase_texts("w_2", "a")
    look = look_of(starter(), "desk")
    assert look is not None
    back = Lookback("w_2", starter(), store, no_other)
    shown = await moment(store, CARD, await back.seen_at(4, look), "desk", look, "en")
    assert "canary" not in str(shown)


async def test_a_moment_before_and_behind_a_change_of_pack_is_read_under_its_own() -> None:
    play = night_for_two()
    play.act("a", "talk", words="under the old")
    then = len(play.commits)
    new = edited(("cue_gap: 10s", "cue_gap: 11s"))
    changed = repacked(play, new)
    after = decide(new, play.state, Proposal("pause", "player", "b", 1), Moment(play.world_ms, 1))

    async def load_pack(pack_hash: str) -> Pack:
        assert pack_hash == new.hash
        return new

    store = MemoryStore(ManualClock())
    commits = [*play.commits[:then], changed, after]
    graft = Graft(store, CARD, starter(), load_pack, len(commits))
    await graft.add(commits)
    await graft.publish(9_000)
    back = Lookback("w_2", starter(), store, load_pack)
    assert (await back.state_at(then)).pack is starter()
    look = look_of(starter(), "desk")
    assert look is not None
    seen = await back.seen_at(len(commits), look)
    assert seen.state.pack is new
    shown = await moment(store, CARD, seen, "desk", look, "en")
    assert shown["facts"]["paused"] is True
    assert "under the old" in str(shown["lines"])
