"""Measuring a drain, in a tiny form: nobody loses anything, no timing judged."""

from pathlib import Path

import pytest

from dreamsync_server.cli.bench.drain import drain
from dreamsync_server.cli.bench.rig import Options


@pytest.mark.slow
def test_it_measures_what_it_names(tmp_path: Path) -> None:
    half, most, took = drain(Options(is_tiny=True, folder=tmp_path))
    assert 0 < half.value <= most.value
    assert most.aim == 250
    assert took.value > 0
