"""Rehearsals: a run is recorded as its proposals, and decided again to the same digest.

In a rehearsal the player of a role is the session `s_<role>` and the desk `s_desk`; whoever acts
without having joined joins first. Timers fall due by themselves.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from dreamsync_server.story.playthrough import Playthrough
from dreamsync_server.world.commit import Commit, Outcome, Proposal
from dreamsync_server.world.directing import DIRECTOR
from dreamsync_server.world.model import Pack
from dreamsync_server.world.rehearsal import Rehearsal, Step
from dreamsync_server.world.seats import holder_of
from dreamsync_server.world.sessions import session_of
from dreamsync_server.world.state import role_of
from dreamsync_server.world.values import Scalar, digest_hex

SALT = "rehearsal"
_NAMED_BY = {"act": "action", "choose": "choice"}  # what `do` is called; else `beat`
_WITHOUT_STEP = frozenset(("open", "begin", "due", "term", "sleep", "wake"))


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A step whose outcome was another than the recorded one."""

    index: int
    step: Step
    code: str


@dataclass(frozen=True, slots=True)
class Rerun:
    """What came of deciding a rehearsal again."""

    play: Playthrough
    mismatches: tuple[Mismatch, ...]

    @property
    def digest(self) -> str:
        """The state's digest at the end, 16 hex digits."""
        return digest_hex(self.play.state.digest)


def rerun(pack: Pack, rehearsal: Rehearsal) -> Rerun:
    """Decide a rehearsal's proposals again, from its seed."""
    play = begin(pack, rehearsal.seed, rehearsal.absent)
    mismatches = []
    for index, step in enumerate(rehearsal.steps):
        play.pass_to(step.at_ms)
        code = take_step(play, step).code
        if code != step.expect:
            mismatches.append(Mismatch(index, step, code))
    if rehearsal.until_ms > play.world_ms:
        play.pass_to(rehearsal.until_ms)
    return Rerun(play, tuple(mismatches))


def begin(
    pack: Pack, seed: int, absent: Sequence[str] = (), *, is_hashed: bool = True
) -> Playthrough:
    """Open a world for a rehearsal, in which nobody plays the `absent` roles."""
    play = Playthrough(pack, seed, is_hashed=is_hashed)
    if absent:
        play.join("s_desk", kind="desk")
        for role in absent:
            play.ask("seat", "desk", "s_desk", {"role": role, "to": "nobody"})
    return play


def take_step(play: Playthrough, step: Step) -> Outcome:
    """Propose what a step says; return its outcome."""
    if step.by in ("director", "understudy"):
        return play.direct(_directed(play, step)).outcomes[0]
    session = session_named(step)
    given, texts = _arguments(play.pack, step)
    if step.kind == "join":
        return play.join(session, role_of(step.role), step.by)
    if session_of(play.facts, session) is None:
        role = role_of(step.role) if step.by == "player" else ""
        joined = play.join(session, role, step.by)
        if joined.code != "ok":
            return joined
    if step.kind in ("absent", "back"):
        return play.propose(Proposal(step.kind, step.by, session)).outcomes[0]
    return play.ask(step.kind, step.by, session, given, texts)


def session_named(step: Step) -> str:
    """Return the session that a step is proposed by."""
    return f"s_{step.role}" if step.by == "player" else f"s_{step.by}"


def record(play: Playthrough, about: str, absent: Sequence[str] = ()) -> Rehearsal:
    """Return a playthrough as a rehearsal, with the digest that its rerun comes to.

    Raises:
        ValueError: it does not come to the same ending again (it was not played by these rules).
    """
    steps = tuple(
        step for commit in play.commits if (step := step_of(play.pack, commit)) is not None
    )
    pack = play.pack
    until_ms = play.world_ms if not steps or play.world_ms > steps[-1].at_ms else 0
    known = Rehearsal(
        pack.id,
        play.seed,
        about,
        steps,
        play.ending,
        "",
        pack.authored_hash,
        tuple(absent),
        until_ms,
    )
    again = rerun(pack, known)
    if again.mismatches or again.play.ending != play.ending:
        raise ValueError(f"the run does not come out again: {again.mismatches[:3]}")
    return replace(known, digest=again.digest)


def step_of(pack: Pack, commit: Commit) -> Step | None:
    """Return what was proposed for a commit as a step; None for what happens by itself."""
    cause = commit.cause
    if cause.kind in _WITHOUT_STEP or (
        cause.session == "s_desk" and cause.kind in ("join", "seat")
    ):
        return None
    given: dict[str, Scalar] = {}
    do = ""
    named = _NAMED_BY.get(cause.kind, "beat")
    for name, value in cause.arguments:
        plain = name.removeprefix("params.")
        if name == named:
            do = str(value)
        elif isinstance(value, bool | int | str) and not name.startswith("texts."):
            given[plain] = value
    for ref, (_, _, text) in commit.texts.items():
        given[ref.partition(".")[2]] = text
    for unsaid in ("trace", "kind", "name", "role"):
        given.pop(unsaid, None)
    role = cause.role or cause.session.removeprefix("s_")
    if cause.by not in ("player", "understudy"):
        role = ""
    code = commit.outcomes[0].code if commit.outcomes else "ok"
    return Step(commit.world_ms, cause.by, cause.kind, role, do, given, code)


def _directed(play: Playthrough, step: Step) -> Proposal:
    given, _ = _arguments(play.pack, step)
    tenure = holder_of(play.facts, step.role).tenure if step.role else 0
    return Proposal(step.kind, step.by, DIRECTOR, 0, given, {}, step.role, tenure)


def _arguments(pack: Pack, step: Step) -> tuple[dict[str, Any], dict[str, tuple[str, str]]]:
    """Return a step's arguments and free texts, as a proposal has them."""
    given = dict(step.given)
    match step.kind:
        case "act":
            action = pack.actions.get(step.do)
            free = {p.name for p in action.params if p.is_free_text} if action else set()
            texts = {k: (SALT, str(v)) for k, v in given.items() if k in free}
            plain = {k: v for k, v in given.items() if k not in free}
            return {"action": step.do, "params": plain}, texts
        case "choose":
            return {"choice": step.do, **given}, {}
        case "whisper":
            texts = {"text": (SALT, str(given.pop("text", "")))}
            return given, texts
        case "cue" | "hold" | "unhold" | "skip":
            return {"beat": step.do, **given}, {}
        case _:
            return given, {}
