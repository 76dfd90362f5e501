"""Poses go out at most so often, the latest only. Pure."""

from typing import Any, Final

from dreamsync.protocol import bounds

INTERVAL_MS: Final = int(bounds.POSE_INTERVAL_S * 1000)


class LatestOnly:
    """Holds one message back until its time; a newer one takes its place."""

    def __init__(self) -> None:
        self._plain: dict[str, Any] | None = None
        self._at_ms = 0

    def put(self, plain: dict[str, Any]) -> None:
        """Take the latest."""
        self._plain = plain

    def drop(self) -> None:
        """Forget what is held back."""
        self._plain = None

    def due(self, now_ms: int) -> list[dict[str, Any]]:
        """Return the message, if there is one and its time has come, and take it as sent."""
        if self._plain is None or now_ms < self._at_ms:
            return []
        plain, self._plain = self._plain, None
        self._at_ms = now_ms + INTERVAL_MS
        return [plain]

    @property
    def wake_at_ms(self) -> int | None:
        """When the held message is due; None where there is none."""
        return None if self._plain is None else self._at_ms
