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


def may_spare(pack: Pack, facts: Facts) -> bool:
    """Return whether a nudge for something else leaves time to speak to everybody who waits.

    Nudges come one at a time, `nudge_gap_ms` apart: the first in line has the next but one.
    """
    gap_ms = nudge_gap_ms(pack, facts)
    return all(
        owed.waited_ms + (place + 2) * gap_ms + _SLACK_MS <= pack.lead_within_ms
        for place, owed in enumerate(owed_roles(pack, facts))
    )


def jain(counts: list[int]) -> float:
    """Return Jain's index of fairness: 1 where all have as much, 1/n where one has all.

    Source: Jain, Chiu and Hawe 1984.
    """
    squares = sum(count * count for count in counts)
    return sum(counts) ** 2 / (len(counts) * squares) if squares else 1.0
