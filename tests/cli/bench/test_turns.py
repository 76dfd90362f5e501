"""Measuring turns, in a tiny form: sane shapes, no timing judged."""

from pathlib import Path

from dreamsync_server.cli.bench.rig import Options
from dreamsync_server.cli.bench.turns import PACKS, turns


def test_every_pack_has_a_figure_with_its_aim(tmp_path: Path) -> None:
    found = turns(Options(is_tiny=True, folder=tmp_path))
    assert [figure.name for figure in found] == [f"understudy's turn, {pack}" for pack in PACKS]
    assert all(figure.value > 0 and figure.aim == 200 for figure in found)
    assert all("turns a second a core" in figure.note for figure in found)
