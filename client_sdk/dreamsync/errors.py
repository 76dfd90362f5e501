"""What can go wrong for a program that uses the SDK. Every error says whose fault it is."""

from dreamsync.protocol.codes import ERRORS, OUTCOMES, Fault


class DreamsyncError(Exception):
    """The root of every error of the SDK.

    `code` is a word of protocol/codes.py or one of the SDK's own, `text` a sentence that may be
    shown to a person, `fault` says who can do something about it: client (your program), person
    (what was asked is refused), author (the pack), server, network, nobody.
    """

    default_fault: Fault = "nobody"

    def __init__(self, code: str, text: str, fault: Fault | None = None) -> None:
        super().__init__(f"{text} ({code}; fault: {fault or self.default_fault})")
        self.code = code
        self.text = text
        self.fault: Fault = fault or self.default_fault


class UsageError(DreamsyncError, ValueError):
    """Your program asked for something that cannot be sent: too long, unknown, out of order."""

    default_fault = "client"


class RefusedError(DreamsyncError):
    """The server understood and says no: unknown world, taken seat, no right. Not for actions:
    those return an Outcome."""

    default_fault = "person"


class BusyError(DreamsyncError):
    """The server cannot just now; the same may be asked again after `retry_ms`."""

    default_fault = "server"

    def __init__(self, code: str, text: str, retry_ms: int) -> None:
        super().__init__(code, text)
        self.retry_ms = retry_ms


class UnreachableError(DreamsyncError, ConnectionError):
    """Nothing that speaks Dreamsync answered at the address, or not in time.

    `code` is nothing_there, unknown_name, not_trusted (its certificate), timeout, or unreachable.
    """

    default_fault = "network"


class LineLostError(DreamsyncError, ConnectionError):
    """The line was lost and could not be had again within the patience that was set."""

    default_fault = "network"


class UnknownOutcomeError(DreamsyncError):
    """It was sent, and it is not known whether it was done. Look at the facts."""

    default_fault = "network"


class ClosedError(DreamsyncError):
    """The session is over: left, world closed, removed, resumed elsewhere, or closed by you."""

    default_fault = "nobody"


class SessionLostError(ClosedError):
    """The world no longer knows the session: enter anew."""

    default_fault = "nobody"


class ProtocolFaultError(DreamsyncError):
    """The other side sent what the protocol does not allow, or says that we did: a bug."""

    default_fault = "server"


class EventsLostError(DreamsyncError):
    """Your program read its events too slowly and `count` of the oldest were dropped.

    Raised once in their place; reading goes on with the oldest that is left.
    """

    default_fault = "client"

    def __init__(self, count: int) -> None:
        super().__init__("events_lost", f"{count} events were dropped: they were not read.")
        self.count = count


def error_of(code: str, text: str, retry_ms: int | None) -> DreamsyncError:
    """Return the typed error for an `error` message of the server."""
    known = ERRORS.get(code) or OUTCOMES.get(code)
    if known is None:
        return RefusedError(code, text)
    if known.is_retryable:
        return BusyError(code, text, retry_ms or 0)
    if known.fault == "client":
        return UsageError(code, text)
    return RefusedError(code, text, known.fault)
