"""`new`: a pack to begin with."""

from pathlib import Path

from typer.testing import CliRunner

from dreamsync_server.cli.main import app


def test_a_new_pack_can_be_played_as_it_is(tmp_path: Path) -> None:
    made = CliRunner().invoke(app, ["new", "night_train", "--into", str(tmp_path)])
    assert made.exit_code == 0
    assert f"./dream check {tmp_path / 'night_train'}" in made.stdout
    checked = CliRunner().invoke(app, ["check", str(tmp_path / "night_train")])
    assert (checked.exit_code, checked.stdout[:12]) == (0, "night_train ")


def test_a_name_that_will_not_do_is_refused(tmp_path: Path) -> None:
    told = CliRunner().invoke(app, ["new", "Night Train", "--into", str(tmp_path)])
    assert (told.exit_code, list(tmp_path.iterdir())) == (1, [])
    assert "cannot be the name of a pack" in told.stderr
