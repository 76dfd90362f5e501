"""What a server may send, beyond the fields one by one."""

import pytest
from pydantic import ValidationError
from support.wire_examples import WHOLE

from dreamsync.protocol import bounds
from dreamsync.protocol.messages import server_message
from dreamsync.protocol.server_messages import View


def test_a_small_view_is_three_fields() -> None:
    message = server_message({"type": "view", "pos": (1, 2), "ms": 0, "digest": "0" * 16})
    assert message == View(type="view", pos=(1, 2), ms=0, digest="0" * 16)


def test_a_reset_is_an_entered_without_a_question() -> None:
    with pytest.raises(ValidationError):
        server_message({"type": "reset", **WHOLE, "resumed": False, "why": "slow", "q": 1})


def test_no_more_poses_than_may_be_in_view() -> None:
    poses = tuple((f"citizen.{k}", 0, 0, 0) for k in range(bounds.POSES_IN_VIEW_MAX + 1))
    with pytest.raises(ValidationError):
        server_message({"type": "poses", "scene": "hall", "poses": poses})
