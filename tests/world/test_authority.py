"""Authority: one table over every kind of proposal."""

from typing import get_args

from dreamsync_server.world.authority import MAY_PROPOSE, may_propose
from dreamsync_server.world.commit import ActKind, ProposerKind


def test_every_kind_of_proposal_has_its_row() -> None:
    assert set(MAY_PROPOSE) == set(get_args(ActKind))


def test_timers_and_epochs_come_from_the_owner_alone() -> None:
    for kind in ("open", "begin", "due", "sleep"):
        assert MAY_PROPOSE[kind] == {"owner"}


def test_players_act_but_do_not_direct_and_the_director_directs_but_does_not_act() -> None:
    assert may_propose("act", "player")
    assert not may_propose("cue", "player")
    assert may_propose("cue", "director")
    assert not may_propose("act", "director")
    assert not may_propose("hold", "director")


def test_nobody_else_is_known() -> None:
    known = set(get_args(ProposerKind))
    assert all(row <= known for row in MAY_PROPOSE.values())
