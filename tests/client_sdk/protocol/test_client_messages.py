"""What a client may send, beyond the fields one by one."""

from typing import get_args

import pytest
from pydantic import ValidationError

from dreamsync.protocol.client_messages import Asked, Proposed
from dreamsync.protocol.messages import client_message


def test_proposals_carry_n_and_requests_carry_q() -> None:
    assert [m for m in get_args(Proposed) if "n" not in m.model_fields] == []
    assert [m for m in get_args(Asked) if "q" not in m.model_fields] == []
    assert [m for m in (*get_args(Proposed), *get_args(Asked)) if not m.__doc__] == []


@pytest.mark.parametrize("named", [{}, {"world": "w_1", "pack": "expo"}])
def test_a_card_is_asked_for_by_one_name(named: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        client_message({"type": "card", "q": 1, **named})


def test_a_session_is_entered_by_the_wire_name_as() -> None:
    with pytest.raises(ValidationError):
        client_message({"type": "enter", "q": 1, "world": "w_1", "as_kind": "watch"})


def test_what_is_not_declared_is_refused() -> None:
    with pytest.raises(ValidationError):
        client_message({"type": "release", "n": 1, "role": "leo"})


@pytest.mark.parametrize("digest", ["", "0" * 17, "00000000000000FF"])
def test_a_digest_is_16_hex_digits(digest: str) -> None:
    with pytest.raises(ValidationError):
        client_message({"type": "resync", "q": 1, "digest": digest})
