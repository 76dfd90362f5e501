"""The owner's own proposals: opening a world, beginning an epoch, sleeping and waking."""

from dreamsync_server.limits import DRIFT_UNIT
from dreamsync_server.world import sessions
from dreamsync_server.world.apply import NO_NAMES, apply_effects
from dreamsync_server.world.branching import part
from dreamsync_server.world.commit import Proposal
from dreamsync_server.world.draft import OK, Draft, Verdict, refuse
from dreamsync_server.world.model import Fact
from dreamsync_server.world.seats import Holder, put_holder
from dreamsync_server.world.values import Drift, Value


def open_world(draft: Draft, proposal: Proposal) -> Verdict:
    """The first commit: every fact at its start, the seats, the clocks that run from the start."""
    pack, given = draft.pack, proposal.arguments
    seed = given.get("seed")
    if type(seed) is not int:
        return refuse("bad_parameter", parameter="seed", why="a whole number")
    has_understudies = bool(given.get("understudies", True))
    speed = int(given.get("speed", pack.speed))
    draft.put("@world", (seed, int(has_understudies), speed))
    for fact in pack.facts.values():
        draft.put(fact.name, start_of(fact, draft.ms))
    draft.put("@chapter", draft.ms)
    for role in pack.roles.values():
        if role.seats == 0:
            held = "understudy" if has_understudies or not role.is_open else "nobody"
            draft.put(f"{role.id}.held", held)
            put_holder(draft, role.id, Holder("", 1, 0))
    for clock in pack.clocks.values():
        if clock.starts_at_once:
            draft.put(f"clock.{clock.id}", draft.ms + clock.length_ms)
    apply_effects(draft, pack.start_effects, NO_NAMES)
    return OK


def start_of(fact: Fact, world_ms: int) -> Value:
    """Return a fact's value at the opening; one that drifts from the start begins to."""
    decl = fact.decl
    if decl.rate and type(fact.start) is int:
        low, high = decl.type.low, decl.type.high
        return Drift(fact.start * DRIFT_UNIT, decl.rate, world_ms, low, high)
    return fact.start


def begin(draft: Draft, proposal: Proposal) -> Verdict:
    """The first commit of an epoch: a node has taken the world over from one that may be dead.

    With an `origin`, it is the first commit of a world of its own behind a copied log.
    """
    if proposal.arguments.get("origin"):
        part(draft, proposal)
    elif not proposal.arguments.get("handed_over"):
        sessions.all_absent(draft)
    return OK


def sleep(draft: Draft, proposal: Proposal) -> Verdict:
    """Let the world sleep, unless somebody has come in the meantime."""
    if sessions.is_anybody_there(draft.facts):
        return refuse("not_now")
    draft.put("@asleep", True)
    return OK


def wake(draft: Draft, proposal: Proposal) -> Verdict:
    """Let a sleeping world go on."""
    sessions.wake(draft)
    return OK
