"""The plain trigger list: cue what holds, at once. What the director is measured against.

Among the beats that may be cued now the most specific condition wins; ties go to an ending, then
to the greater weight, then to the one cued longest ago, then to a draw from (seed, second).
"""

from dataclasses import dataclass

from dreamsync_server.world.chance import draw
from dreamsync_server.world.commit import Proposal
from dreamsync_server.world.cues import may_be_cued, occurrence_of
from dreamsync_server.world.model import Beat, Pack
from dreamsync_server.world.state import Facts, as_tuple

PROBE = Proposal("cue", "director")
"""What the director would propose, as far as the check of a cue looks at it."""


@dataclass(frozen=True, slots=True)
class Triggered:
    """A beat that may be cued now, with what it is ranked by (greater is better)."""

    beat: str
    occurrence: int
    specificity: int
    is_ending: bool
    weight: int
    rest_ms: int  # world time since its last cue; the world's whole time where there was none
    lot: int

    @property
    def rank(self) -> tuple[int, int, int, int, int]:
        """What candidates are compared by."""
        return (self.specificity, int(self.is_ending), self.weight, self.rest_ms, self.lot)


def triggered(pack: Pack, facts: Facts, second: int) -> list[Triggered]:
    """Return the beats that may be cued now, best first."""
    found = [
        _candidate(beat, facts, second)
        for beat in pack.beats.values()
        if may_be_cued(pack, facts, beat, PROBE)
    ]
    return sorted(found, key=lambda candidate: candidate.rank, reverse=True)


def _candidate(beat: Beat, facts: Facts, second: int) -> Triggered:
    seed = int(as_tuple(facts["@world"])[0])
    last_ms = facts.get(f"@beat.{beat.id}")
    return Triggered(
        beat.id,
        occurrence_of(facts, beat.id),
        beat.when.specificity if beat.when is not None else 0,
        beat.is_ending,
        beat.weight,
        facts.ms - int(str(last_ms)) if last_ms is not None else facts.ms,
        draw(seed, f"director/{beat.id}", second, 1000),
    )
