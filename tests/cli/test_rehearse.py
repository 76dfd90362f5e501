"""`rehearse`: from the command line to verdicts, files, a report and an exit code."""

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support.packs import WORLDS
from support.planted import IMPOSSIBLE, TEXTS
from typer.testing import CliRunner

from dreamsync_server.cli.main import app
from dreamsync_server.cli.rehearse import seconds_of
from dreamsync_server.errors import OperatorError


def run(*given: str):
    return CliRunner().invoke(app, ["rehearse", *given])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(WORLDS / "starter", tmp_path / "starter"))


def plant(folder: Path) -> None:
    (folder / "planted.yaml").write_text(IMPOSSIBLE)
    with (folder / "text" / "en.yaml").open("a") as texts:
        texts.write(TEXTS)


def test_everything_of_the_starter_is_witnessed_and_endings_are_kept(folder: Path) -> None:
    page = folder.parent / "report.html"
    given = ("--jobs", "2", "--trials", "16", "--json", "--record", "--report", str(page))
    told = run(str(folder), *given)
    assert told.exit_code == 0, told.output
    plain = json.loads(told.stdout)
    assert {one["verdict"] for one in plain["verdicts"]} == {"witnessed"}
    assert {"morning.yaml", "orchard_keeps.yaml"} <= set(plain["written"])
    assert page.read_text().startswith("<!doctype html>")
    gate = run(str(folder), "--gate")
    assert (gate.exit_code, "the gate holds" in gate.stdout) == (0, True)


def test_a_gate_fails_on_what_has_become_impossible_and_on_a_lost_witness(folder: Path) -> None:
    assert run(str(folder), "--gate").exit_code == 0
    plant(folder)
    gate = run(str(folder), "--gate")
    assert gate.exit_code == 1
    assert "planted.yaml:22:3: beat.cellar_opens: impossible, because" in gate.stdout


def test_a_role_can_be_left_out_and_a_goal_be_named(folder: Path) -> None:
    told = run(str(folder), "--without", "ben", "--goal", "morning", "--json", "--jobs", "1",
               "--trials", "8", "--record")  # fmt: skip
    plain = json.loads(told.stdout)
    assert plain["written"] == ["morning_without_ben.yaml"]
    assert plain["without"] == ["ben"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--without", "bem"), "did you mean 'ben'"),
        (("--goal", "mourning"), "did you mean 'morning'"),
        (("--budget", "soon"), "not a time"),
        (("--run", "3"), "give --report, too"),
    ],
)
def test_what_is_asked_wrongly_is_said_in_one_sentence(given: tuple[str, ...], said: str) -> None:
    told = run("starter", *given)
    assert (told.exit_code, told.stderr.count("\n")) == (1, 1)
    assert said in told.stderr


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--report", "{}/none/x.html"), "there is no folder {}/none"),
        (("--resume", "{}/none/x.state"), "there is no folder {}/none"),
        (("--report", "{}"), "no write access to {}"),
    ],
)
def test_where_nothing_can_be_written_is_said_before_the_work(
    tmp_path: Path, given: tuple[str, ...], said: str
) -> None:
    told = run("starter", *(one.format(tmp_path) for one in given))
    assert (told.exit_code, told.stderr.count("\n")) == (1, 1)
    assert said.format(tmp_path) in told.stderr.replace("\n", "")


def test_where_the_report_lies_is_said_and_that_a_run_was_never_made(tmp_path: Path) -> None:
    page = tmp_path / "x.html"
    told = run("starter", "--budget", "1s", "--trials", "2", "--run", "99", "--report", str(page))
    assert told.exit_code == 0
    assert told.stdout.endswith(f"the report: {page}\n")
    assert "run 99 is not among the" in told.stderr
    assert page.is_file()


def test_a_rehearsal_that_is_killed_goes_on_where_it_was(tmp_path: Path) -> None:
    state, plan = (
        tmp_path / "x.state",
        ("--trials", "10", "--jobs", "1", "--json", "--budget", "5m"),
    )
    command = [sys.executable, "-m", "dreamsync_server.cli", "rehearse", "starter", *plan]
    with subprocess.Popen([*command, "--resume", str(state)], stdout=subprocess.PIPE) as killed:
        try:
            deadline = time.monotonic() + 60
            while not state.exists() and time.monotonic() < deadline:
                assert killed.poll() is None
                time.sleep(0.02)
        finally:
            killed.kill()
    begun = json.loads(state.read_text())
    assert 0 < len(begun["trials"]) < 10
    whole, again = run("starter", *plan), run("starter", *plan, "--resume", str(state))
    assert again.stdout == whole.stdout
    assert json.loads(again.stdout)["whole"]


def test_a_pack_with_faults_is_told_as_check_tells_them(folder: Path) -> None:
    (folder / "bad.yaml").write_text("laws: {never: {when: attic.door == 'ajar', do: []}}\n")
    told = run(str(folder))
    assert told.exit_code == 1
    assert "ajar" in told.stderr
    plain = json.loads(run(str(folder), "--json").stdout)
    [line] = plain.pop("faults")
    assert line.startswith("bad.yaml:1:")
    assert plain == {"ok": False, "pack": "starter", "verdicts": []}


def test_times_are_read_with_their_units() -> None:
    assert [seconds_of(text) for text in ("90", "60s", "1.5m", "2h")] == [90, 60, 90, 7200]
    with pytest.raises(OperatorError):
        seconds_of("-1s")
