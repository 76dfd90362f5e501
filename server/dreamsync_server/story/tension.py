"""Tension: how intense the story is for each role and for all, and how intense it should be.

All tensions here are in tenths, 0..100. The group's is half its highest and half its mean, so
that one role in a fever counts, and so do the others.
Source: build-up, sustained peak, fade and relax are those of Left 4 Dead's director (Booth 2009).
"""

from typing import Literal, NamedTuple

from dreamsync_server.limits import DRIFT_UNIT
from dreamsync_server.world.memory import engaged_until, present_roles, tension_of
from dreamsync_server.world.model import Chapter, Pack
from dreamsync_server.world.state import Facts

Phase = Literal["build_up", "sustain", "fade", "relax"]

NEAR = 8
"""Within so many tenths of what is wanted, it is as wanted."""
RELAX_MS = 20_000


class Mood(NamedTuple):
    """How tense a world is now. `wanted` is the chapter's curve; without one, as it is."""

    group: int
    highest: int
    mean: int
    wanted: int
    phase: Phase
    is_anybody_engaged: bool

    @property
    def lack(self) -> int:
        """How much more tension is wanted, -100..100."""
        return self.wanted - self.group


def mood_of(pack: Pack, facts: Facts, lift: int = 0) -> Mood:
    """Return how tense the world is and should be; `lift` is added to what the chapter wants."""
    roles = present_roles(pack, facts)
    each = [tension_of(facts, role) * 10 // DRIFT_UNIT for role in roles] or [0]
    highest, mean = max(each), sum(each) // len(each)
    group = (highest + mean) // 2
    chapter = pack.chapters.get(str(facts["chapter"]))
    began_ms = int(str(facts.get("@chapter", 0)))
    wanted = group
    if chapter is not None and chapter.curve:
        wanted = min(100, max(0, wanted_at(chapter, facts.ms - began_ms) + lift))
    is_engaged = any(engaged_until(facts, role) > facts.ms for role in roles)
    phase = _phase(pack, facts, group, wanted, is_engaged=is_engaged)
    return Mood(group, highest, mean, wanted, phase, is_engaged)


def wanted_at(chapter: Chapter, elapsed_ms: int) -> int:
    """Return a chapter's wanted tension at a time into it: a line from point to point."""
    points = chapter.curve
    before = points[0]
    for point in points:
        if point[0] * 1000 > elapsed_ms:
            span_ms = (point[0] - before[0]) * 1000
            if span_ms <= 0:
                return 10 * point[1]
            gone_ms = elapsed_ms - before[0] * 1000
            return 10 * before[1] + 10 * (point[1] - before[1]) * gone_ms // span_ms
        before = point
    return 10 * before[1]


def _phase(pack: Pack, facts: Facts, group: int, wanted: int, *, is_engaged: bool) -> Phase:
    """Tell the phase from what the facts say: no memory of its own, so nothing to hand over."""
    if group > wanted + NEAR:
        return "sustain" if is_engaged else "fade"
    last = facts.get("@cue")
    if group >= wanted - NEAR:
        return "sustain"
    return "relax" if last is not None and facts.ms - int(str(last)) < RELAX_MS else "build_up"
