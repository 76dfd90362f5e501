"""What became of something you proposed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dreamsync.protocol import cards


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the world decided, and where in its log.

    `ok` says whether it was done; else `code` is a refusal of protocol/codes.py and `text` a
    sentence to show. `position` is (epoch, seq). `args` may name `leaf` (what part of a condition
    failed) and `wait_ms`.
    """

    ok: bool
    code: str
    text: str
    position: tuple[int, int]
    args: Mapping[str, Any]

    def __bool__(self) -> bool:
        return self.ok


def outcome_of(sent: cards.Outcome) -> Outcome:
    """Return the outcome that was sent, as a program reads it."""
    return Outcome(sent.ok, sent.code, sent.text, sent.pos, sent.args)
