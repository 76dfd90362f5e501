"""Followers: up to the confirmed tail and never past it; what contradicts them starts them over."""

import dataclasses
from collections.abc import Sequence

import pytest
from support.packs import night_for_two, starter

from dreamsync_server.clock import ManualClock
from dreamsync_server.errors import StoreUnavailableError
from dreamsync_server.gateway.follower import Follower
from dreamsync_server.gateway.rewind import Step
from dreamsync_server.limits import MEND_LOOKS
from dreamsync_server.store.codec import encode_plain
from dreamsync_server.store.memory import MemoryStore
from dreamsync_server.store.port import Batch, Ownership, Snapshot, WorldCard
from dreamsync_server.story.playthrough import Playthrough
from dreamsync_server.world.commit import Commit, Position, Proposal
from dreamsync_server.world.snapshot import to_plain


class Listening:
    """A listener that keeps what it is told."""

    def __init__(self) -> None:
        self.took: list[int] = []
        self.turns = 0
        self.divergences = 0

    def take(self, step: Step) -> None:
        self.took.append(step.commit.position.seq)

    def taken(self) -> None:
        self.turns += 1

    def diverged(self) -> None:
        self.divergences += 1


class Log:
    """A world's log in a memory store, with a follower of it."""

    def __init__(self, world: str = "w") -> None:
        self.store = MemoryStore(ManualClock())
        self.world = world
        self.owner: Ownership | None = None
        self.follower = Follower(world, starter(), self.store)
        self.heard = Listening()
        self.follower.listener = self.heard

    async def write(self, commits: Sequence[Commit]) -> None:
        if self.owner is None:
            card = WorldCard(self.world, "starter", "h" * 64, 7, False, 1)
            assert await self.store.create_world(card)
            held = await self.store.held(self.world)
            self.owner = await self.store.acquire(self.world, "a", "nonce", held)
        assert self.owner is not None
        for commit in commits:
            batch = Batch(self.owner, f"b{commit.position}", [commit])
            [appended] = await self.store.append([batch])
            assert not isinstance(appended, StoreUnavailableError)
            assert appended.code == "ok", appended
            self.owner = self.owner._replace(tail=appended.tail)

    async def played(self) -> Playthrough:
        """Write a night in which Ada and Ben talk. Its epoch is the store's."""
        await self.write([])
        assert self.owner is not None
        play = night_for_two()
        for i in range(6):
            play.act("a", "talk", words=f"line {i}")
        epoch = self.owner.epoch
        moved = [
            dataclasses.replace(c, position=Position(epoch, c.position.seq)) for c in play.commits
        ]
        play.commits[:] = moved
        play.state.position = moved[-1].position
        play.state.epochs = ((epoch, 1),)
        return play


async def test_commits_handed_over_during_a_look_are_taken_in_at_once() -> None:
    log = Log()
    play = await log.played()
    await log.write(play.commits[:5])
    await log.follower.load()

    async def hand_over_meanwhile(method: str, side: str) -> None:
        if (method, side) == ("tail", "after"):  # the tail was read: it is the old one by now
            log.store.gate = None
            await log.write(play.commits[5:])
            log.follower.on_confirmed(play.commits[5:])
            assert log.heard.took == [6, 7, 8, 9]

    log.store.gate = hand_over_meanwhile
    await log.follower.look()
    assert log.store.gate is None
    assert (log.heard.took, log.heard.divergences) == ([6, 7, 8, 9], 0)
    assert log.follower.state.digest == play.state.digest


async def test_it_loads_what_the_log_has_and_reads_on() -> None:
    log = Log()
    play = await log.played()
    await log.write(play.commits[:5])
    await log.follower.load()
    assert log.follower.state.position.seq == 5
    await log.write(play.commits[5:])
    await log.follower.look()
    assert log.follower.state.digest == play.state.digest
    assert (log.heard.took, log.heard.turns) == ([6, 7, 8, 9], 1)


async def test_commits_that_are_known_are_passed_by_and_a_gap_is_left_to_the_log() -> None:
    log = Log()
    play = await log.played()
    await log.write(play.commits)
    log.follower.on_confirmed(play.commits[:4])
    log.follower.on_confirmed(play.commits[2:5])
    log.follower.on_confirmed(play.commits[7:])
    assert log.heard.took == [1, 2, 3, 4, 5]
    await log.follower.look()
    assert log.heard.took == list(range(1, 10))


async def test_it_never_passes_the_tail_that_the_store_confirms() -> None:
    log = Log()
    play = await log.played()
    await log.write(play.commits[:6])
    log.follower.on_confirmed(play.commits[:6])
    await log.follower.look()
    assert log.follower.state.position == play.commits[5].position


async def test_another_commit_at_a_known_place_starts_it_over() -> None:
    log = Log()
    play = await log.played()
    await log.write(play.commits[:6])
    # What it was handed beyond the log was lost in a failover: the log went another way.
    log.follower.on_confirmed(play.commits[:8])
    for _ in range(MEND_LOOKS):
        await log.follower.look()
    assert log.heard.divergences == 0
    await log.follower.look()
    assert log.heard.divergences == 1
    assert log.follower.state.position == play.commits[5].position


async def test_a_log_that_gets_its_lost_end_back_in_time_starts_nothing_over() -> None:
    log = Log()
    play = await log.played()
    await log.write(play.commits[:6])
    log.follower.on_confirmed(play.commits[:8])
    await log.follower.look()
    await log.write(play.commits[6:8])
    await log.follower.look()
    assert log.heard.divergences == 0
    assert log.follower.state.position == play.commits[7].position


async def test_another_epoch_for_a_known_place_starts_it_over() -> None:
    log = Log()
    play = await log.played()
    await log.write(play.commits)
    log.follower.on_confirmed(play.commits[:6])
    first = play.commits[4]
    other = dataclasses.replace(first, position=Position(first.position.epoch + 1, 5))
    log.follower.on_confirmed([other])
    assert log.follower.is_faulted
    await log.follower.look()
    assert (log.follower.is_faulted, log.heard.divergences) == (False, 1)
    assert log.follower.state.digest == play.state.digest


async def test_a_commit_whose_digest_does_not_come_out_starts_it_over() -> None:
    log = Log()
    play = await log.played()
    await log.write(play.commits)
    log.follower.on_confirmed(play.commits[:6])
    log.follower.on_confirmed([dataclasses.replace(play.commits[6], digest=1)])
    await log.follower.look()
    assert log.heard.divergences == 1
    assert log.follower.state.digest == play.state.digest


async def test_what_is_handed_over_while_it_reads_is_read_behind_that() -> None:
    log = Log()
    play = await log.played()
    await log.write(play.commits[:5])

    async def gate(method: str, side: str) -> None:
        if (method, side) == ("read", "after") and log.follower.state.position.seq == 0:
            log.store.gate = None
            await log.write(play.commits[5:])
            log.follower.on_confirmed(play.commits[5:])

    log.store.gate = gate
    await log.follower.load()
    assert log.follower.state.position == play.commits[-1].position


async def test_a_store_that_does_not_answer_changes_nothing() -> None:
    log = Log()
    play = await log.played()
    await log.write(play.commits)
    log.follower.on_confirmed(play.commits[:5])
    log.store.fail_next("read", "before")
    with pytest.raises(StoreUnavailableError):
        await log.follower.look()
    await log.follower.look()
    assert log.follower.state.digest == play.state.digest


async def test_a_position_is_judged_by_the_epochs_of_the_log() -> None:
    play = night_for_two()
    play.propose(Proposal("begin", "owner", arguments={"epoch": 5, "outage_ms": 0}))
    follower = Follower("w", play.pack, MemoryStore(ManualClock()))
    follower.on_confirmed(play.commits)
    judged = {
        at: follower.is_on_history(Position(*at))
        for at in ((1, 3), (5, 3), (5, 4), (1, 4), (5, 5), (1, 0))
    }
    assert judged == {
        (1, 3): True, (5, 3): False, (5, 4): True, (1, 4): False, (5, 5): False, (1, 0): False
    }  # fmt: skip


@pytest.mark.parametrize("seq", range(1, 9))
async def test_any_position_can_be_gone_back_to_by_the_ring_or_by_the_log(seq: int) -> None:
    log = Log()
    play = await log.played()
    await log.write(play.commits)
    log.follower.on_confirmed(play.commits)
    by_ring = await log.follower.past(seq)
    late = Log()
    late.store, late.follower = log.store, Follower("w", starter(), log.store)
    await late.follower.load()
    late.follower._ring.clear()  # as after a start from a newer snapshot
    by_log = await late.follower.past(seq)
    assert by_ring is not None
    assert by_log is not None
    assert [s.commit.position.seq for s in by_log[1]] == list(range(seq + 1, 10))
    assert by_ring[1] == by_log[1]
    assert dict(by_ring[0].facts) == dict(by_log[0].facts)
    assert by_ring[0].classes == by_log[0].classes
    assert by_ring[0].digests == by_log[0].digests


async def test_it_starts_from_a_snapshot_and_reads_peoples_texts_with_it() -> None:
    log = Log()
    play = await log.played()
    play.act("b", "promise", words="to stay")
    play.commits[-1] = dataclasses.replace(
        play.commits[-1], position=Position(play.commits[0].position.epoch, 10)
    )
    await log.write(play.commits)
    assert log.owner is not None
    play.state.position = play.commits[-1].position
    snapshot = Snapshot(play.state.position, play.state.epochs, encode_plain(to_plain(play.state)))
    assert await log.store.save_snapshot(log.owner, snapshot, 0)
    await log.follower.load()
    assert log.follower.state.digest == play.state.digest
    assert log.follower.texts["10.words"] == "to stay"


async def test_waiting_for_a_state_ends_with_it_or_with_its_deadline() -> None:
    play = night_for_two()
    follower = Follower("w", play.pack, MemoryStore(ManualClock()))
    assert not await follower.until(lambda: follower.state.position.seq > 0, 0.01)
    follower.on_confirmed(play.commits)
    assert await follower.until(lambda: follower.state.position.seq > 0, 0.01)
