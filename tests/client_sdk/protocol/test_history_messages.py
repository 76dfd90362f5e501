"""What a desk asks of the past, as it is read from the wire."""

import pytest

from dreamsync.protocol.history_messages import AskHistory, AskLook, Branch, Erase
from dreamsync.protocol.messages import client_message


def test_what_is_not_said_is_the_beginning_and_the_desk() -> None:
    assert client_message({"type": "history", "q": 1}) == AskHistory(type="history", q=1, after=0)
    look = client_message({"type": "look", "q": 1, "seq": 3})
    assert look == AskLook(type="look", q=1, seq=3, eyes="desk")
    assert isinstance(client_message({"type": "branch", "q": 1, "seq": 3}), Branch)
    assert isinstance(client_message({"type": "erase", "q": 1, "session": "s_2"}), Erase)


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "history", "after": -1}, {"type": "look", "seq": 0}, {"type": "look"},
        {"type": "look", "seq": 1, "eyes": "Not An Id"}, {"type": "branch", "seq": "1"},
        {"type": "branch", "seq": 1, "title": "x" * 81}, {"type": "erase", "session": ""},
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"history|look|branch|erase|seq|eyes|title|session"):
        client_message({"q": 1, **wrong})
