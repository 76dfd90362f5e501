"""What messages propose: arguments for the log, free texts apart, a desk's word of why with all."""

import pytest

from dreamsync.protocol.messages import client_message
from dreamsync_server.gateway.proposing import proposal_of


def proposed(type_: str, by: str = "desk", **fields: object):
    message = client_message({"type": type_, "n": 1, **fields})
    return proposal_of(message, by, "s", "salt", {})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("type_", "fields"),
    [
        ("hold", {"beat": "b"}), ("unhold", {"beat": "b"}), ("skip", {"beat": "b"}),
        ("whisper", {"to": "ada", "text": "psst"}), ("remove", {"session": "x"}),
        ("seat", {"role": "ada", "to": "nobody"}), ("mute", {"session": "x"}),
        ("nudge", {"means": "cast", "target": "ada"}), ("close", {}), ("pause", {}),
        ("unpause", {}), ("direct", {"standby": True}), ("veto", {"target": "b"}),
        ("undo", {"target": "b"}),
        ("cue", {"beat": "b"}), ("nudge", {"means": "hurry", "target": "dawn", "ms": 5}),
    ],
)  # fmt: skip
def test_every_intervention_takes_a_word_of_why_and_keeps_it_apart(
    type_: str, fields: dict[str, object]
) -> None:
    proposal = proposed(type_, **fields, why="A reason.")
    assert proposal.texts["why"] == ("salt", "A reason.")
    assert "A reason." not in repr(proposal.arguments)


def test_a_role_is_given_to_a_players_session() -> None:
    assert proposed("seat", role="ada", to="player", session="x").arguments["to"] == "x"


def test_what_a_person_wrote_is_no_argument_also_where_nobody_asked_for_it() -> None:
    proposal = proposed("act", "player", action="hum", params={"to": "ada", "x": "Hello there"})
    assert proposal.arguments["params"] == {"to": "ada"}
    assert proposal.texts == {"x": ("salt", "Hello there")}
