"""Snapshots: a state as plain values and back, checked by its digest."""

import pytest
from support.packs import night_for_two, starter

from dreamsync_server.errors import WorldFaultError
from dreamsync_server.world.snapshot import from_plain, to_plain


def played():
    play = night_for_two()
    play.act("a", "promise", words="I will not sleep")
    play.pass_to(610_000)
    play.act("b", "pick", what="leaf")
    return play.state


def test_a_state_comes_back_whole() -> None:
    state = played()
    again = from_plain(starter(), to_plain(state))
    assert dict(again.facts) == dict(state.facts)
    assert (again.position, again.digest, again.world_ms, again.epochs, again.at_ms) == (
        state.position, state.digest, state.world_ms, state.epochs, state.at_ms,
    )  # fmt: skip


def test_a_snapshot_that_does_not_come_to_its_digest_is_a_fault() -> None:
    plain = to_plain(played())
    plain["facts"][0][1] = "dream"
    with pytest.raises(WorldFaultError, match="digest"):
        from_plain(starter(), plain)


def test_a_snapshot_of_another_format_is_a_fault() -> None:
    with pytest.raises(WorldFaultError, match="format"):
        from_plain(starter(), {**to_plain(played()), "format": 99})
