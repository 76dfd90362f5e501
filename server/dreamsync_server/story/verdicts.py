"""Verdicts of a rehearsal: impossible, because…; witnessed, replay it; not yet witnessed.

There is no fourth. A search that ran out of time has proved nothing, and says how near it came.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from dreamsync_server.story.goals import Goal, goals_of, place_of
from dreamsync_server.story.proofs import Proof
from dreamsync_server.story.seeking import Found, Miss
from dreamsync_server.world.model import Pack, Place

VerdictKind = Literal["impossible", "witnessed", "open"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a rehearsal says of one goal. `recorded` names the kept rehearsal that shows it."""

    goal: Goal
    kind: VerdictKind
    place: Place
    reason: tuple[str, ...] = ()
    found: Found | None = None
    recorded: str = ""
    miss: Miss | None = None

    def __str__(self) -> str:
        match self.kind:
            case "impossible":
                return f"{self.goal}: impossible, because {self.reason[0]}"
            case "witnessed":
                return f"{self.goal}: witnessed, replay it: {self._witness()}"
            case "open":
                return f"{self.goal}: not yet witnessed, {self._nearest()}"

    def as_plain(self) -> dict[str, Any]:
        """Return it as plain values."""
        plain: dict[str, Any] = {
            "goal": str(self.goal),
            "verdict": {"open": "not yet witnessed"}.get(self.kind, self.kind),
            "at": str(self.place),
        }
        if self.kind == "impossible":
            plain["because"] = list(self.reason)
        if self.recorded:
            plain["rehearsal"] = self.recorded
        if self.found is not None:
            plain["seed"] = self.found.seed
            plain["absent"] = list(self.found.absent)
            plain["steps"] = len(self.found.steps)
        if self.kind == "open" and self.miss is not None:
            plain["nearest"] = {
                "distance": round(self.miss.cost, 1),
                "at_ms": self.miss.world_ms,
                "missing": list(self.miss.leaves),
            }
        return plain

    def _witness(self) -> str:
        if self.recorded:
            return f"rehearsals/{self.recorded}.yaml"
        assert self.found is not None, "what is witnessed was recorded or found"
        absent = f", without {' and '.join(self.found.absent)}" if self.found.absent else ""
        return f"seed {self.found.seed}, {len(self.found.steps)} steps{absent}"

    def _nearest(self) -> str:
        if self.miss is None:
            return "and nothing that was tried led nearer to it"
        at = f"{self.miss.world_ms // 60_000}:{self.miss.world_ms // 1000 % 60:02d}"
        lacking = ", ".join(f"`{leaf}`" for leaf in self.miss.leaves) or "the moment itself"
        return f"nearest miss {self.miss.cost:.1f} away at {at}, lacking {lacking}"


def verdicts_of(
    pack: Pack,
    proofs: Sequence[Proof],
    found: Mapping[Goal, Found],
    recorded: Mapping[Goal, str],
    misses: Mapping[Goal, Miss],
) -> tuple[Verdict, ...]:
    """Return the verdict on every goal of a pack, in its order."""
    proved = {proof.goal: proof for proof in proofs}
    verdicts = []
    for goal in goals_of(pack):
        place = place_of(pack, goal)
        if goal in found or goal in recorded:
            verdict = Verdict(
                goal, "witnessed", place, found=found.get(goal), recorded=recorded.get(goal, "")
            )
        elif goal in proved:
            verdict = Verdict(goal, "impossible", place, reason=proved[goal].reason)
        else:
            verdict = Verdict(goal, "open", place, miss=misses.get(goal))
        verdicts.append(verdict)
    return tuple(verdicts)
