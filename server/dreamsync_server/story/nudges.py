"""Nudges: which of its other means the director uses in a world second, if any.

In order of need: a role that a waiting beat lacks is cast; a role that waited too long is spoken
to; a story that stands still is helped along, rung by rung; threads that have come apart are
bridged; what spoils the story is denied. Nudges in the pack's own words go before ours.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from dreamsync_server.story.fairness import CLAIM_AT, next_in_line, owed_roles
from dreamsync_server.story.heading import leaves_away
from dreamsync_server.story.hints import Aim, best_hint
from dreamsync_server.story.odds import View, chances
from dreamsync_server.story.rescue import LADDER, RUNG_MS, Standstill, standstill
from dreamsync_server.story.touching import Part
from dreamsync_server.world.chance import draw
from dreamsync_server.world.memory import hinted, present_roles, wait_before_nudge
from dreamsync_server.world.model import Expr, Nudge, Pack
from dreamsync_server.world.nudging import refusal_of_nudge
from dreamsync_server.world.offers import OfferBook
from dreamsync_server.world.state import Facts, State, as_tuple
from dreamsync_server.world.trace import parts_of_condition

HEADING_WORTH: Final = 3
"""How much more what is headed for counts than other beats."""
GOALS_MAX: Final = 6
"""Beats whose distance is looked at when a hint is sought."""
DELAY_WITHIN_MS: Final = 180_000
DELAY_MS: Final = 60_000
"""A foreseen dead end gives a clock so much more time, when so much is left. The ladder is climbed
anew after five minutes: a clock that is delayed ends before."""
_TOWARD_HEADING: Final = 4
"""How much more a nudge is liked that helps what is headed for."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A nudge that the director wants: what it proposes, and why, in one line."""

    given: Mapping[str, Any]
    why: str


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a nudge is chosen from: the world now, and what is headed for."""

    state: State
    book: OfferBook
    second: int
    view: View
    parts: tuple[Part, ...]

    @property
    def pack(self) -> Pack:
        """The world's pack."""
        return self.state.pack

    @property
    def facts(self) -> Facts:
        """The facts as they are now."""
        return self.state.facts

    @property
    def heading(self) -> str:
        """The ending that is made for."""
        return self.view.heading

    def gain(self) -> int:
        """Return what the facts as they are tried now do to the chance of what is made for."""
        if self.view.chances is None:
            return 0
        then = chances(self.pack, self.facts)
        return (
            0 if then is None else then.worth(self.heading) - self.view.chances.worth(self.heading)
        )


def wanted_nudge(look: Outlook) -> Wish | None:
    """Return the nudge that is needed most now, None where none is or none is allowed yet."""
    wait_ms = wait_before_nudge(look.pack, look.facts)
    still = standstill(look.pack, look.facts, look.view.chances)
    if wait_ms != 0:
        return _past_the_cap(look, still)
    wish = _cast(look) or _to_who_waits(look)
    if wish is not None:
        return wish
    return (
        (_rescue(look, still) if still is not None else None)
        or _bridge(look)
        or _of_pack(look, ("deny",), "it spoils the story")
    )


def _past_the_cap(look: Outlook, still: Standstill | None) -> Wish | None:
    """Clocks and calls for help are not told to players, and go past the cap."""
    return _rescue(look, still) if still is not None and still.means in ("clock", "call") else None


def _cast(look: Outlook) -> Wish | None:
    for beat in look.pack.beats.values():
        lacking = [
            lead
            for lead, what in beat.absent.items()
            if what == "understudy" and look.facts[f"{lead}.held"] == "nobody"
        ]
        if not lacking or look.facts.get(f"@vacant.{lacking[0]}"):
            continue
        in_chapter = not beat.chapters or look.facts["chapter"] in beat.chapters
        if in_chapter and leaves_away(beat, look.facts) == 0:
            return Wish({"means": "cast", "target": lacking[0]}, f"{beat.id} needs {lacking[0]}")
    return None


def _to_who_waits(look: Outlook) -> Wish | None:
    for owed in next_in_line(look.pack, look.facts):
        why = f"nothing was about {owed.role} for {owed.waited_ms // 1000} s"
        is_due = owed.waited_ms * 100 >= look.pack.lead_within_ms * CLAIM_AT
        wish = _of_pack(look, ("hint", "cause"), why, owed.role) or _hint(
            look, owed.role, why, is_due=is_due
        )
        if wish is not None:
            return wish
    return None


def _rescue(look: Outlook, still: Standstill) -> Wish | None:
    """Take the rung that is due, or the first above it for which there is a means."""
    why = f"nothing has moved for {still.quiet_ms // 1000} s"
    if still.is_foreseen:
        why = "a dead end is foreseen"
    for rung in range(still.rung, len(LADDER)):
        wish = _on_rung(look, rung, why, is_late=still.is_foreseen)
        if wish is not None:
            return Wish({**wish.given, "rung": rung + 1}, f"{wish.why}; rung {LADDER[rung]}")
    return None


def _on_rung(look: Outlook, rung: int, why: str, *, is_late: bool) -> Wish | None:
    match LADDER[rung]:
        case "hint" | "clue":
            wish = _of_pack(look, ("hint",), why)
            roles = [owed.role for owed in owed_roles(look.pack, look.facts)]
            for role in roles if wish is None else ():
                wish = _hint(look, role, why)
                if wish is not None:
                    break
            return wish
        case "cause":
            return _of_pack(look, ("cause", "bridge"), why)
        case "reveal":
            return _of_pack(look, ("rescue",), why)
        case "clock":
            return _clock(look, why, is_late=is_late)
        case "call":
            return Wish({"means": "call", "target": why}, why)


def _hint(look: Outlook, role: str, why: str, *, is_due: bool = False) -> Wish | None:
    """Point a role to an action; who still thinks of one is left alone, unless its claim is due."""
    if hinted(look.facts, role) and not is_due:
        return None
    goals = _goals(look)
    found = best_hint(
        look.state, look.book, role, goals, look.second, look.view.course.steps, look.gain
    )
    if found is None:
        return None
    given = {"means": "hint", "target": role, "action": found.action}
    return Wish(given, f"{why}; {found.action} gains {found.gain}")


def _goals(look: Outlook) -> list[Aim]:
    """Return what hints should bring nearer: the ending headed for and the deeds that open it,
    then the beats of now that are nearest."""
    chapter = look.facts["chapter"]
    near = []
    for beat in look.pack.beats.values():
        is_open = not beat.times_max or look.facts[f"cued.{beat.id}"] == 0
        if beat.is_ending or beat.is_manual or beat.when is None or not is_open:
            continue
        if beat.chapters and chapter not in beat.chapters:
            continue
        away = leaves_away(beat, look.facts)
        if away:
            near.append((away, beat.id, beat.when))
    found = [Aim(beat_id, when, {}, 1) for _, beat_id, when in sorted(near, key=_first_two)]
    heading = look.pack.beats.get(look.heading)
    aims = [
        aim
        for action in look.view.course.doors
        if action.when is not None and (not action.chapters or chapter in action.chapters)
        for aim in _parts_of(f"action {action.id}", action.when, {"me": action.by[0]})
    ]
    if heading is not None and heading.when is not None:
        aims.extend(_parts_of(heading.id, heading.when, {}))
    return [*aims, *found[:GOALS_MAX]]


def _parts_of(id_: str, when: Expr, names: Mapping[str, str]) -> list[Aim]:
    """Return an aim for each leaf, so that a step on one counts by what that one still lacks."""
    return [
        Aim(f"{id_}/{number}", part, names, HEADING_WORTH)
        for number, part in enumerate(parts_of_condition(when))
    ]


def _first_two(near: tuple[int, str, Expr]) -> tuple[int, str]:
    return near[:2]


def _bridge(look: Outlook) -> Wish | None:
    """Bring threads together that have come apart: nobody is with anybody."""
    scenes = [look.facts[f"{role}.scene"] for role in present_roles(look.pack, look.facts)]
    if len(scenes) < 2 or len(set(scenes)) < len(scenes):
        return None
    return _of_pack(look, ("bridge",), "everybody is alone")


def _clock(look: Outlook, why: str, *, is_late: bool) -> Wish | None:
    """Hurry the clock that turns the chapter by a quarter of what is left of it.

    Where a dead end is foreseen it is time that is lacking: delay one that is about to end, by so
    little that it ends all the same.
    """
    turning = {"chapter"}
    for part in look.parts:
        if part.kind == "law" and "chapter" in part.changes:
            turning |= part.reads
    for part in look.parts:
        if part.kind != "clock" or turning.isdisjoint(part.changes):
            continue
        ends_ms = look.facts[f"clock.{part.id}"]
        left_ms = ends_ms - look.facts.ms if type(ends_ms) is int else 0
        if is_late and 0 < left_ms < DELAY_WITHIN_MS:
            return Wish({"means": "hurry", "clock": part.id, "by_ms": DELAY_MS}, why)
        if not is_late and left_ms > RUNG_MS:
            return Wish({"means": "hurry", "clock": part.id, "by_ms": -(left_ms // 4)}, why)
    return None


def _of_pack(look: Outlook, kinds: tuple[str, ...], why: str, role: str = "") -> Wish | None:
    """Return a nudge of the pack of some kinds that may be used now, drawn by weight."""
    able = [
        nudge
        for nudge in look.pack.nudges.values()
        if nudge.kind in kinds
        and (not role or role in nudge.roles)
        and refusal_of_nudge(look.facts, nudge, is_director=True) is None
    ]
    weights = [_liking(look, nudge) for nudge in able]
    total = sum(weights)
    if total == 0:
        return None
    seed = int(as_tuple(look.facts["@world"])[0])
    left = draw(seed, "director/nudge", look.second, total)
    for nudge, weight in zip(able, weights, strict=True):
        left -= weight
        if left <= 0:
            return Wish({"means": nudge.kind, "target": nudge.id}, why)
    return None


def _liking(look: Outlook, nudge: Nudge) -> int:
    return nudge.weight * (_TOWARD_HEADING if look.heading in nudge.toward else 1)
