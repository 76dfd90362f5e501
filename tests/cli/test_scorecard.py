"""`scorecard`: both arms on the same seeds, as a table and as JSON."""

import json

import pytest

from dreamsync_server.cli.scorecard import scorecard


def test_it_prints_every_measure_of_both(capsys: pytest.CaptureFixture[str]) -> None:
    assert scorecard(["starter"], 2, 1) == 0
    told = capsys.readouterr().out
    assert told.startswith("starter: 2 seeds, the same people under both")
    for name in ("sought endings", "tension error", "dull gap p95 (s)", "agency"):
        assert name in told


def test_its_json_holds_intervals_and_endings(capsys: pytest.CaptureFixture[str]) -> None:
    assert scorecard(["starter"], 2, 1, is_json=True) == 0
    found = json.loads(capsys.readouterr().out)["packs"]["starter"]
    assert sum(found["endings"]["director"].values()) == 2
    assert all(row["low"] <= row["high"] for row in found["rows"])
