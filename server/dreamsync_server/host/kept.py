"""The last confirmed commits of a world, to write them again where the store lost them.

A failover may take a replica that lacks the end of the log. The owner lives on, and has shown those
commits: it puts them back, in the same places, before it writes anything else.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import replace

from dreamsync_server.limits import KEPT_COMMITS_MAX, KEPT_S
from dreamsync_server.world.commit import Commit
from dreamsync_server.world.erasing import erased_by


class Kept:
    """Commits in order, the newest last. Times are of the owner's monotonic clock, seconds."""

    def __init__(self) -> None:
        self._commits: deque[tuple[float, Commit]] = deque()

    def add(self, commits: Iterable[Commit], mono_s: float) -> None:
        """Keep what was confirmed now, and let go of what is too old to be lost.

        What was erased is not kept either: it would be written again with what is put back.
        """
        kept = self._commits
        for commit in commits:
            kept.append((mono_s, commit))
            if erased := erased_by(commit):
                self._forget(erased[0])
        while kept and (mono_s - kept[0][0] > KEPT_S or len(kept) > KEPT_COMMITS_MAX):
            kept.popleft()

    def _forget(self, author: str) -> None:
        for at, (mono_s, commit) in enumerate(self._commits):
            left = {ref: text for ref, text in commit.texts.items() if text[0] != author}
            if len(left) < len(commit.texts):
                self._commits[at] = (mono_s, replace(commit, texts=left))

    def after(self, seq: int, epoch: int) -> Sequence[Commit]:
        """Return all commits behind `seq`; nothing where they do not reach back to it.

        Nothing also where one of them is of another epoch: its owner could not write it now.
        """
        lost = [commit for _, commit in self._commits if commit.position.seq > seq]
        if not lost or lost[0].position != (epoch, seq + 1):
            return ()
        return lost
