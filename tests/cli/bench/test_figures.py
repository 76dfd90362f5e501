"""Figures: the median beside its baseline and aim, as a table and as JSON."""

import io

from rich.console import Console

from dreamsync_server.cli.bench.figures import Figure, percentile, print_table

MET = Figure("cheap", "µs", (3.0, 1.0, 2.0), 1.0, "a bare loop", aim=2.5)
MISSED = Figure("dear", "µs", (30.0,), 10.0, "a bare loop", aim=1.3, aim_of="ratio")
TOLD = Figure("told", "/s", (5.0, 7.0), note="only told")


def test_the_median_counts_and_is_held_against_its_baseline() -> None:
    assert (MET.value, MET.ratio, MET.is_met) == (2.0, 2.0, True)
    assert (MISSED.ratio, MISSED.is_met) == (3.0, False)
    assert (TOLD.ratio, TOLD.is_met) == (None, None)


def test_json_has_every_part() -> None:
    plain = MISSED.plain()
    assert plain == {
        "name": "dear", "unit": "µs", "median": 30.0, "min": 30.0, "max": 30.0, "runs": 1,
        "baseline": 10.0, "baseline_name": "a bare loop", "ratio": 3.0, "aim": 1.3,
        "aim_of": "ratio", "is_met": False, "note": "",
    }  # fmt: skip


def test_a_table_says_what_misses_its_aim() -> None:
    paper = io.StringIO()
    print_table([MET, MISSED, TOLD], Console(file=paper, width=160), title="some")
    rows = {
        line.split("│")[1].strip(): line for line in paper.getvalue().splitlines() if "│" in line
    }
    assert " ok " in rows["cheap"]
    assert "misses" in rows["dear"]
    assert "≤ 1.3 ×" in rows["dear"]
    assert "misses" not in rows["told"]


def test_a_percentile_is_one_of_the_values() -> None:
    values = [float(value) for value in range(100, 0, -1)]
    assert percentile(values, 0.5) == 51.0
    assert percentile(values, 0.99) == 100.0
    assert percentile([7.0], 0.99) == 7.0
