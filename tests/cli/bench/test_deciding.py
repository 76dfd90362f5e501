"""Measuring the pure parts, in a tiny form: sane shapes, no timing judged."""

import math
from pathlib import Path

from dreamsync_server.cli.bench.deciding import deciding
from dreamsync_server.cli.bench.rig import Options


def test_it_measures_what_it_names(tmp_path: Path) -> None:
    found = deciding(Options(is_tiny=True, folder=tmp_path))
    assert len(found) == 7
    for figure in found:
        assert figure.values
        assert all(math.isfinite(value) for value in figure.values), figure
    assert [figure.unit for figure in found] == ["µs", "µs", "µs", "µs", "commits/s", "µs", "µs"]
