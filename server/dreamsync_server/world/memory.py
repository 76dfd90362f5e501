"""What a world keeps for whoever directs it: tension, spotlight, what is headed for, vetoes.

All of it is facts, so that a director that takes over goes on where the last one was:

    director.tension.<role>     0..10, a drift: it stands still while the role is engaged
                                (`since_ms` is until when) and then calms down
    director.lead.<role>        world_ms at which something last was about this role
    director.background.<role>  True while its player wants to stay in the background
    director.heading            the ending it heads for, "" for none yet
    director.standby            True while a person directs and it proposes nothing
    director.temperament        set at the desk, "" for the pack's; director.nudge_cap likewise, -1

and, seen by nobody:

    @nudge            world_ms of the director's last nudge
    @nudged.<nudge>   (how often, world_ms of the last)
    @rung             (rungs of the rescue ladder taken, world_ms of the last)
    @hint.<role>      (action, until ms): what its understudy was pointed to
    @denied.<action>  world_ms until which nobody may do it
    @veto.<id>        world_ms until which the director leaves a beat or nudge alone
    @elsewhere        world_ms at which an ending elsewhere was last told
    @elsewhere.<id>   True once this ending was told
    @vacant.<role>    True while a person at the desk wants nobody to play it
"""

from collections.abc import Iterable
from typing import Any, Final

from dreamsync_server.limits import DRIFT_UNIT
from dreamsync_server.world.draft import Draft
from dreamsync_server.world.model import Beat, Pack
from dreamsync_server.world.state import Facts, as_tuple
from dreamsync_server.world.values import Drift

TENSION_MAX: Final = 10
CALM_RATE: Final = -30
"""Tension lost in an hour of doing nothing: one in two minutes. Tried: twice as fast, and the
shipped worlds' beats could never hold their curves; not while a role acts, and it never fell."""
ENGAGED_MS: Final = 15_000
"""Who was stirred is engaged for so long: tension stands still. What everybody does all the time
must not count, or it would never fall."""
NUDGE_CAP_MAX: Final = 600
"""Nudges an hour for each player: one in six seconds."""
VETO_MS: Final = 300_000
"""The director leaves what was vetoed or undone alone for so long, where nothing else is said."""
TEMPERAMENTS: Final = ("patient", "mischievous", "kind")
_HOUR_MS: Final = 3_600_000


def stir(draft: Draft, role: str, by: int) -> None:
    """Raise or lower a role's tension; what raises it engages. Roles not directed have none."""
    name = f"director.tension.{role}"
    old = draft.facts.get(name)
    if old is None or by == 0:
        return
    fine = tension_of(draft.facts, role) + by * DRIFT_UNIT
    fine = min(max(fine, 0), TENSION_MAX * DRIFT_UNIT)
    since_ms = draft.ms + ENGAGED_MS if by > 0 else draft.ms
    draft.put(name, Drift(fine, CALM_RATE, since_ms, 0, TENSION_MAX))


def stir_by_beat(draft: Draft, beat: Beat) -> None:
    """Let a beat be felt: wholly by its leads, by half by the others; by all where none leads."""
    half = int(beat.tension / 2)
    for role in directed_roles(draft.pack):
        is_lead = role in beat.leads or not beat.leads
        stir(draft, role, beat.tension if is_lead else half)
    lead(draft, beat.leads)


def lead(draft: Draft, roles: Iterable[str]) -> None:
    """Note that something is about these roles now."""
    for role in roles:
        name = f"director.lead.{role}"
        if name in draft.facts:
            draft.put(name, draft.ms)


def head_for(draft: Draft, ending: str) -> None:
    """Note which ending is headed for; what is none of the pack's is passed over."""
    beat = draft.pack.beats.get(ending)
    if beat is not None and beat.is_ending and "director.heading" in draft.facts:
        draft.put("director.heading", ending)


def tension_of(facts: Facts, role: str) -> int:
    """Return a role's tension now, in 1/3,600,000 of one."""
    value: Any = facts.get(f"director.tension.{role}", 0)
    return value.fine_at(facts.ms) if type(value) is Drift else int(value) * DRIFT_UNIT


def engaged_until(facts: Facts, role: str) -> int:
    """Return until which world_ms a role is engaged; 0 for one that never was."""
    value = facts.get(f"director.tension.{role}")
    return value.since_ms if type(value) is Drift else 0


def last_lead(facts: Facts, role: str) -> int:
    """Return the world_ms at which something last was about a role."""
    return int(str(facts.get(f"director.lead.{role}", 0)))


def directed_roles(pack: Pack) -> list[str]:
    """Return the roles that are looked after: those a player may take, choruses aside."""
    return [role.id for role in pack.roles.values() if role.is_open and role.seats == 0]


def present_roles(pack: Pack, facts: Facts) -> list[str]:
    """Return the roles that players play now; where there are none, those of understudies.

    A player whose line is lost counts as present until the grace ends.
    """
    held = {role: facts[f"{role}.held"] for role in directed_roles(pack)}
    players = [role for role, by in held.items() if by == "player"]
    return players or [role for role, by in held.items() if by == "understudy"]


def temperament_of(pack: Pack, facts: Facts) -> str:
    """Return the temperament in force: the desk's, else the pack's."""
    return str(facts.get("director.temperament", "")) or pack.temperament


def nudge_gap_ms(pack: Pack, facts: Facts) -> int:
    """Return the least time between two nudges under the cap; -1 where none are allowed."""
    set_ = facts.get("director.nudge_cap", -1)
    cap = pack.nudge_cap if type(set_) is not int or set_ < 0 else set_
    there = len(present_roles(pack, facts))
    return -1 if cap == 0 or there == 0 else _HOUR_MS // (cap * there)


def wait_before_nudge(pack: Pack, facts: Facts) -> int:
    """Return the world ms until the director may nudge again; 0 or less for none, -1 for never."""
    gap_ms = nudge_gap_ms(pack, facts)
    if gap_ms < 0:
        return -1
    last = facts.get("@nudge")
    return 0 if last is None else max(0, int(str(last)) + gap_ms - facts.ms)


def is_vetoed(facts: Facts, id_: str) -> bool:
    """Return whether the desk keeps the director from a beat or nudge for now."""
    until = facts.get(f"@veto.{id_}")
    return until is not None and int(str(until)) > facts.ms


def is_denied(facts: Facts, action: str) -> bool:
    """Return whether a denial is in force."""
    until = facts.get(f"@denied.{action}")
    return until is not None and int(str(until)) > facts.ms


def hinted(facts: Facts, role: str) -> str:
    """Return the action that a role was pointed to and may still think of, "" for none."""
    kept = as_tuple(facts.get(f"@hint.{role}"))
    return str(kept[0]) if kept and kept[1] > facts.ms else ""
