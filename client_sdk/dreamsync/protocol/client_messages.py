"""Every message that a client sends.

Order on a socket: `hello` first, and only once. Then, until a world is entered, `create`,
`list`, `card`. Then one `enter` or `resume`; from then on proposals (with `n`), requests (with
`q`) and poses. One socket is one session in at most one world; leave it, or close the socket,
and open another for another world.

**Requests** carry `q`, a number that rises. The answer, or an `error`, carries
the same `q`. They are not logged and may be asked again.

**Proposals** carry `n` = 1, 2, 3, … of the session's count, which goes on across reconnects. The
gateway takes them in order only. What it takes is decided by the world and comes back as an
`Outcome` with that `n`, in a `view` (or in `entered`). What it does not take is answered by
`error` with that `n`: the number is still free, and everything after it that was already under
way is answered with error `gap` and must be sent again. Where the error is one of the codes that
may be retried, wait `retry_ms` and send the same proposal with the same `n`; else give that one
up and send the next with this `n`. After a reconnect send every proposal without an outcome
again, with its own `n`: it is decided once, and a repeat is answered with what was decided. The
world keeps the last OUTCOMES_KEPT outcomes of a session for that, so a client has at most so many
under way; one that has more may get `stale` for the oldest, and beyond PENDING_PROPOSALS_MAX the
gateway answers `busy`.
"""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from dreamsync.protocol import bounds
from dreamsync.protocol.cards import As
from dreamsync.protocol.class_messages import AskClass, OpenClass
from dreamsync.protocol.desk_messages import AskGraph, AskReports, AskTension, Mute, Report
from dreamsync.protocol.directing_messages import Background, Direct, Undo, Veto
from dreamsync.protocol.fields import (
    ClientName,
    Condition,
    Count,
    Digest,
    Exact,
    Id,
    Lang,
    Number,
    OnceKey,
    Params,
    PersonName,
    Said,
    SessionId,
    Title,
    Token,
    WireModel,
    WorldId,
)
from dreamsync.protocol.history_messages import AskHistory, AskLook, Branch, Erase


class Hello(WireModel):
    """The first message. `v` is VERSION, `client` names the program, `lang` the wanted language.

    `token` is the operator's: its bearer opens worlds that no bound of an address counts.
    Answer: `welcome` or `bye`.
    """

    type: Literal["hello"]
    v: Count
    client: ClientName
    lang: Lang
    token: Token | None = None


class Create(WireModel):
    """Open a world of a pack. Answer: `created`.

    Without `seed` the server draws one. `spectators` lets people watch; `understudies` lets
    the program play roles that nobody holds. `speed` is world milliseconds a second.
    `shares_ending` lets other worlds of the pack hear how it ended: which ending, nothing else.
    """

    type: Literal["create"]
    q: Number
    pack: Id
    private: bool
    seed: Exact | None = None
    title: Title | None = None
    spectators: bool = False
    understudies: bool = True
    speed: Annotated[int, Field(ge=1, le=bounds.SPEED_MAX)] | None = None
    shares_ending: bool = False


class List(WireModel):
    """Ask for the public worlds and the packs. Answer: `worlds`."""

    type: Literal["list"]
    q: Number


class Card(WireModel):
    """Ask for one world's or pack's card: exactly one of `world`, `pack`, `code`.

    A private world is shown with its `invite` (the link's secret or the typed code), or found by
    its typed `code` alone; without, it looks like one that is not there. Answer: `card`.
    """

    type: Literal["card"]
    q: Number
    world: WorldId | None = None
    pack: Id | None = None
    code: Token | None = None
    invite: Token | None = None

    @model_validator(mode="after")
    def _names_one(self) -> "Card":
        if sum(item is not None for item in (self.world, self.pack, self.code)) != 1:
            raise ValueError("give exactly one of world, pack and code")
        return self


class Enter(WireModel):
    """Enter a world and begin a session. Answer: `entered`, or `error` with a refusal's code.

    `as`: player (with `role`: claim it at once; a chorus role gives a seat of it; without: look
    at the roles first), watch (a spectator), desk or script (with the desk `token`). `name` is
    the display name. `invite` is the link's secret or the typed code of a private world.
    """

    type: Literal["enter"]
    q: Number
    world: WorldId
    as_kind: As = Field(alias="as")
    role: Id | None = None
    name: PersonName | None = None
    invite: Token | None = None
    token: Token | None = None


class Resume(WireModel):
    """Go on with a session after the line was lost. Answer: `entered`.

    `epoch` and `seq` are the position of the last view or quiet that was received. Refused with
    `no_session` where the world has forgotten it: enter anew. Where another line holds the session,
    that one is closed with `replaced` once this one has answered a websocket ping.
    """

    type: Literal["resume"]
    q: Number
    world: WorldId
    session: SessionId
    secret: Token
    epoch: Count
    seq: Count


class Act(WireModel):
    """Propose to do an offered action. `params` are as its offer asks for."""

    type: Literal["act"]
    n: Number
    action: Id
    params: Params = Field(default_factory=dict)


class Choose(WireModel):
    """Propose an answer to an open choice."""

    type: Literal["choose"]
    n: Number
    choice: Id
    option: Id


class Claim(WireModel):
    """Propose to take a role."""

    type: Literal["claim"]
    n: Number
    role: Id


class Release(WireModel):
    """Propose to give the role back and stay as one who looks on."""

    type: Literal["release"]
    n: Number


class Handover(WireModel):
    """Propose to hand the role to another session (its id, from `people`)."""

    type: Literal["handover"]
    n: Number
    to: SessionId


class Leave(WireModel):
    """Propose to leave the world. After its outcome the server closes with 1000."""

    type: Literal["leave"]
    n: Number


class Pose(WireModel):
    """Say where the avatar stands in its scene. Latest wins, no answer, never logged.

    `x` and `y` in hundredths of a step from the scene's near left corner, `facing` in degrees.
    """

    type: Literal["pose"]
    x: Annotated[int, Field(ge=0, le=bounds.POSE_MAX)]
    y: Annotated[int, Field(ge=0, le=bounds.POSE_MAX)]
    facing: Annotated[int, Field(ge=0, le=359)]


class Pause(WireModel):
    """Propose to pause the world: any player where the world has a safety pause, or the desk."""

    type: Literal["pause"]
    n: Number
    why: Said = ""


class Unpause(WireModel):
    """Propose to go on: who paused it, or the desk."""

    type: Literal["unpause"]
    n: Number
    why: Said = ""


class CloseWorld(WireModel):
    """Desk: propose to close the world for good, without an ending. Everybody is let go."""

    type: Literal["close"]
    n: Number
    why: Said = ""


class Cue(WireModel):
    """Desk: propose to bring a beat in.

    `override` brings it in though its condition does not hold. `once` is a key of the script's
    own: the same key is cued once in the life of the world, else answered `already`.
    `occurrence` is how often it was cued as far as the asker knows; another count is `already`.
    """

    type: Literal["cue"]
    n: Number
    beat: Id
    override: bool = False
    once: OnceKey | None = None
    occurrence: Count | None = None
    why: Said = ""


class Hold(WireModel):
    """Desk: propose that the director may not cue a beat."""

    type: Literal["hold"]
    n: Number
    beat: Id
    why: Said = ""


class Unhold(WireModel):
    """Desk: propose to let a held beat be cued again."""

    type: Literal["unhold"]
    n: Number
    beat: Id
    why: Said = ""


class Skip(WireModel):
    """Desk: propose to count a beat as cued without its effects."""

    type: Literal["skip"]
    n: Number
    beat: Id
    why: Said = ""


class Whisper(WireModel):
    """Desk: propose a private text to a role, or to `all`."""

    type: Literal["whisper"]
    n: Number
    to: Id
    text: Said
    why: Said = ""


class Remove(WireModel):
    """Desk: propose to remove a session from the world."""

    type: Literal["remove"]
    n: Number
    session: SessionId
    why: Said = ""


class Seat(WireModel):
    """Desk: propose to give a role to an understudy, to nobody, or to a player in `session`."""

    type: Literal["seat"]
    n: Number
    role: Id
    to: Literal["understudy", "nobody", "player"]
    session: SessionId | None = None
    why: Said = ""


class Nudge(WireModel):
    """Desk: propose one of the director's other means.

    `target` is what it is about: a nudge of the pack (hint, cause, deny, bridge, rescue), a role
    (hint, with `text` or the `action` to point to; cast), an action (deny for `ms`, undeny), a
    clock (hurry, by `ms`).
    """

    type: Literal["nudge"]
    n: Number
    means: Literal["hint", "cause", "deny", "undeny", "hurry", "cast", "bridge", "rescue"]
    target: Id
    action: Id | None = None
    text: Said = ""
    ms: Exact = 0
    why: Said = ""


class AskWhy(WireModel):
    """Desk: ask why a beat can or cannot be cued. Answer: `answer` of `why`.

    With `what_if`, as it would be if those facts were so; nothing is changed.
    """

    type: Literal["why"]
    q: Number
    beat: Id
    what_if: Annotated[dict[str, bool | Exact | Said], Field(max_length=16)] = {}  # noqa: RUF012


class Watch(WireModel):
    """Desk: watch a condition over facts. Answer: `answer` of `watch`, then `hit`s.

    `id` is the watcher's own name for it. A hit is sent each time the condition turns true or
    false; `was` is what the watcher last knew (false at first), so that a condition that holds
    already hits at once, and after a reconnect does not hit twice. Conditions are watched by a
    socket, not by a session: send them again after a resume. The same `id` again replaces.
    """

    type: Literal["watch"]
    q: Number
    id: OnceKey
    when: Condition
    was: bool = False


class Unwatch(WireModel):
    """Desk: stop watching. Answer: `answer` of `unwatch`."""

    type: Literal["unwatch"]
    q: Number
    id: OnceKey


class SetLang(WireModel):
    """Ask for another language. Answer: `answer` of `lang`, then a `reset` with all texts."""

    type: Literal["lang"]
    q: Number
    lang: Lang


class People(WireModel):
    """Ask who is in the world. Answer: `answer` of `people`."""

    type: Literal["people"]
    q: Number


class Resync(WireModel):
    """Say that the digest of the view did not match. Answer: a `reset` with the whole view."""

    type: Literal["resync"]
    q: Number
    digest: Digest


Proposed = (
    Act | Choose | Claim | Release | Handover | Leave | Pause | Unpause
    | Cue | Hold | Unhold | Skip | Whisper | Remove | Seat | Nudge | CloseWorld
    | Direct | Veto | Undo | Background | Mute | Report
)  # fmt: skip
"""What carries n and is decided by the world."""
Asked = (
    Create | List | Card | Enter | Resume | AskWhy | Watch | Unwatch | SetLang | People
    | Resync | AskGraph | AskTension | AskReports | AskHistory | AskLook | Branch | Erase
    | OpenClass | AskClass
)  # fmt: skip
"""What carries q and is answered by the gateway."""

ClientMessage = Annotated[Hello | Pose | Asked | Proposed, Field(discriminator="type")]
