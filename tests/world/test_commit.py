"""Commits and proposals: plain values with plain defaults that nobody can change."""

import dataclasses
from collections import Counter
from typing import get_args

import pytest

from dreamsync_server.world.commit import (
    ActKind,
    Cause,
    Change,
    Commit,
    Outcome,
    Position,
    Proposal,
)


def a_commit() -> Commit:
    """Return a commit of one change."""
    return Commit(
        position=Position(2, 7),
        world_ms=1_000,
        at_ms=5_000,
        cause=Cause("due", "owner"),
        outcomes=(),
        changes=(Change("expo.crowd", 40),),
        events=(),
        digest=1,
    )


def test_a_commit_is_a_value_that_cannot_be_changed() -> None:
    assert a_commit() == a_commit()
    with pytest.raises(dataclasses.FrozenInstanceError):
        a_commit().digest = 2  # type: ignore[misc]


def test_positions_are_ordered_as_the_log_is() -> None:
    assert sorted([Position(2, 8), Position(1, 9), Position(2, 7)]) == [
        (1, 9),
        (2, 7),
        (2, 8),
    ]


def test_the_owners_own_proposals_need_no_session() -> None:
    proposal = Proposal("due", "owner", arguments={"timer": "clock:bedtime"})
    assert (proposal.session, proposal.n, proposal.tenure, proposal.term) == ("", 0, 0, 0)
    assert Outcome("s", 1, "ok").arguments == ()


def test_every_kind_of_act_is_named_once() -> None:
    assert [kind for kind, count in Counter(get_args(ActKind)).items() if count > 1] == []
