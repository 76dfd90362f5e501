"""Measuring several nodes, in a tiny form: sane shapes, no timing judged."""

import math
from pathlib import Path

import pytest

from dreamsync_server.cli.bench.figures import Figure
from dreamsync_server.cli.bench.nodes import against, nodes
from dreamsync_server.cli.bench.rig import Options


def test_two_nodes_are_held_against_one_and_aim_at_six_tenths_of_it() -> None:
    one = Figure("CPU of each node of 1", "% of a core", (50.0,))
    two = Figure("CPU of each node of 2", "% of a core", (31.0, 27.0))
    four = Figure("CPU of each node of 4", "% of a core", (15.0,))

    assert against(one, 50.0) is one
    held = against(two, 50.0)
    assert (held.ratio, held.aim, held.is_met) == (0.58, 0.6, True)
    assert (against(four, 50.0).ratio, against(four, 50.0).aim) == (0.3, None)
    assert against(two, None) is two


@pytest.mark.slow
def test_it_measures_what_it_names(tmp_path: Path) -> None:
    found = nodes(Options(is_tiny=True, folder=tmp_path, nodes=(2,)))
    names = [figure.name for figure in found]
    assert names[0] == "CPU of each node of 2"
    assert len(names) == 6
    assert all(math.isfinite(value) for figure in found for value in figure.values)
    assert all(figure.baseline for figure in found[1:])
