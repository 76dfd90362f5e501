"""Profiles are known by their names."""

import pytest

from dreamsync_server.errors import OperatorError
from dreamsync_server.store.profiles import PROFILES, profile_named


def test_each_is_found_by_its_name() -> None:
    assert [profile_named(name).name for name in PROFILES] == list(PROFILES)


def test_another_name_is_refused_with_those_there_are() -> None:
    with pytest.raises(OperatorError, match="solo, replicated, fsynced, relaxed"):
        profile_named("strong")


def test_only_those_with_replicas_survive_the_loss_of_a_machine() -> None:
    for profile in PROFILES.values():
        assert ("loss of one machine" in profile.survives) == (profile.replicas > 0)
