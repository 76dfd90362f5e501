"""What a desk asks to see its world by, and how what people write is reported and silenced."""

from typing import Literal

from dreamsync.protocol.fields import Count, Number, Said, SessionId, WireModel


class AskGraph(WireModel):
    """Desk: ask how the story's beats lead to one another. Answer: `answer` of `graph`."""

    type: Literal["graph"]
    q: Number


class AskTension(WireModel):
    """Desk: ask how tense the world was, and should have been. Answer: `answer` of `tension`."""

    type: Literal["tension"]
    q: Number


class AskReports(WireModel):
    """Desk: ask what players have reported. Answer: `answer` of `reports`."""

    type: Literal["reports"]
    q: Number


Shown = AskGraph | AskTension | AskReports
"""What shows a desk its world."""


class Report(WireModel):
    """Player: propose to tell the desk of what somebody wrote, by its event's place in the log.

    `seq` and `i` are the event's `at`. Nobody but the desk learns of it, and never the one who
    wrote it.
    """

    type: Literal["report"]
    n: Number
    seq: Count
    i: Count
    why: Said = ""


class Mute(WireModel):
    """Desk: propose that nothing a session writes is told, or (`on` false) that it is again."""

    type: Literal["mute"]
    n: Number
    session: SessionId
    on: bool = True
    why: Said = ""
