"""The last confirmed commits of a world, to write them again where the store lost them.

A failover may take a replica that lacks the end of the log. The owner lives on, and has shown those
commits: it puts them back, in the same places, before it writes anything else.
"""

from collections import deque
from collections.abc import Iterable, Sequence

from dreamsync_server.limits import KEPT_COMMITS_MAX, KEPT_S
from dreamsync_server.world.commit import Commit


class Kept:
    """Commits in order, the newest last. Times are of the owner's monotonic clock, seconds."""

    def __init__(self) -> None:
        self._commits: deque[tuple[float, Commit]] = deque()

    def add(self, commits: Iterable[Commit], mono_s: float) -> None:
        """Keep what was confirmed now, and let go of what is too old to be lost."""
        kept = self._commits
        kept.extend((mono_s, commit) for commit in commits)
        while kept and (mono_s - kept[0][0] > KEPT_S or len(kept) > KEPT_COMMITS_MAX):
            kept.popleft()

    def after(self, seq: int, epoch: int) -> Sequence[Commit]:
        """Return all commits behind `seq`; nothing where they do not reach back to it.

        Nothing also where one of them is of another epoch: its owner could not write it now.
        """
        lost = [commit for _, commit in self._commits if commit.position.seq > seq]
        if not lost or lost[0].position != (epoch, seq + 1):
            return ()
        return lost
