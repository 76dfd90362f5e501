"""Errors: each kind is a kind of its own, and a peer's names no internals by itself."""

from dreamsync_server.errors import (
    DreamsyncError,
    FencedError,
    OperatorError,
    PeerError,
    StoreError,
    StoreUnavailableError,
    WorldFaultError,
    first_of,
)


def test_a_peers_error_carries_what_it_is_answered_with() -> None:
    error = PeerError("rate", "Slower, please.")
    assert (error.code, error.text) == ("rate", "Slower, please.")
    assert str(error) == "rate: Slower, please."


def test_a_known_outcome_is_never_taken_for_an_unknown_one() -> None:
    assert issubclass(StoreUnavailableError, StoreError)
    assert issubclass(FencedError, StoreError)
    assert not issubclass(FencedError, StoreUnavailableError)
    for kind in (OperatorError, PeerError, StoreError, WorldFaultError):
        assert issubclass(kind, DreamsyncError)


def test_the_first_of_a_kind_is_found_in_groups_within_groups() -> None:
    wanted = OperatorError("the port is in use")
    inner = BaseExceptionGroup("inner", [ValueError(), wanted])
    assert first_of(ExceptionGroup("outer", [KeyError(), inner]), OperatorError) is wanted
    assert first_of(inner, StoreError) is None
