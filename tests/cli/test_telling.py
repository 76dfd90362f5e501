"""How commands end."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import dreamsync
from dreamsync_server.cli.telling import FAILED, clock_of, fail, guarded, run
from dreamsync_server.errors import DreamsyncError, OperatorError


@pytest.mark.parametrize(
    "error", [OperatorError("the port is taken"), dreamsync.UsageError("bad", "the port is taken")]
)
def test_an_error_becomes_one_sentence(
    error: DreamsyncError, capsys: pytest.CaptureFixture[str]
) -> None:
    def work() -> int:
        raise error

    assert guarded(work) == FAILED
    assert capsys.readouterr() == ("", "dreamsync: the port is taken\n")


async def _refused() -> int:
    raise dreamsync.RefusedError("unknown_pack", "There is no such pack.")


def test_an_error_is_json_where_a_program_asks(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(_refused(), is_json=True) == FAILED
    told = json.loads(capsys.readouterr().out)
    assert told == {"ok": False, "code": "unknown_pack", "text": "There is no such pack."}


def test_a_fault_of_ours_is_not_hidden() -> None:
    def work() -> int:
        raise AssertionError("a bug")

    with pytest.raises(AssertionError):
        guarded(work)


def test_failing_says_why_on_the_error_stream(capsys: pytest.CaptureFixture[str]) -> None:
    assert fail("x", "It cannot be done.") == FAILED
    assert capsys.readouterr().err == "dreamsync: It cannot be done.\n"


def test_world_time_is_hours_minutes_seconds() -> None:
    assert [clock_of(ms) for ms in (0, 61_999, 36_000_000)] == ["0:00:00", "0:01:01", "10:00:00"]


_SPEAKS = (
    "import sys; from dreamsync_server.cli.telling import guarded;"
    "sys.exit(guarded(lambda: print('a verdict') or 0))"
)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device here")
def test_a_full_disk_behind_the_output_is_one_sentence() -> None:
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(
            [sys.executable, "-c", _SPEAKS], stdout=full, stderr=subprocess.PIPE, timeout=60
        )
    told = ended.stderr.decode()
    assert ended.returncode == FAILED
    assert told == "dreamsync: what was asked for cannot be written: No space left on device\n"


def test_who_stops_reading_breaks_nothing() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _SPEAKS], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as speaking:
        assert speaking.stdout is not None
        speaking.stdout.close()
        assert speaking.stderr is not None
        assert (speaking.stderr.read(), speaking.wait(60)) == (b"", 0)
