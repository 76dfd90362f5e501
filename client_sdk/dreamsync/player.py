"""A player: acts for a role, answers its choices, claims and gives back its seat."""

from dreamsync.events import Event
from dreamsync.outcome import Outcome
from dreamsync.viewer import Viewer

Param = bool | int | str


class Player(Viewer):
    """Somebody who holds a role in a world, or may claim one.

    Every proposal returns an Outcome: a refusal of the world is no exception. All of them may
    raise UsageError, UnknownOutcomeError, LineLostError and ClosedError (see errors.py).
    """

    async def __aenter__(self) -> "Player":
        return self

    @property
    def seat(self) -> str:
        """The seat that is held: the role, or `<role>.<k>` of a chorus; "" for none."""
        return self.mirror.seat

    async def act(self, action: str, /, **params: Param) -> Outcome:
        """Do an action: `await leo.act("whisper", who="mia", words="now?")`."""
        return await self._propose("act", action=action, params=params)

    async def choose(self, choice: str, option: str) -> Outcome:
        """Answer an open choice."""
        return await self._propose("choose", choice=choice, option=option)

    async def claim(self, role: str) -> Outcome:
        """Take a role that nobody plays."""
        return await self._propose("claim", role=role)

    async def release(self) -> Outcome:
        """Give the role back."""
        return await self._propose("release")

    async def handover(self, session: str) -> Outcome:
        """Hand the role to another session (see `people`)."""
        return await self._propose("handover", to=session)

    async def background(self, on: bool = True) -> Outcome:
        """Stay in the background: the director gives this role no leads; or it does again."""
        return await self._propose("background", on=on)

    async def pause(self, why: str = "") -> Outcome:
        """Pause the world for everybody, where it has a safety pause."""
        return await self._propose("pause", why=why)

    async def unpause(self) -> Outcome:
        """Go on, after one's own pause."""
        return await self._propose("unpause")

    async def report(self, event: Event, why: str = "") -> Outcome:
        """Tell the desk, and nobody else, that you mind what somebody wrote in an event."""
        seq, i = event.at
        return await self._propose("report", seq=seq, i=i, why=why)

    def pose(self, x: int, y: int, facing: int) -> None:
        """Say where the avatar stands: hundredths of a step, and degrees. Latest wins.

        Raises:
            UsageError: a number is out of its bounds.
        """
        self._conversation.session.pose(x, y, facing)
        self._conversation.connection.wake()

    async def _propose(self, kind: str, **fields: object) -> Outcome:
        return await self._conversation.propose({"type": kind, **fields})
