"""What people say to the director: take over or hand back, how to be, what to leave alone."""

from typing import Annotated, Literal

from pydantic import Field

from dreamsync.protocol.fields import Id, Number, Said, WireModel


class Direct(WireModel):
    """Desk: propose how the director is to be, or to direct alone.

    `standby`: it proposes nothing (a person takes over), or goes on. `temperament` "" and
    `nudge_cap` -1 (nudges an hour for each player) are the pack's. What is not given stays.
    """

    type: Literal["direct"]
    n: Number
    standby: bool | None = None
    temperament: Literal["", "patient", "mischievous", "kind"] | None = None
    nudge_cap: Annotated[int, Field(ge=-1, le=600)] | None = None
    why: Said = ""


class Veto(WireModel):
    """Desk: propose that the director leaves a beat or nudge alone for `ms`; 0 lets it go."""

    type: Literal["veto"]
    n: Number
    target: Id
    ms: Annotated[int, Field(ge=0, le=86_400_000)] = 300_000
    why: Said = ""


class Undo(WireModel):
    """Desk: propose to take back what a beat or nudge did last, where the pack says how."""

    type: Literal["undo"]
    n: Number
    target: Id
    why: Said = ""


class Background(WireModel):
    """Player: propose to stay in the background, so that the director gives no leads; or not."""

    type: Literal["background"]
    n: Number
    on: bool = True
