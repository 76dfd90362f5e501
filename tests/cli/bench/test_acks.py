"""Measuring how long an act takes, in a tiny form: sane shapes, no timing judged."""

import math
from pathlib import Path

from dreamsync_server.cli.bench.acks import acks
from dreamsync_server.cli.bench.rig import Options


def test_it_measures_what_it_names(tmp_path: Path) -> None:
    found = acks(Options(is_tiny=True, folder=tmp_path))
    assert len(found) == 3
    for figure in found:
        assert figure.values
        assert all(math.isfinite(value) for value in figure.values), figure
    p50, p99, _ = found
    assert p50.value <= p99.value
    assert not list(tmp_path.iterdir()), "nothing is left behind"
