"""A rehearsal is a value: two that say the same are the same."""

import dataclasses

import pytest

from dreamsync_server.world.rehearsal import Rehearsal, Step


def test_it_is_frozen_and_compared_by_what_it_says() -> None:
    step = Step(0, "player", "act", "ada", "talk", {"words": "hello"})
    one = Rehearsal("starter", 7, "a word", (step,), "")
    assert one == Rehearsal("starter", 7, "a word", (dataclasses.replace(step),), "")
    with pytest.raises(dataclasses.FrozenInstanceError):
        one.seed = 8  # type: ignore[misc]
