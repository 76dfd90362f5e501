"""A trial: one run of bots under the director, and what is noted of it.

What a trial notes is plain values, so that many processes can play and one can count.
"""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from typing import Any, Final

from dreamsync_server.story.goals import Goal
from dreamsync_server.story.heeded import heeded_in
from dreamsync_server.story.personas import Bot, cast_of
from dreamsync_server.story.playthrough import Playthrough
from dreamsync_server.story.rehearsing import begin
from dreamsync_server.story.seeking import Found, found_in
from dreamsync_server.story.tension import mood_of
from dreamsync_server.world.commit import Commit
from dreamsync_server.world.model import Pack
from dreamsync_server.world.offers import OfferBook
from dreamsync_server.world.state import is_over

RUN_MAX_S: Final = 3 * 3600
"""World seconds after which a run without an ending is a dead end."""
LEAD_COUNTS: Final = 5
"""How many acts being a lead of a beat counts in the spotlight."""
_CHORUS_BOTS: Final = 3
_LOOK_EVERY_S: Final = 15
SAMPLE_EVERY_S: Final = 30
"""World seconds between two samples of the tension."""


@dataclass(slots=True)
class Trial:
    """One run. Times are world ms; `moments` are when something of the story happened."""

    number: int
    seed: int
    cast: dict[str, str]  # role -> persona
    ending: str = ""  # "" where it came to none
    ended_ms: int = 0
    turns: int = 0  # proposals decided
    beats: dict[str, int] = field(default_factory=dict)  # first cue of each
    chapters: dict[str, int] = field(default_factory=dict)
    spotlight: dict[str, int] = field(default_factory=dict)  # role -> acts and leads
    moments: list[int] = field(default_factory=list)
    gap_ms: int = 0  # the longest time between two moments
    gap_from_ms: int = 0
    tension: list[list[int]] = field(default_factory=list)  # [second, the group's, wanted], 0..100
    hints: dict[str, list[int]] = field(default_factory=dict)  # hint -> [given, helped]
    late: dict[str, int] = field(default_factory=dict)  # role -> second at which its player came
    absent: list[str] = field(default_factory=list)  # roles that nobody played, by design
    offered: list[str] = field(default_factory=list)  # actions that were legal at some time
    done: list[str] = field(default_factory=list)
    useful: list[str] = field(default_factory=list)  # actions that changed a fact of the pack
    refused: int = 0

    def as_plain(self) -> dict[str, Any]:
        """Return it as plain values."""
        return asdict(self)


def play_trial(
    pack: Pack,
    seed: int,
    number: int,
    *,
    absent: Sequence[str] = (),
    wanted: Collection[Goal] = (),
) -> tuple[Trial, tuple[Found, ...]]:
    """Play run `number` of a rehearsal's crowd; return it and the wanted goals that it reached."""
    trial, play = trial_run(pack, seed, number, absent=absent)
    return trial, found_in(play, absent, wanted)


def trial_run(
    pack: Pack, seed: int, number: int, *, absent: Sequence[str] = ()
) -> tuple[Trial, Playthrough]:
    """Play run `number` of a rehearsal's crowd; return what was noted, and the run."""
    own_seed = seed + number
    play = begin(pack, own_seed, absent, is_hashed=False)
    bots = _bots(pack, seed, number, absent)
    trial = Trial(number, own_seed, {bot.session[2:]: bot.persona for bot in bots})
    trial.late = {bot.session[2:]: bot.comes_s for bot in bots if bot.comes_s}
    trial.absent = list(absent)
    book = OfferBook(pack)
    offered: dict[str, None] = {}
    for second in range(RUN_MAX_S):
        play.pass_to(second * 1000)
        for bot in bots:
            if not is_over(play.facts):
                bot.second(play, book, second)
        play.direct_second()
        if is_over(play.facts):
            break
        if second % _LOOK_EVERY_S == 0:
            _look(play, book, bots, offered)
        if second % SAMPLE_EVERY_S == 0:
            mood = mood_of(pack, play.facts)
            trial.tension.append([second, mood.group, mood.wanted])
    trial.offered = sorted(offered)
    trial.refused = sum(bot.refused for bot in bots)
    note(trial, play)
    return trial, play


def note(trial: Trial, play: Playthrough) -> None:
    """Note what happened in a run."""
    pack = play.pack
    useful: dict[str, None] = {}
    done: dict[str, None] = {}
    trial.ending, trial.ended_ms, trial.turns = play.ending, play.world_ms, len(play.commits)
    trial.spotlight = {role.id: 0 for role in pack.roles.values() if role.is_open}
    for commit in play.commits:
        cause = commit.cause
        is_ok = not commit.outcomes or commit.outcomes[0].code == "ok"
        if _is_moment(commit) and is_ok:
            trial.moments.append(commit.world_ms)
        for change in commit.changes:
            if change.name == "chapter":
                trial.chapters.setdefault(str(change.value), commit.world_ms)
        if not is_ok:
            continue
        if cause.kind == "cue":
            beat = str(dict(cause.arguments)["beat"])
            trial.beats.setdefault(beat, commit.world_ms)
            for lead in pack.beats[beat].leads:
                _shine(trial, lead, LEAD_COUNTS)
        elif cause.kind == "act":
            action = str(dict(cause.arguments)["action"])
            done[action] = None
            _shine(trial, _actor(commit), 1)
            if any(_is_of_pack(change.name) for change in commit.changes) or commit.events:
                useful[action] = None
    trial.done, trial.useful = sorted(done), sorted(useful)
    times = [0, *trial.moments, trial.ended_ms]
    trial.gap_ms, gap_from_ms = max((b - a, -a) for a, b in pairwise(times))  # the first of them
    trial.gap_from_ms = -gap_from_ms
    trial.hints = heeded_in(pack, play.commits)


def _bots(pack: Pack, seed: int, number: int, absent: Sequence[str]) -> list[Bot]:
    roles = [role for role in pack.roles.values() if role.is_open and role.id not in absent]
    bots = cast_of([role.id for role in roles if not role.seats], seed, number)
    for role in roles:
        for k in range(1, min(role.seats, _CHORUS_BOTS) + 1):
            for bot in cast_of([role.id], seed, number * 100 + k):
                bot.session = f"s_{role.id}.{k}"
                bots.append(bot)
    return bots


def _look(play: Playthrough, book: OfferBook, bots: list[Bot], offered: dict[str, None]) -> None:
    """Note the actions that are legal now."""
    seats = [role.id for role in play.pack.roles.values() if role.seats == 0]
    seats.extend(bot.session[2:] for bot in bots if "." in bot.session)
    for seat in seats:
        if play.facts[f"{seat}.held"] != "nobody":
            offered.update((offer.action, None) for offer in book.possible(play.facts, seat))


def _is_moment(commit: Commit) -> bool:
    if commit.cause.kind == "cue":
        return True
    return any(event.kind in ("chapter", "choice", "ending", "chosen") for event in commit.events)


def _actor(commit: Commit) -> str:
    return (commit.cause.role or commit.cause.session.removeprefix("s_")).partition(".")[0]


def _shine(trial: Trial, role: str, much: int) -> None:
    if role in trial.spotlight:
        trial.spotlight[role] += much


def _is_of_pack(name: str) -> bool:
    return not name.startswith("@") and not name.startswith("did.")
