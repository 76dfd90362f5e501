"""How commands end."""

import json

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
