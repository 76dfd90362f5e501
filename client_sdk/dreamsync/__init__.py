"""The Python SDK of Dreamsync: enter a live world, see, act, direct."""

from dreamsync.desk import Desk, Hit
from dreamsync.dream import Dream, connect
from dreamsync.errors import (
    BusyError,
    ClosedError,
    DreamsyncError,
    EventsLostError,
    LineLostError,
    ProtocolFaultError,
    RefusedError,
    SessionLostError,
    UnknownOutcomeError,
    UnreachableError,
    UsageError,
)
from dreamsync.events import Event
from dreamsync.outcome import Outcome
from dreamsync.player import Player
from dreamsync.viewer import Viewer
from dreamsync.world import Class, World

__all__ = [
    "BusyError",
    "Class",
    "ClosedError",
    "Desk",
    "Dream",
    "DreamsyncError",
    "Event",
    "EventsLostError",
    "Hit",
    "LineLostError",
    "Outcome",
    "Player",
    "ProtocolFaultError",
    "RefusedError",
    "SessionLostError",
    "UnknownOutcomeError",
    "UnreachableError",
    "UsageError",
    "Viewer",
    "World",
    "connect",
]
