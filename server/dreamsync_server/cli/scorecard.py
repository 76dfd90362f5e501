"""`dreamsync scorecard`: the director against a plain trigger list, on the same fresh seeds."""

from concurrent.futures import ProcessPoolExecutor
from functools import cache
from typing import Any

from dreamsync_server.cli.check import folder_of
from dreamsync_server.cli.telling import print_json
from dreamsync_server.packs import load_folder
from dreamsync_server.story.measures import Measures
from dreamsync_server.story.scoring import Arm, Row, compare, endings_of, run_once
from dreamsync_server.world.model import Pack

FIRST_SEED = 5_000_000
"""Seeds from here on, unless another start is given: none that the director was tuned on."""


def scorecard(
    packs: list[str], seeds: int, jobs: int, first: int = FIRST_SEED, *, is_json: bool = False
) -> int:
    """Play every pack under both, so many seeds each, and print what came of it."""
    found: dict[str, Any] = {}
    with ProcessPoolExecutor(jobs) as pool:
        for pack in packs:
            _pack(pack)  # a fault is told here, not in a worker
            wanted = [(pack, first + i, arm) for arm in _ARMS for i in range(seeds)]
            runs = list(pool.map(_one, wanted, chunksize=max(1, seeds // (8 * jobs))))
            director, triggers = runs[:seeds], runs[seeds:]
            rows = compare(director, triggers)
            found[pack] = as_plain(rows, director, triggers)
            if not is_json:
                print(table(pack, rows, director, triggers))
    if is_json:
        print_json({"seeds": seeds, "first_seed": first, "packs": found})
    return 0


def table(pack: str, rows: list[Row], director: list[Measures], triggers: list[Measures]) -> str:
    """Return a scorecard for a person."""
    head = f"{pack}: {len(director)} seeds, the same people under both"
    lines = [head, f"  {'':32}{'director':>10}{'triggers':>10}   difference, 95 %"]
    for row in rows:
        span = f"[{row.low:+.3g}, {row.high:+.3g}]"
        lines.append(
            f"  {row.name:32}{row.director:>10.3g}{row.triggers:>10.3g}   {span:22} {row.verdict}"
        )
    for arm, runs in (("director", director), ("triggers", triggers)):
        told = ", ".join(f"{e or 'none'} {n}" for e, n in endings_of(runs).items())
        lines.append(f"  endings under the {arm}: {told}")
    worst = max((m.lead_gap_s for m in director), default=0.0)
    bound_s = _pack(pack).lead_within_ms / 1000
    kept = "kept" if worst <= bound_s else "NOT kept"
    lines.append(
        f"  the longest that anybody waited for a lead under the director: {worst:.0f} s"
        f" (the bound of {bound_s:.0f} s was {kept})"
    )
    odds = _pack(pack).odds
    lines.append(f"  odds: learned from {odds.runs} runs" if odds else "  odds: none were learned")
    return "\n".join(lines)


def as_plain(rows: list[Row], director: list[Measures], triggers: list[Measures]) -> dict[str, Any]:
    """Return a scorecard as plain values."""
    return {
        "rows": [{**row._asdict(), "verdict": row.verdict} for row in rows],
        "endings": {"director": endings_of(director), "triggers": endings_of(triggers)},
        "longest_without_a_lead_s": max((m.lead_gap_s for m in director), default=0.0),
    }


_ARMS: tuple[Arm, ...] = ("director", "triggers")


def _one(wanted: tuple[str, int, Arm]) -> Measures:
    pack, seed, arm = wanted
    return run_once(_pack(pack), seed, arm)


@cache
def _pack(id_: str) -> Pack:
    return load_folder(folder_of(id_))
