"""Measuring the others while one floods, in a tiny form: sane shapes, no timing judged."""

import math
from pathlib import Path

from dreamsync_server.cli.bench.floods import floods
from dreamsync_server.cli.bench.rig import Options


def test_it_measures_what_it_names(tmp_path: Path) -> None:
    found = floods(Options(is_tiny=True, folder=tmp_path))
    assert len(found) == 4
    for figure in found:
        assert figure.values
        assert all(math.isfinite(value) for value in figure.values), figure
    assert {figure.baseline_name for figure in found} == {"idle p99"}
    assert not list(tmp_path.iterdir()), "nothing is left behind"
