"""Errors are typed, and each says whose fault it is."""

import pytest

from dreamsync import errors
from dreamsync.protocol.codes import ERRORS, OUTCOMES


@pytest.mark.parametrize(
    ("code", "kind", "fault"),
    [
        ("bad_condition", errors.UsageError, "client"),
        ("busy", errors.BusyError, "server"),
        ("unknown_world", errors.RefusedError, "person"),
        ("no_room", errors.RefusedError, "server"),
        ("cooldown", errors.RefusedError, "person"),
        ("of_a_later_server", errors.RefusedError, "person"),
    ],
)
def test_a_code_becomes_a_type_and_a_fault(code: str, kind: type[Exception], fault: str) -> None:
    error = errors.error_of(code, "So it is.", None)
    assert (type(error), error.code, error.text, error.fault) == (kind, code, "So it is.", fault)
    assert "So it is." in str(error)
    assert fault in str(error)


def test_every_code_of_the_wire_has_an_error() -> None:
    for code in (*ERRORS, *OUTCOMES):
        assert errors.error_of(code, "x", 5).code == code


def test_a_busy_server_says_when_to_try_again() -> None:
    error = errors.error_of("busy", "Wait.", 70)
    assert isinstance(error, errors.BusyError)
    assert error.retry_ms == 70


def test_one_root_catches_them_all() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    ours = [kind for kind in kinds if issubclass(kind, Exception)]
    assert len(ours) > 8
    assert [kind for kind in ours if not issubclass(kind, errors.DreamsyncError)] == []
