"""What a desk asks to see, and reporting and muting: what may be said and what may not."""

import pytest

from dreamsync.protocol.desk_messages import Mute, Report
from dreamsync.protocol.messages import client_message


def test_a_mute_is_on_where_nothing_is_said() -> None:
    asked = client_message({"type": "mute", "n": 1, "session": "s_2"})
    assert asked == Mute(type="mute", n=1, session="s_2", on=True)


def test_a_report_names_a_place_in_the_log() -> None:
    asked = client_message({"type": "report", "n": 1, "seq": 7, "i": 0, "why": "unkind"})
    assert asked == Report(type="report", n=1, seq=7, i=0, why="unkind")


def test_a_report_takes_no_place_below_nought() -> None:
    with pytest.raises(ValueError, match="seq"):
        client_message({"type": "report", "n": 1, "seq": -1, "i": 0})
