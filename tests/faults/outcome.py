"""What one row of the matrix came to: how often it was struck, what was lost, how long gaps."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from support.invariants import Fault, check_appends

if TYPE_CHECKING:
    from faults.bots import Cast
    from faults.rig import Rig

LOST, DOUBLED, LEAKED = ("lost", "beyond"), ("doubled", "order", "cue"), ("leak",)
HEAD = (
    "| row | runs | acked | lost | doubled | leaked | other | stuck | gap p50 ms | p99 | max |"
    " took s | |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---|"
)


@dataclass
class Outcome:
    """One row. `stuck` says of each time that play did not go on within 10 s after the fault."""

    name: str
    runs: int = 0
    acked: int = 0
    commits: int = 0
    gaps_s: list[float] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    skipped: str = ""
    lasted_s: float = 0.0
    began_s: float = field(default_factory=time.monotonic)

    async def judge(self, rig: "Rig", casts: Sequence["Cast"]) -> None:
        """See that everybody goes on within the time there is, then check logs and records."""
        for cast in casts:
            try:
                await cast.settle()
            except TimeoutError:
                self.stuck.append(f"world {cast.world.id} did not settle")
        self.faults += check_appends(rig.node_tap.owned)
        for cast in casts:
            history = await cast.check()
            self.acked += history.acked
            self.faults += history.faults
            self.commits += len((await cast.log())[0])

    def add(self, other: "Outcome") -> None:
        """Take in what another part of the same row came to."""
        self.runs += other.runs
        self.acked += other.acked
        self.commits += other.commits
        self.gaps_s += other.gaps_s
        self.faults += other.faults
        self.stuck += other.stuck
        self.notes += other.notes

    def count(self, kinds: Iterable[str]) -> int:
        """Return how many faults of some kinds there were."""
        return sum(1 for fault in self.faults if fault.kind in kinds)

    @property
    def is_good(self) -> bool:
        """Whether nothing at all was wrong."""
        return not self.faults and not self.stuck

    def gap_ms(self, share: float) -> int | None:
        """Return a quantile of the gaps, None where there are none."""
        gaps = sorted(self.gaps_s)
        return round(1000 * gaps[int(share * (len(gaps) - 1))]) if gaps else None

    def figures(self) -> dict[str, int | None]:
        """Return what the table shows, by name."""
        lost, doubled, leaked = (self.count(kinds) for kinds in (LOST, DOUBLED, LEAKED))
        return {
            "runs": self.runs, "acked": self.acked, "lost": lost, "doubled": doubled,
            "leaked": leaked, "other": len(self.faults) - lost - doubled - leaked,
            "stuck": len(self.stuck), "gap_p50_ms": self.gap_ms(0.5),
            "gap_p99_ms": self.gap_ms(0.99), "gap_max_ms": self.gap_ms(1.0),
            "took_s": round(self.lasted_s),
        }  # fmt: skip

    def line(self) -> str:
        """Return its line of the table, in Markdown."""
        if self.skipped:
            return f"| {self.name} | {'– | ' * 11}skipped: {self.skipped} |"
        shown = ["–" if value is None else str(value) for value in self.figures().values()]
        return f"| {self.name} | {' | '.join(shown)} | {'; '.join(self.notes)} |"
