"""The three kinds of error, never mixed: a peer's fault, a refusal (not an exception), and ours."""

from typing import TypeVar

Error = TypeVar("Error", bound=BaseException)


class DreamsyncError(Exception):
    """The root of every error the server raises on purpose."""


class PeerError(DreamsyncError):
    """Something a client sent cannot be used. It is answered with `code` and `text`.

    `code` is one of `dreamsync.protocol.codes`; `text` is one plain sentence that names no
    internals.
    """

    def __init__(self, code: str, text: str) -> None:
        super().__init__(f"{code}: {text}")
        self.code = code
        self.text = text


class OperatorError(DreamsyncError):
    """The person who runs the server must act; the message is one sentence that says how."""


class StoreError(DreamsyncError):
    """The store did not do what was asked; the subclass says whether the outcome is known."""


class StoreUnavailableError(StoreError):
    """The store could not be reached, or did not answer in time: the outcome is not known."""


class FencedError(StoreError):
    """Another owner has taken the world over: drop its state and send nothing more."""


class WorldFaultError(DreamsyncError):
    """A rule of ours broke in one world: that world is stopped, its log is kept."""


def first_of(group: BaseExceptionGroup, kind: type[Error]) -> Error | None:
    """Return the first error of a kind in a group and in the groups within, if there is one."""
    for error in group.exceptions:
        found = first_of(error, kind) if isinstance(error, BaseExceptionGroup) else error
        if isinstance(found, kind):
            return found
    return None
