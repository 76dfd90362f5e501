"""An owner decides in order, one batch at a time, and stops where a rule breaks."""

import math
from typing import Any

import pytest
from host.bench import card, join, kinds, tea
from support.packs import starter

from dreamsync_server.host.owner import Owner, RefusedError, Rules
from dreamsync_server.limits import APPEND_RETRY_S, BATCH_COMMITS_MAX, INBOX_LENGTH_MAX
from dreamsync_server.store.port import Entry, Ownership
from dreamsync_server.world.agenda import Agenda
from dreamsync_server.world.commit import Commit, Proposal
from dreamsync_server.world.evolve import evolve
from dreamsync_server.world.state import State

EPOCH = 77


def opened(rules: Rules | None = None, *, mono_s: float = 0.0) -> Owner:
    """Return the owner of a world just opened, its first commit confirmed."""
    ownership = Ownership("w1", EPOCH, "nonce", 0)
    owner = Owner(card(), State(starter()), ownership, mono_s, rules or Rules(), 0)
    arguments = {"seed": 7, "understudies": False, "speed": 1000, "epoch": EPOCH}
    owner.own.append(Proposal("open", "owner", arguments=arguments))
    decided(owner, mono_s)
    return owner


def decided(owner: Owner, mono_s: float = 0.0) -> list[Commit]:
    """Return what the owner decides now, confirmed at once."""
    batch = owner.decide_batch(mono_s, int(mono_s * 1000))
    assert batch is not None
    return [*owner.confirm(mono_s)]


def test_the_first_commit_is_the_first_of_its_epoch() -> None:
    owner = opened()
    assert owner.state.position == (EPOCH, 1)
    assert owner.state.epochs == ((EPOCH, 1),)
    assert owner.ownership.tail == 1


def test_its_own_come_first_then_timers_then_the_inbox_then_the_direct_way() -> None:
    owner = opened()
    owner.submit(join("s_direct"))
    owner.take([Entry("1-0", join("s_inbox"))], has_unread=False)
    owner.own.append(Proposal("sleep", "owner"))
    commits = decided(owner, 601.0)
    assert kinds(commits) == ["sleep", "join", "due", "join"], "a timer fires once time goes on"
    assert [commit.cause.session for commit in commits] == ["", "s_inbox", "", "s_direct"]
    assert [commit.cursor for commit in commits] == ["", "1-0", "", ""]
    assert [commit.world_ms for commit in commits] == [600_000] * 4


def test_a_batch_is_bounded_and_named_by_its_first_position() -> None:
    owner = opened()
    for n in range(BATCH_COMMITS_MAX + 5):
        owner.submit(tea("s_nobody", n + 1))
    batch = owner.decide_batch(1.0, 1_000)
    assert batch is not None
    assert len(batch.commits) == BATCH_COMMITS_MAX
    assert batch.id == f"{EPOCH}-2"
    assert not owner.has_work(1.0), "nothing is decided while a batch is in flight"
    owner.confirm(1.0)
    assert owner.has_work(1.0)
    assert len(decided(owner, 1.0)) == 5


def test_nothing_to_decide_is_no_batch() -> None:
    assert opened().decide_batch(1.0, 1_000) is None


def test_a_full_queue_is_busy() -> None:
    owner = opened()
    for n in range(INBOX_LENGTH_MAX):
        owner.submit(tea("s", n + 1))
    with pytest.raises(RefusedError) as refused:
        owner.submit(tea("s", 1))
    assert refused.value.code == "busy"


def test_an_unknown_outcome_holds_the_world_until_it_is_known() -> None:
    owner = opened()
    owner.submit(join("s"))
    assert owner.decide_batch(1.0, 1_000) is not None
    owner.hold(1.0)
    assert owner.wakes_at_s() == 1.0 + APPEND_RETRY_S
    with pytest.raises(RefusedError) as refused:
        owner.submit(join("t"))
    assert refused.value.code == "store_unavailable"
    owner.confirm(1.5)
    owner.submit(join("t"))
    assert kinds(decided(owner, 1.5)) == ["join"]


def test_a_long_hold_counts_in_world_time_up_to_the_grace() -> None:
    owner = opened()
    owner.submit(join("s"))
    assert owner.decide_batch(10.0, 10_000) is not None
    owner.hold(10.0)
    owner.confirm(110.0)
    assert owner.pace.at(110.0) == 40_000


def test_it_wakes_for_its_next_timer() -> None:
    owner = opened(mono_s=5.0)
    assert owner.wakes_at_s() == pytest.approx(605.0)
    owner.is_closing = True
    assert owner.wakes_at_s() == math.inf


def test_what_was_decided_before_a_rule_broke_is_kept() -> None:
    def broken(state: State, commit: Commit) -> Any:
        if commit.cause.session == "s_bad":
            raise RuntimeError("evolve broke")
        return evolve(state, commit)

    owner = opened(Rules(evolve=broken))
    for session in ("s_good", "s_bad", "s_late"):
        owner.submit(join(session))
    batch = owner.decide_batch(1.0, 1_000)
    assert batch is not None
    assert [commit.cause.session for commit in batch.commits] == ["s_good"]
    assert owner.fault == "join by player: RuntimeError: evolve broke"
    with pytest.raises(RefusedError) as refused:
        owner.submit(join("s"))
    assert refused.value.code == "stopped"
    assert not owner.has_work(1.0)


def test_a_timer_that_never_goes_away_stops_the_world() -> None:
    class Stuck(Agenda):
        def next_due(self) -> tuple[int, str] | None:
            return 10, "clock:cockcrow"

    owner = opened(Rules(agenda=Stuck))
    assert owner.decide_batch(1.0, 1_000) is None
    assert "falls due again and again" in owner.fault


def test_what_is_left_over_is_what_may_be_given_again() -> None:
    owner = opened()
    owner.submit(join("s_joins"))
    owner.submit(tea("s_acts", 1))
    assert owner.decide_batch(1.0, 1_000) is not None
    owner.queue.append(join("s_waits"))
    assert [p.session for p in owner.leftovers()] == ["s_acts", "s_waits"]
    owner.confirm(1.0)
    assert [p.session for p in owner.leftovers()] == ["s_waits"]


def test_a_page_of_the_inbox_is_room_enough() -> None:
    owner = opened()
    assert owner.has_room()
    owner.take([Entry(f"{n}-0", tea("s", n)) for n in range(1, 65)], has_unread=True)
    assert not owner.has_room()
    assert owner.read_through == "64-0"
    assert owner.consumed == ""
    decided(owner)
    assert owner.consumed == "64-0"
    assert owner.count_untrimmed == 64
