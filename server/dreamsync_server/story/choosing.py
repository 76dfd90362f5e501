"""Choosing: which beat the director cues in a world second, if any, and why.

Every beat that may be cued now gets points: for how specific its condition is, what its authors
weigh it, whether its slope is what the tension lacks, what its leads are owed, how long it has
rested, how near it brings the ending that is headed for; less for what it takes out of players'
hands. One is cued once it has the points that the temperament asks for, fewer the longer nothing
has come; then it is drawn among those near the best, so that a story is not the same each time.
The draw hangs on the world's seed and second alone: whoever directs, it falls the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from dreamsync_server.story.fairness import Owed, claims, owed_roles
from dreamsync_server.story.temperament import TEMPERS, Temper
from dreamsync_server.story.tension import Mood, mood_of
from dreamsync_server.story.touching import NO_COURSE, Course
from dreamsync_server.world.chance import draw
from dreamsync_server.world.commit import Proposal
from dreamsync_server.world.cues import may_be_cued, occurrence_of, times_cued
from dreamsync_server.world.memory import temperament_of
from dreamsync_server.world.model import Beat, Pack
from dreamsync_server.world.state import Facts, as_tuple

PROBE = Proposal("cue", "director")
"""What the director would propose, as far as the check of a cue looks at it."""

_SPECIFICITY_MAX = 6
_WEIGHT_MAX = 30
_REST_MAX = 10
_ENDING = 40
_GAIN_MAX = 24
_CHANCE_A_POINT = 8
"""Thousandths of chance that are worth a point."""
_ANSWER = 5


@dataclass(frozen=True, slots=True)
class Candidate:
    """A beat that may be cued now. `terms` are its points by what they are for."""

    beat: str
    occurrence: int
    terms: tuple[tuple[str, int], ...]
    leads: tuple[str, ...]

    @property
    def score(self) -> int:
        """All points together."""
        return sum(points for _, points in self.terms)


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen in a second, `beat` None for nothing, and all that it was chosen from.

    `bar` is how many points were needed; `drawn` of `total` fell to the chosen one; `claim` is
    the role whose turn it was, "" for nobody's.
    """

    beat: Candidate | None
    ranked: tuple[Candidate, ...]
    mood: Mood
    bar: int
    drawn: int = 0
    total: int = 0
    claim: str = ""

    def trace(self) -> str:
        """Return the choice in one line: the chosen one, its points, its rivals, the draw."""
        chosen = self.beat
        if chosen is None:
            return f"nothing: bar {self.bar}"
        points = " ".join(f"{name}={points:+d}" for name, points in chosen.terms if points)
        rivals = [f"{c.beat} {c.score}" for c in self.ranked if c.beat != chosen.beat][:3]
        mood = f"tension {self.mood.group}/{self.mood.wanted} {self.mood.phase}"
        told = [f"{chosen.beat}#{chosen.occurrence} {chosen.score} ({points})", mood]
        if self.claim:
            told.append(f"claim of {self.claim}")
        told.append(f"drew {self.drawn} of {self.total}; bar {self.bar}")
        return "; ".join([*told, *(("rivals " + ", ".join(rivals),) if rivals else ())])


def candidates(pack: Pack, facts: Facts, course: Course = NO_COURSE) -> list[Candidate]:
    """Return the beats that may be cued now, best first."""
    beats = [beat for beat in pack.beats.values() if may_be_cued(pack, facts, beat, PROBE)]
    if not beats:
        return []
    temper = TEMPERS[temperament_of(pack, facts)]
    mood = mood_of(pack, facts, temper.lift)
    owed = {one.role: one for one in owed_roles(pack, facts)}
    found = [
        Candidate(
            beat.id,
            occurrence_of(facts, beat.id),
            _terms(beat, facts, temper, mood, owed, course),
            beat.leads,
        )
        for beat in beats
    ]
    return sorted(found, key=lambda one: (-one.score, one.beat))


def choose(pack: Pack, facts: Facts, second: int, course: Course = NO_COURSE) -> Choice:
    """Return what is to be cued in this world second, if anything."""
    temper = TEMPERS[temperament_of(pack, facts)]
    mood = mood_of(pack, facts, temper.lift)
    ranked = candidates(pack, facts, course)
    bar = bar_of(pack, facts, temper)
    field, claim = ranked, ""
    for owed in claims(pack, facts):
        led = [one for one in ranked if owed.role in one.leads]
        if led:  # the bound on how long a role waits goes before all points
            field, claim, bar = led, owed.role, -1_000
            break
    able = [one for one in field if one.score >= bar]
    if not able:
        return Choice(None, tuple(ranked), mood, bar)
    floor = max(bar, able[0].score - temper.breadth) - 1
    weights = [max(0, one.score - floor) ** 2 for one in able]
    total = sum(weights)
    seed = int(as_tuple(facts["@world"])[0])
    drawn = draw(seed, "director", second, total)
    left = drawn
    for one, weight in zip(able, weights, strict=True):
        left -= weight
        if left <= 0:
            return Choice(one, tuple(ranked), mood, bar, drawn, total, claim)
    raise AssertionError("a draw falls within its total")


def quiet_ms(pack: Pack, facts: Facts) -> int:
    """Return for how long the story has not moved: no cue, no new chapter."""
    last_ms = int(str(facts.get("@chapter", 0)))
    for beat_id in pack.beats:
        cued_ms = facts.get(f"@beat.{beat_id}")
        if type(cued_ms) is int:
            last_ms = max(last_ms, cued_ms)
    return facts.ms - last_ms


def bar_of(pack: Pack, facts: Facts, temper: Temper) -> int:
    """Return the points that a beat needs now: fewer the longer nothing has come."""
    waited_ms, ration_ms = quiet_ms(pack, facts), ration_of(pack, facts, temper)
    if waited_ms >= ration_ms:
        return -1_000
    return temper.bar - temper.bar * waited_ms // ration_ms


def ration_of(pack: Pack, facts: Facts, temper: Temper) -> int:
    """Return the world ms that one beat must last: what is left of the chapter, shared out.

    A chapter lasts as long as its curve; of its beats that did not come yet, half will.
    """
    chapter = pack.chapters.get(str(facts["chapter"]))
    if chapter is None or not chapter.curve:
        return temper.impatience_ms
    left = sum(
        1
        for beat in pack.beats.values()
        if chapter.id in beat.chapters
        and not (beat.is_manual or beat.is_ending)
        and (beat.times_max == 0 or times_cued(facts, beat.id) < beat.times_max)
    )
    remains_ms = chapter.curve[-1][0] * 1000 - (facts.ms - int(str(facts.get("@chapter", 0))))
    share_ms = max(0, remains_ms) // (1 + left // 2)
    return min(temper.impatience_ms * 2, max(temper.impatience_ms // 2, share_ms))


def _terms(
    beat: Beat,
    facts: Facts,
    temper: Temper,
    mood: Mood,
    owed: Mapping[str, Owed],
    course: Course,
) -> tuple[tuple[str, int], ...]:
    specificity = beat.when.specificity if beat.when is not None else 0
    waited_ms = max((owed[role].waited_ms for role in beat.leads if role in owed), default=0)
    spotlight = min(20, waited_ms // 9_000) * temper.spotlight // 100
    last_ms = facts.get(f"@beat.{beat.id}")
    rest = 0 if last_ms is None else min(_REST_MAX, (facts.ms - int(str(last_ms))) // 30_000) - 10
    return (
        ("specific", 3 * min(_SPECIFICITY_MAX, specificity)),
        ("weight", min(_WEIGHT_MAX, beat.weight)),
        ("slope", _slope(beat, mood) * temper.slope // 100),
        ("spotlight", spotlight),
        ("rest", rest),
        ("intrusion", temper.intrusion * beat.intrusion * (2 if mood.is_anybody_engaged else 1)),
        ("gain", _gain(beat, course)),
        ("answer", _ANSWER * course.answers.get(beat.id, 0) // 100),
        ("ending", _ENDING if beat.is_ending else 0),
    )


def _gain(beat: Beat, course: Course) -> int:
    """Return -24..24: how near a beat is to the ending headed for, what it does to its odds."""
    near = course.steps.get(f"beat {beat.id}")
    gain = 0 if near is None else max(0, _GAIN_MAX - 6 * near)
    if course.gain is not None:
        gain += course.gain(beat.id) // _CHANCE_A_POINT
    return min(_GAIN_MAX, max(-_GAIN_MAX, gain))


def _slope(beat: Beat, mood: Mood) -> int:
    """Return -30..30: whether a beat brings the tension nearer to what is wanted.

    It does where more is lacking than half of what it adds; the group feels some 3/4 of it.
    """
    if beat.tension == 0:
        return 8 - abs(mood.lack) // 3
    nearer = abs(mood.lack) - abs(mood.lack - beat.tension * 10 * 3 // 4)
    return min(30, max(-30, nearer))
