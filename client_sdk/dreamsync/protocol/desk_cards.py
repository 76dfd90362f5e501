"""What a desk is shown of its world: the storyline, how tense it was, what was reported."""

from typing import Literal

from dreamsync.protocol.fields import (
    Count,
    EventPosition,
    Id,
    SessionId,
    WireModel,
    WorldMs,
)


class StoryChapter(WireModel):
    """A chapter in its order. `curve` is its wanted tension: (seconds into it, 0..10) points."""

    id: Id
    title: str
    curve: tuple[tuple[Count, Count], ...] = ()


class StoryNode(WireModel):
    """A beat or an ending. `chapter` is the first it belongs to, "" for any time."""

    id: Id
    kind: Literal["beat", "ending"]
    title: str
    chapter: str = ""
    is_manual: bool = False


class StoryGraph(WireModel):
    """How beats lead to one another: an edge where the first helps what the second needs."""

    chapters: tuple[StoryChapter, ...]
    nodes: tuple[StoryNode, ...]
    edges: tuple[tuple[Id, Id], ...]


class TensionPoint(WireModel):
    """How tense the world was at a world time and how tense it should have been, 0..100."""

    ms: WorldMs
    wanted: Count
    actual: Count
    chapter: str


class Reported(WireModel):
    """What a player reported: the event, what is written there and by whom, who minds, and why.

    `at` is the event's place. `who` is the seat it was said from and `session` its author, who
    may be muted or removed; `by` is the name of who reported it, at `ms`. A text that was erased
    is "".
    """

    at: EventPosition
    ms: WorldMs
    who: str = ""
    who_name: str = ""
    session: SessionId | None = None
    text: str = ""
    by: str = ""
    why: str = ""
