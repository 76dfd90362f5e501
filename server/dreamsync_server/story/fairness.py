"""Fairness: whose turn it is to be what the story is about, kept by a hard bound."""

from typing import NamedTuple

from dreamsync_server.world.memory import last_lead, nudge_gap_ms, present_roles
from dreamsync_server.world.model import Pack
from dreamsync_server.world.state import Facts

CLAIM_AT = 50
"""A role has the next claim from so many percent of the bound on, so that the bound is kept."""

_SLACK_MS = 5_000
"""A beat may come between, and a proposal takes its time."""


class Owed(NamedTuple):
    """A role that is played, and for how long nothing has been about it."""

    role: str
    waited_ms: int


def owed_roles(pack: Pack, facts: Facts) -> list[Owed]:
    """Return the present roles that want a lead, who waited longest first.

    Who asked for the background is left out.
    """
    found = [
        Owed(role, facts.ms - last_lead(facts, role))
        for role in present_roles(pack, facts)
        if not facts.get(f"director.background.{role}")
    ]
    return sorted(found, key=lambda owed: -owed.waited_ms)


def claims(pack: Pack, facts: Facts) -> list[Owed]:
    """Return the roles that have the next claim, most urgent first."""
    from_ms = pack.lead_within_ms * CLAIM_AT // 100
    return [owed for owed in owed_roles(pack, facts) if owed.waited_ms >= from_ms]


def next_in_line(pack: Pack, facts: Facts) -> list[Owed]:
    """Return the roles that a nudge now must be for, who waited longest first; none: it is free.

    Nudges come one at a time, `nudge_gap_ms` apart. Were this one for something else, the first in
    line would have the next, the second the one after that: where somebody would then wait beyond
    the bound, it is for the line. Where the cap leaves no time for everybody in any case, it is
    for those whose claim has come.
    """
    owed, gap_ms = owed_roles(pack, facts), nudge_gap_ms(pack, facts)
    if len(owed) * gap_ms + _SLACK_MS > pack.lead_within_ms:
        return claims(pack, facts)
    is_late = any(
        one.waited_ms + (place + 1) * gap_ms + _SLACK_MS > pack.lead_within_ms
        for place, one in enumerate(owed)
    )
    return owed if is_late else claims(pack, facts)


def jain(counts: list[int]) -> float:
    """Return Jain's index of fairness: 1 where all have as much, 1/n where one has all.

    Source: Jain, Chiu and Hawe 1984.
    """
    squares = sum(count * count for count in counts)
    return sum(counts) ** 2 / (len(counts) * squares) if squares else 1.0
