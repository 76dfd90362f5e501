"""The launcher: what it decides, and a whole set-up in a small checkout that needs no network."""

import ast
import importlib.machinery
import importlib.util
import io
import os
import pathlib
import shutil
import subprocess
import sys
import time
from types import ModuleType

import pytest

SYNTAX_OLDEST = (3, 6)
WAIT_S = 60


@pytest.fixture(scope="module")
def dream(checkout: pathlib.Path) -> ModuleType:
    loader = importlib.machinery.SourceFileLoader("dream", str(checkout / "dream"))
    spec = importlib.util.spec_from_loader("dream", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    is_quiet, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    loader.exec_module(module)
    sys.dont_write_bytecode = is_quiet
    return module


@pytest.fixture
def bare(tmp_path: pathlib.Path) -> pathlib.Path:
    """Return a checkout with nothing in it but what a fingerprint is made of."""
    (tmp_path / "requirements.lock").write_text("one==1 \\\n    --hash=sha256:0\n")
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    return tmp_path


def test_an_old_python_can_read_it(checkout: pathlib.Path) -> None:
    ast.parse((checkout / "dream").read_text("utf-8"), feature_version=SYNTAX_OLDEST)


OLD_PYTHONS = ("python2.7", "python3.4", "python3.5")
WORDS_OF_NEWER_ONES = (
    ast.JoinedStr,
    ast.AnnAssign,
    ast.NamedExpr,
    ast.Starred,
    ast.AsyncFunctionDef,
)


def test_a_python_before_them_all_can_read_it_too(checkout: pathlib.Path) -> None:
    tree = ast.parse((checkout / "dream").read_text("utf-8"))
    newer = [node for node in ast.walk(tree) if isinstance(node, WORDS_OF_NEWER_ONES)]
    assert [node.lineno for node in newer if not is_call_star(node, tree)] == []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            assert sum(word.arg is None for word in node.keywords) <= 1, "** twice"
        if isinstance(node, ast.Raise):
            assert node.cause is None, "raise from"
    (checkout / "dream").read_text("ascii")


def is_call_star(node: ast.AST, tree: ast.AST) -> bool:
    """Whether a star is one in a call, at its end, which every Python can read."""
    return any(isinstance(call, ast.Call) and node in call.args[-1:] for call in ast.walk(tree))


def test_an_old_python_hands_it_on_or_says_what_is_missing(
    checkout: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    pyenv = pathlib.Path.home() / ".pyenv" / "versions"
    found = [shutil.which(name) for name in OLD_PYTHONS]
    found += [str(path) for path in pyenv.glob("2.7*/bin/python2.7")]
    old = next((path for path in found if path and does_run(path)), None)
    if old is None:
        pytest.skip("no Python before 3.6 is here")
    told = subprocess.run(
        [old, str(checkout / "dream"), "--version"],
        env={"PATH": str(tmp_path)}, capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    assert told.returncode == 1
    assert told.stderr.startswith("dream: Python 3.11 or newer is needed and was not found")
    assert len(told.stderr.splitlines()) == 1
    (tmp_path / "python3").write_text('#!/bin/sh\n[ "$1" = -c ] || echo newer "$@"\n')
    (tmp_path / "python3").chmod(0o755)
    told = subprocess.run(
        [old, str(checkout / "dream"), "serve"],
        env={"PATH": str(tmp_path)}, capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    assert told.stdout == f"newer {(checkout / 'dream').resolve()} serve\n"


def does_run(python: str) -> bool:
    """Whether an interpreter starts: a shim of pyenv's may lead nowhere."""
    asked = subprocess.run([python, "-c", "pass"], capture_output=True, timeout=30, check=False)
    return asked.returncode == 0


def test_it_may_be_started_through_a_link(checkout: pathlib.Path, tmp_path: pathlib.Path) -> None:
    (tmp_path / "linked").symlink_to(checkout / "dream")
    told = "import runpy, sys; print(runpy.run_path(sys.argv[1])['ROOT'])"
    said = subprocess.run(
        [sys.executable, "-c", told, str(tmp_path / "linked")],
        capture_output=True, text=True, timeout=30, check=True,
    )  # fmt: skip
    assert said.stdout.strip() == str(checkout.resolve())


def test_a_folder_that_may_not_be_written_and_a_lost_network_are_said_in_words(
    dream: ModuleType,
) -> None:
    refused = PermissionError(13, "Permission denied", "/srv/dream/.venv.lock")
    assert dream.why_not(refused) == (
        "the set-up has to write into /srv/dream, and this user may not"
    )
    assert "No space left" in dream.why_not(OSError(28, "No space left on device", "x"))
    words = ["WARNING: Retrying (Retry(total=4)) after 'NewConnectionError(...)': /simple/x/"]
    assert "on line" in dream.why_pip_failed(words)
    assert "see above" in dream.why_pip_failed(["ERROR: hashes do not match"])


def test_it_has_its_run_bit_and_needs_only_the_standard_library(checkout: pathlib.Path) -> None:
    assert os.access(checkout / "dream", os.X_OK)
    tree = ast.parse((checkout / "dream").read_text("utf-8"))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {alias.name for node in imports for alias in node.names}
    assert names <= sys.stdlib_module_names


@pytest.mark.parametrize(
    ("args", "command"),
    [
        ([], ["py", "-m", "dreamsync_server.cli"]),
        (["serve", "--port", "1"], ["py", "-m", "dreamsync_server.cli", "serve", "--port", "1"]),
        (["test"], "py -m pytest -n auto --maxprocesses 4 --dist loadfile".split()),
        (["lint"], ["py", "tests/house/lint.py"]),
        (["test", "-k", "x"], ["py", "-m", "pytest", "-k", "x"]),
    ],
)
def test_a_command_is_handed_on(dream: ModuleType, args: list[str], command: list[str]) -> None:
    assert dream.command_for("py", args) == command


# What it was made from, and what is to be made.


def test_a_new_lock_asks_for_a_new_environment(dream: ModuleType, bare: pathlib.Path) -> None:
    before = dream.fingerprint(str(bare))
    (bare / "requirements.lock").write_text("one==2\n")
    steps = dream.steps_needed(before, dream.fingerprint(str(bare)), has_python=True)
    assert steps == ("environment", "project")


def test_a_new_pyproject_asks_only_for_the_project(dream: ModuleType, bare: pathlib.Path) -> None:
    before = dream.fingerprint(str(bare))
    (bare / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    steps = dream.steps_needed(before, dream.fingerprint(str(bare)), has_python=True)
    assert steps == ("project",)


def test_an_environment_goes_with_its_place_and_python(
    dream: ModuleType, bare: pathlib.Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    moved = tmp_path_factory.mktemp("moved")
    shutil.copytree(bare, moved, dirs_exist_ok=True)
    assert dream.fingerprint(str(moved)) != dream.fingerprint(str(bare))
    before = dream.fingerprint(str(bare))
    python = pathlib.Path(dream.python_of(str(bare)))
    python.parent.mkdir(parents=True)
    python.symlink_to("/another/python")
    assert dream.fingerprint(str(bare)) != before


@pytest.mark.parametrize(
    ("mark", "has_python"), [(None, True), ("unfinished", True), ("packages a\nproject b\n", False)]
)
def test_what_is_not_whole_is_built_again(
    dream: ModuleType, mark: str | None, has_python: bool
) -> None:
    steps = dream.steps_needed(mark, "packages a\nproject b\n", has_python)
    assert steps == ("environment", "project")


def test_what_is_whole_is_left_alone(dream: ModuleType) -> None:
    mark = "packages a\nproject b\n"
    assert dream.steps_needed(mark, mark, has_python=True) == ()


def test_half_a_checkout_is_refused_by_name(dream: ModuleType, tmp_path: pathlib.Path) -> None:
    with pytest.raises(dream.SetupError, match=r"requirements\.lock is missing"):
        dream.fingerprint(str(tmp_path))


# An environment that is in the way.


def test_what_a_set_up_left_is_removed(dream: ModuleType, bare: pathlib.Path) -> None:
    (bare / ".venv").mkdir()
    dream.write_mark(str(bare), dream.UNFINISHED)
    dream.clear_away(str(bare))
    assert sorted(p.name for p in bare.iterdir()) == ["pyproject.toml", "requirements.lock"]


def test_what_somebody_else_made_is_put_aside(
    dream: ModuleType, bare: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (bare / ".venv").mkdir()
    (bare / ".venv" / "mine").touch()
    dream.clear_away(str(bare))
    (aside,) = bare.glob(".venv.aside-*")
    assert (aside / "mine").exists()
    assert aside.name in capsys.readouterr().err


# Finding a Python.


@pytest.mark.parametrize(
    ("found", "best"),
    [
        ([((3, 9), True)], None),
        ([((3, 9), True), ((3, 11), True)], 1),
        ([((3, 12), False), ((3, 11), True)], 1),
        ([((3, 99), True), ((3, 14), False)], 1),
        ([((3, 99), True)], 0),
        ([((3, 13), True), ((3, 14), True)], 0),
    ],
)
def test_the_python_that_suits_best_is_taken(
    dream: ModuleType, found: list[tuple[tuple[int, int], bool]], best: int | None
) -> None:
    pythons = [dream.Python("/bin/x", version, able) for version, able in found]
    assert dream.best_of(pythons) == (None if best is None else pythons[best])


def test_this_python_is_probed_and_a_stub_is_not_taken(
    dream: ModuleType, tmp_path: pathlib.Path
) -> None:
    assert dream.probe(sys.executable).version == sys.version_info[:2]
    stub = tmp_path / "python3.12"
    stub.write_text("#!/bin/sh\nexit 127\n")
    stub.chmod(0o755)
    assert dream.probe(str(stub)) is None
    assert dream.probe(str(tmp_path / "nothing")) is None


def test_a_bare_debian_is_told_which_package_and_left_untouched(
    dream: ModuleType, bare: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_venv = dream.Python("/usr/bin/python3.11", (3, 11), False)
    monkeypatch.setattr(dream, "candidates", lambda: [without_venv])
    monkeypatch.setattr(dream.shutil, "which", lambda name: None)
    monkeypatch.setattr(dream.os.path, "exists", lambda path: path == "/etc/debian_version")
    with pytest.raises(dream.SetupError) as caught:
        dream.make_venv(str(bare))
    expected = "python3.11 has no venv module: sudo apt install python3.11-venv"
    assert str(caught.value) == expected
    assert not (bare / ".venv").is_dir()


@pytest.mark.parametrize(("is_debian", "hint"), [(True, "python3-venv"), (False, "uv")])
def test_an_old_python_is_told_what_is_needed(
    dream: ModuleType, is_debian: bool, hint: str
) -> None:
    sentence = dream.what_is_missing(None, is_debian)
    assert sentence.startswith("Python 3.11 or newer is needed")
    assert hint in sentence
    assert "\n" not in sentence


# Progress in words.


def test_progress_is_told_now_and_then_where_nobody_watches(dream: ModuleType) -> None:
    out, seconds = io.StringIO(), iter([0, 1, 6, 7, 30])
    progress = dream.Progress(2, out, lambda: next(seconds))
    progress.see("Collecting one==1.0 (from -r x)")
    progress.see("Collecting two==2.0 (from -r x)")
    progress.see("  Downloading two.whl")
    progress.see("Installing collected packages: one, two")
    progress.tick()
    assert out.getvalue() == (
        "dream:   2 of 2, two (6 s)\ndream:   writing them into .venv (30 s)\n"
    )


# The whole of it, in processes.

BACKEND = """
import zipfile

def build_editable(directory, settings=None, metadata=None):
    name, info = "small-1-py3-none-any.whl", "small-1.dist-info/"
    with zipfile.ZipFile(directory + "/" + name, "w") as wheel:
        wheel.writestr("small.pth", __file__.rpartition("/")[0])
        wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: small\\nVersion: 1\\n")
        tag = "Wheel-Version: 1.0\\nGenerator: x\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"
        wheel.writestr(info + "WHEEL", tag)
        wheel.writestr(info + "RECORD", "small.pth,,\\n")
    return name
"""
PYPROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
"""


@pytest.fixture
def small(checkout: pathlib.Path, tmp_path: pathlib.Path) -> pathlib.Path:
    """Return a checkout that asks for no packages, with a CLI that repeats its arguments."""
    shutil.copy(checkout / "dream", tmp_path / "dream")
    (tmp_path / "requirements.lock").write_text("# nothing\n")
    (tmp_path / "pyproject.toml").write_text(PYPROJECT)
    (tmp_path / "backend.py").write_text(BACKEND)
    (tmp_path / "dreamsync_server" / "cli").mkdir(parents=True)
    main = tmp_path / "dreamsync_server" / "cli" / "__main__.py"
    main.write_text("import sys\nprint(sys.argv[1:])\nsys.exit(3)\n")
    return tmp_path


def started(small: pathlib.Path) -> subprocess.Popen[str]:
    command = [sys.executable, str(small / "dream"), "serve", "--port", "1"]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdout=pipe, stderr=pipe, stdin=subprocess.DEVNULL, text=True)


def wait_for_half_made(mark: pathlib.Path) -> None:
    deadline = time.monotonic() + WAIT_S
    while not mark.exists():
        assert time.monotonic() < deadline, "the set-up never began"
        time.sleep(0.01)


def test_an_interrupted_set_up_is_built_again_by_one_of_two(small: pathlib.Path) -> None:
    killed = started(small)
    wait_for_half_made(small / ".venv" / ".dream")
    killed.kill()
    killed.communicate(timeout=WAIT_S)
    assert (small / ".venv" / ".dream").read_text() == "unfinished"

    two = [started(small), started(small)]
    answers = [process.communicate(timeout=WAIT_S) for process in two]
    assert [process.returncode for process in two] == [3, 3], answers
    assert [out for out, _ in answers] == ["['serve', '--port', '1']\n"] * 2
    assert sum("setting up, once" in err for _, err in answers) == 1, answers

    again = started(small)
    assert again.communicate(timeout=WAIT_S) == ("['serve', '--port', '1']\n", "")
    assert not [*small.glob(".venv.aside-*")]
