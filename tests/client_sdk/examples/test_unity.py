"""The C# client, compiled and run by Mono: the shared vectors, and a story on a real node."""

import asyncio
import shutil
import subprocess
from pathlib import Path

import pytest
from support.node import open_node
from web.test_conformance import DEADLINE_S, STEPS, Original, Script

HERE = Path(__file__).parent
CHECKOUT = HERE.parents[2]
SOURCES = CHECKOUT / "client_sdk" / "examples" / "unity"
VECTORS = CHECKOUT / "tests" / "vectors"
COMPILE_S = 60.0

MONO, COMPILER = shutil.which("mono") or "", shutil.which("mcs") or ""
needs_mono = pytest.mark.skipif(not (MONO and COMPILER), reason="Mono is not here (mono-mcs).")


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the client, its demo against a stub of Unity, and the tests in C#, compiled."""
    made = tmp_path_factory.mktemp("unity") / "tests.exe"
    files = [*sorted(SOURCES.glob("*.cs")), *sorted(HERE.glob("*.cs"))]
    done = subprocess.run(
        [COMPILER, "-warnaserror", f"-out:{made}", *map(str, files)],
        capture_output=True, text=True, timeout=COMPILE_S,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return made


@needs_mono
def test_it_gives_what_the_shared_vectors_say(program: Path) -> None:
    done = subprocess.run(
        [MONO, str(program), "vectors", str(VECTORS)], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr[:6000]
    counts = dict(line.split() for line in done.stdout.splitlines())
    assert int(counts["messages"]) == len([*(VECTORS / "protocol").glob("*.json")])
    assert int(counts["drifts"]) > 500
    assert int(counts["steps"]) > 600


@needs_mono
async def test_it_sees_the_same_story_as_the_python_sdk(program: Path) -> None:
    async with asyncio.timeout(DEADLINE_S), open_node() as node, node.connect() as dream:
        original = Original(dream)
        pipe = asyncio.subprocess.PIPE
        script = Script(
            await asyncio.create_subprocess_exec(
                MONO, str(program), "live", node.url, stdin=pipe, stdout=pipe
            )
        )
        try:
            assert await script.answer() == "ready"
            for step in STEPS:
                if step["do"] == "cut":
                    node.cut_lines()
                    continue
                script.send(step)
                ours, theirs = await asyncio.gather(original.do(step), script.answer())
                assert theirs == ours, step
        finally:
            await script.end()


def test_its_files_have_the_shape_of_the_house() -> None:
    for path in sorted(SOURCES.glob("*.cs")):
        lines = path.read_text("utf-8").splitlines()
        assert lines[0].startswith("// "), f"{path.name}: its first line says what it is for"
        assert len(lines) <= 400, path.name
        assert max(map(len, lines)) <= 120, path.name
