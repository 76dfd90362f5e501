"""What host and director do is counted, and told by /metrics."""

import pytest
from host.bench import card, join, load_pack, tea

from dreamsync_server.cli import metering as metering_module
from dreamsync_server.cli.assembly import submit_by
from dreamsync_server.cli.metering import Directors, Metering
from dreamsync_server.clock import ManualClock
from dreamsync_server.errors import StoreUnavailableError
from dreamsync_server.host.direct import Direct
from dreamsync_server.host.node import HostNode
from dreamsync_server.store.memory import MemoryStore
from dreamsync_server.telemetry import Telemetry
from dreamsync_server.world.commit import Cause, Commit, Outcome, Position


def lines_of(telemetry: Telemetry) -> dict[str, float]:
    """Return what is told, by name and labels."""
    told = telemetry.exposition().decode().splitlines()
    return {
        line.rpartition(" ")[0]: float(line.rpartition(" ")[2])
        for line in told
        if line and line[0] != "#"
    }


async def test_what_a_host_does_is_counted() -> None:
    telemetry, clock = Telemetry(has_process=False), ManualClock()
    store, metering = MemoryStore(clock), Metering(telemetry)
    node = HostNode(
        metering.store(store), clock, "a", load_pack, lambda: "token", rules=metering.rules(),
        on_confirmed=metering.confirmed, on_gone=metering.gone,
    )  # fmt: skip
    metering.watch(lambda: len(node.worlds), lambda: node.peers.all)
    await node.join()
    await node.open_world(card())
    submit = metering.submit(submit_by(Direct(node)))
    for proposal in (join("s_ada", "ada"), tea("s_ada", 1), tea("s_ada", 3)):
        assert submit("w1", proposal) == ""
    await node.step()
    assert submit("w2", tea("s_ada", 4)) == "not_here"
    store.fail_next("tail", "before")
    with pytest.raises(StoreUnavailableError):
        await metering.store(store).tail("w1")

    told = lines_of(telemetry)
    assert told["dreamsync_worlds_owned"] == 1
    assert told["dreamsync_worlds_opened_total"] == told["dreamsync_takeovers_total"] == 1
    assert told["dreamsync_commits_total"] == 4
    assert told['dreamsync_refusals_total{code="gap"}'] == 1
    assert told["dreamsync_decide_seconds_count"] == 4
    assert told["dreamsync_action_seconds_count"] == 2, "of those with a number"
    assert told["dreamsync_append_commits_sum"] == 4
    assert told["dreamsync_inbox_length_count"] >= 1
    assert told['dreamsync_store_errors_total{call="tail"}'] == 1


def test_of_what_never_has_an_outcome_the_oldest_is_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(metering_module, "PROPOSALS_TIMED_MAX", 2)
    metering = Metering(telemetry := Telemetry(has_process=False))
    submit = metering.submit(lambda world, proposal: "")
    for n in (1, 2, 3):
        submit("w1", tea("s_ada", n))
    outcomes = tuple(Outcome("s_ada", n, "ok") for n in (1, 2, 3))
    cause = Cause("act", "player")
    metering.confirmed("w1", [Commit(Position(1, 1), 0, 0, cause, outcomes, (), (), 0)])
    assert lines_of(telemetry)["dreamsync_action_seconds_count"] == 2


def test_worlds_that_are_lost_are_counted_by_why() -> None:
    telemetry = Telemetry(has_process=False)
    for why in ("fenced", "faulted", "faulted", "asleep", "released"):
        Metering(telemetry).gone("w1", why)  # type: ignore[arg-type]
    told = lines_of(telemetry)
    assert told["dreamsync_fenced_total"] == 1
    assert told["dreamsync_worlds_faulted_total"] == 2


def test_what_directors_say_is_added_up() -> None:
    telemetry = Telemetry(has_process=False)
    said = {
        "d1": {"kind": "director", "worlds": 3, "proposed": {"cue ok": 2, "nudge held": 1}},
        "d2": {"kind": "director", "worlds": 1, "proposed": {"cue ok": 5}},
        "n1": {"kind": "node", "worlds": 9},
    }
    telemetry.registry.register(Directors(lambda: said))
    told = lines_of(telemetry)
    assert told["dreamsync_directors"] == 2
    assert told["dreamsync_worlds_directed"] == 4
    assert told['dreamsync_director_cues_total{code="ok",kind="cue"}'] == 7
    assert told['dreamsync_director_cues_total{code="held",kind="nudge"}'] == 1
