"""The matrix of faults: a few of each in the suite; and that a row that goes wrong says so."""

import asyncio
import json
from functools import partial
from pathlib import Path

import pytest
from support.invariants import Fault

from dreamsync_server.world.commit import Cause, Commit, Position
from faults import crowds
from faults.jumps import clock_faults
from faults.matrix import matrix, run_row, summary
from faults.outcome import HEAD, Outcome
from faults.rows import ROWS, Row

SEED = "20450607"
TOGETHER = {
    "owner-frozen": 1,
    "reply-lost": 40,
    "memory-full": 1,
    "clock-jumps": 1,
    "rolled-back-too-far": 1,
    "store-unheard": 1,
    "disk-full": 1,
}


async def run_all(folder: Path, runs: dict[str, int]) -> list[Outcome]:
    """Run rows beside one another, since most of them mostly wait."""
    works = [run_row(ROWS[name], folder / name, count, SEED) for name, count in runs.items()]
    return await asyncio.gather(*works)


def said(outcomes: list[Outcome]) -> str:
    """Return what went wrong, and what it came to."""
    lines = [
        f"{each.name}: {each.faults[:5]} {each.stuck}" for each in outcomes if not each.is_good
    ]
    return "\n".join([*lines, HEAD, *(each.line() for each in outcomes)])


async def test_a_few_faults_of_many_kinds_lose_nothing(tmp_path: Path) -> None:
    outcomes = await run_all(tmp_path, TOGETHER)
    assert all(each.is_good for each in outcomes), said(outcomes)
    for each, least in zip(outcomes, TOGETHER.values(), strict=True):
        if not each.skipped:  # without root there are no partitions and no small disks
            assert each.runs >= least, said(outcomes)
            assert each.acked > 0, said(outcomes)


async def test_readers_that_never_read_and_clients_cut_at_once_disturb_nobody(
    tmp_path: Path,
) -> None:
    stalled = Row("stalled", 30, 30, partial(crowds.stall, lasts_s=4.0))
    outcomes = await asyncio.gather(
        run_row(stalled, tmp_path / "stalled", 30, SEED),
        run_row(ROWS["reconnect-storm"], tmp_path / "storm", 30, SEED),
    )
    assert all(each.is_good and each.runs == 30 for each in outcomes), said(outcomes)
    assert len(outcomes[1].gaps_s) == 30


@pytest.mark.slow
async def test_a_few_of_every_fault_lose_nothing() -> None:
    outcomes = await matrix(list(ROWS), SEED, is_quick=True)
    assert all(each.is_good for each in outcomes), said(outcomes)


async def test_a_row_that_breaks_off_is_told_and_the_next_one_is_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def broken(folder: Path, runs: int, seed: str) -> Outcome:
        raise OSError("no such thing")

    async def good(folder: Path, runs: int, seed: str) -> Outcome:
        return Outcome("", runs, acked=9, gaps_s=[0.2, 0.1, 0.4])

    rows = {
        "broken": Row("broken off", 1, 1, broken),
        "absent": Row("not here", 1, 1, good, lambda: "it needs root"),
        "good": Row("in order", 3, 1, good),
    }
    monkeypatch.setattr("faults.matrix.ROWS", rows)
    outcomes = await matrix(list(rows), SEED, is_quick=False, is_json=True)
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [each.is_good for each in outcomes] == [False, True, True]
    assert outcomes[0].stuck == ["it broke off: OSError: no such thing"]
    assert [(each["row"], each["runs"], each["skipped"]) for each in told] == [
        ("broken", 0, ""),
        ("absent", 0, "it needs root"),
        ("good", 3, ""),
    ]
    assert (told[2]["gap_p50_ms"], told[2]["gap_max_ms"]) == (200, 400)
    assert "3 faults, 9 outcomes acked" in summary(outcomes, SEED)
    assert "1 times stuck" in summary(outcomes, SEED)


def test_what_is_wrong_is_counted_by_its_kind() -> None:
    kinds = ("lost", "beyond", "doubled", "order", "cue", "leak", "digest", "events", "log")
    outcome = Outcome("row", 1, faults=[Fault(kind, "x") for kind in kinds], stuck=["y"])
    figures = outcome.figures()
    shown = [figures[name] for name in ("lost", "doubled", "leaked", "other", "stuck")]
    assert shown == [2, 3, 1, 3, 1]
    assert not outcome.is_good
    assert outcome.line().count("|") == HEAD.splitlines()[0].count("|")
    assert Outcome("row", skipped="no root").line().count("|") == outcome.line().count("|")


def test_time_that_runs_back_or_hours_ahead_is_found() -> None:
    def commits(*times: tuple[int, int]) -> list[Commit]:
        cause = Cause("act", "player")
        return [
            Commit(Position(1, seq), world_ms, at_ms, cause, (), (), (), 0)
            for seq, (world_ms, at_ms) in enumerate(times, start=1)
        ]

    assert clock_faults(commits((0, 5), (40, 6), (40, 6)), 1_000, 40) == []
    for times in (((40, 5), (39, 6)), ((40, 5), (41, 4)), ((0, 5), (3_600_000, 6))):
        (fault,) = clock_faults(commits(*times), 1_000, 40)
        assert fault.kind == "log"
