"""What is said at the beginning of a line."""

import pytest

from dreamsync.entry import Entry, Greeting, Identity, checked
from dreamsync.errors import UsageError


def test_hello_leaves_out_what_is_not_given() -> None:
    assert Greeting("me", "en").hello() == {"type": "hello", "v": 1, "client": "me", "lang": "en"}
    assert Greeting("me", "en", "t").hello()["token"] == "t"


def test_enter_and_resume_name_the_world() -> None:
    entry = Entry("w_1", "player", role="leo")
    assert entry.enter(3) == {
        "type": "enter",
        "q": 3,
        "world": "w_1",
        "as": "player",
        "role": "leo",
    }
    assert entry.resume(4, Identity("s", "k"), (2, 9)) == {
        "type": "resume",
        "q": 4,
        "world": "w_1",
        "session": "s",
        "secret": "k",
        "epoch": 2,
        "seq": 9,
    }


@pytest.mark.parametrize(
    ("plain", "part"),
    [
        ({"type": "act", "n": 1, "action": "Draw"}, "act: action"),
        ({"type": "act", "n": 1, "action": "a", "params": {"x": "y" * 501}}, "params.x.*500"),
        ({"type": "enter", "q": 1, "world": "w", "as": "king"}, "enter: as"),
    ],
)
def test_what_breaks_the_protocol_says_where(plain: dict[str, object], part: str) -> None:
    with pytest.raises(UsageError, match=part):
        checked(plain)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (1.5, "act: params.who: Input should be text, a whole number, or true or false"),
        (["mia"], "act: params.who: Input should be text, a whole number, or true or false"),
        ("x" * 501, "act: params.who: String should have at most 500 characters"),
        (2**70, "act: params.who: Input should be less than or equal to 9007199254740991"),
    ],
)
def test_a_parameter_that_cannot_be_sent_is_told_by_its_name(value: object, told: str) -> None:
    with pytest.raises(UsageError) as caught:
        checked({"type": "act", "n": 1, "action": "whisper", "params": {"who": value}})
    assert caught.value.text == told
