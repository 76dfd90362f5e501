"""What people say to the director, as it is read from the wire."""

import pytest

from dreamsync.protocol.directing_messages import Background, Direct, Veto
from dreamsync.protocol.messages import client_message


def test_what_is_not_given_stays_as_it_is() -> None:
    asked = client_message({"type": "direct", "n": 1, "temperament": ""})
    assert asked == Direct(type="direct", n=1, temperament="")
    assert isinstance(asked, Direct)
    assert (asked.standby, asked.nudge_cap) == (None, None)


def test_a_veto_lasts_five_minutes_where_nothing_is_said() -> None:
    asked = client_message({"type": "veto", "n": 1, "target": "chime"})
    assert asked == Veto(type="veto", n=1, target="chime", ms=300_000)


def test_the_background_is_on_where_nothing_is_said() -> None:
    asked = client_message({"type": "background", "n": 1})
    assert asked == Background(type="background", n=1, on=True)


@pytest.mark.parametrize(
    "wrong", [{"temperament": "cruel"}, {"nudge_cap": 601}, {"standby": "yes"}, {"mood": 1}]
)
def test_what_the_director_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"direct|temperament|nudge_cap|standby|mood"):
        client_message({"type": "direct", "n": 1, **wrong})
