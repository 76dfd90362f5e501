"""An outcome as a program reads it."""

from dreamsync.outcome import Outcome, outcome_of
from dreamsync.protocol import cards


def test_it_is_true_when_it_was_done_and_keeps_what_was_sent() -> None:
    done = outcome_of(cards.Outcome(n=1, code="ok", ok=True, pos=(1, 7)))
    assert done
    assert done == Outcome(True, "ok", "", (1, 7), {})
    sent = cards.Outcome(
        n=2, code="cooldown", ok=False, pos=(1, 8), text="Wait.", args={"wait_ms": 9}
    )
    refused = outcome_of(sent)
    assert not refused
    assert (refused.code, refused.text, refused.args) == ("cooldown", "Wait.", {"wait_ms": 9})
