"""A company: the people of a rehearsal, who do in a playthrough what a search tells them.

The player of a seat is the session `s_<seat>`; roles that no player takes act as understudies.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from dreamsync_server.story.atlas import CHORUS_SEATS
from dreamsync_server.story.playthrough import Playthrough
from dreamsync_server.story.rehearsing import begin
from dreamsync_server.story.ways import Trigger
from dreamsync_server.world.commit import Outcome, Proposal
from dreamsync_server.world.cues import occurrence_of
from dreamsync_server.world.directing import DIRECTOR
from dreamsync_server.world.model import Pack, Param
from dreamsync_server.world.seats import holder_of
from dreamsync_server.world.sessions import session_of
from dreamsync_server.world.state import role_of
from dreamsync_server.world.values import Scalar

WORDS = "We are here."
"""What somebody says where a text is asked for."""
DESK = "s_desk"


def gather(pack: Pack, seed: int, absent: Sequence[str] = ()) -> Playthrough:
    """Open a world and let a player take each role that players may take, and some of a chorus."""
    play = begin(pack, seed, absent, is_hashed=False)
    for role in pack.roles.values():
        if not role.is_open or role.id in absent:
            continue
        if role.seats == 0:
            play.join(f"s_{role.id}", role.id)
        for k in range(1, min(role.seats, CHORUS_SEATS) + 1):
            play.join(f"s_{role.id}.{k}", role.id)
    return play


def perform(play: Playthrough, trigger: Trigger) -> Outcome:
    """Do what a trigger says: an act, a walk, an answer or a cue."""
    given = dict(trigger.given)
    match trigger.kind:
        case "cue":
            return _cue(play, trigger.id)
        case "choose":
            option = {"choice": trigger.id, "option": given["option"]}
            if _is_played(play, trigger.seat):
                return play.ask("choose", "player", f"s_{trigger.seat}", option)
            return _as_understudy(play, trigger.seat, "choose", option)
        case _:
            return do(play, trigger.seat, trigger.id, given)


def do(play: Playthrough, seat: str, action: str, given: dict[str, Scalar]) -> Outcome:
    """Do an action for a seat; parameters that are not given are made up."""
    found = play.pack.actions.get(action)
    for param in found.params if found is not None else ():
        given.setdefault(param.name, _made_up(param))
    if _is_played(play, seat):
        return play.act(f"s_{seat}", action, **given)
    return _as_understudy(play, seat, "act", {"action": action, "params": given})


def _made_up(param: Param) -> Scalar:
    match param.type.kind:
        case "int":
            return param.type.low
        case "bool":
            return False
        case "choice":
            return param.type.choices[0]
        case _:
            return WORDS[: param.type.size_max]


def _cue(play: Playthrough, beat_id: str) -> Outcome:
    beat = play.pack.beats[beat_id]
    given = {"beat": beat_id, "occurrence": occurrence_of(play.facts, beat_id)}
    if not beat.is_manual:
        return play.direct(Proposal("cue", "director", DIRECTOR, 0, given)).outcomes[0]
    if session_of(play.facts, DESK) is None:
        play.join(DESK, kind="desk")
    return play.ask("cue", "desk", DESK, given)


def _is_played(play: Playthrough, seat: str) -> bool:
    return bool(play.pack.roles[role_of(seat)].is_open)


def _as_understudy(
    play: Playthrough, seat: str, kind: Literal["act", "choose"], given: Mapping[str, Any]
) -> Outcome:
    tenure = holder_of(play.facts, seat).tenure
    proposal = Proposal(kind, "understudy", DIRECTOR, 0, given, {}, seat, tenure)
    return play.direct(proposal).outcomes[0]
