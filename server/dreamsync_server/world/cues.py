"""May a beat be cued now? The same answer for the owner, the director and the desk's why."""

from dreamsync_server.world.commit import Proposal
from dreamsync_server.world.draft import Verdict, refuse
from dreamsync_server.world.memory import is_vetoed
from dreamsync_server.world.model import Beat, Pack
from dreamsync_server.world.state import Facts
from dreamsync_server.world.trace import failing


def may_be_cued(pack: Pack, facts: Facts, beat: Beat, proposal: Proposal) -> bool:
    """Return whether a beat may be cued now by this proposer: `refusal_of_cue` without the why."""
    if beat.chapters and facts["chapter"] not in beat.chapters:
        # What most beats fail at, most of the time; the desk alone may override it.
        return bool(proposal.arguments) and refusal_of_cue(pack, facts, beat, proposal) is None
    if proposal.arguments:
        return refusal_of_cue(pack, facts, beat, proposal) is None
    is_director = proposal.by == "director"
    if beat.times_max and times_cued(facts, beat.id) >= beat.times_max:
        return False
    if wait_before_cue(pack, facts, beat, is_director=is_director) > 0:
        return False
    if beat.when is not None and not beat.when.run(facts, {}):
        return False
    return refusal_of_cue(pack, facts, beat, proposal) is None


def refusal_of_cue(pack: Pack, facts: Facts, beat: Beat, proposal: Proposal) -> Verdict | None:
    """Return why a beat may not be cued now by this proposer, or None."""
    given = proposal.arguments
    if facts["paused"]:
        return refuse("paused")
    count = times_cued(facts, beat.id)
    occurrence = given.get("occurrence")
    if occurrence is not None and occurrence != occurrence_of(facts, beat.id):
        return refuse("already", beat=beat.id)
    if given.get("once") and facts.get(f"@once.{given['once']}"):
        return refuse("already", beat=beat.id)
    if beat.times_max and count >= beat.times_max:
        return refuse("spent", beat=beat.id)
    if given.get("override") and proposal.by == "desk":
        return None
    if facts.get(f"@held.{beat.id}"):
        return refuse("held", beat=beat.id)
    if proposal.by == "director" and (facts.get("director.standby") or is_vetoed(facts, beat.id)):
        return refuse("held", beat=beat.id)
    if beat.chapters and facts["chapter"] not in beat.chapters:
        return refuse("not_now", beat=beat.id)
    wait_ms = wait_before_cue(pack, facts, beat, is_director=proposal.by == "director")
    if wait_ms > 0:
        return refuse("cooldown", beat=beat.id, wait_ms=wait_ms)
    if beat.is_manual and proposal.by == "director":
        return refuse("not_allowed", beat=beat.id)
    return _refusal_of_condition(facts, beat)


def _refusal_of_condition(facts: Facts, beat: Beat) -> Verdict | None:
    leaves = [f"held({lead})" for lead in beat.leads if is_waited_for(facts, beat, lead)]
    if beat.when is not None and not beat.when.run(facts, {}):
        leaves.extend(leaf.text for leaf in failing(beat.when, facts, {}))
    return refuse("condition", beat=beat.id, leaf=tuple(leaves)) if leaves else None


def times_cued(facts: Facts, beat_id: str) -> int:
    """Return how often a beat was cued, what was undone aside."""
    return int(str(facts[f"cued.{beat_id}"]))


def times_undone(facts: Facts, beat_id: str) -> int:
    """Return how many of a beat's occurrences were undone."""
    return int(str(facts.get(f"@undone.{beat_id}", 0)))


def occurrence_of(facts: Facts, beat_id: str) -> int:
    """Return the occurrence that a beat's next cue has: none comes twice, an undone one neither."""
    return times_cued(facts, beat_id) + times_undone(facts, beat_id)


def wait_before_cue(pack: Pack, facts: Facts, beat: Beat, *, is_director: bool) -> int:
    """Return the world ms to wait before a beat may be cued; 0 or less for none.

    The pack's `cue_gap` holds for the director alone, and not for endings.
    """
    wait_ms = 0
    last = facts.get(f"@beat.{beat.id}")
    if last is not None and beat.every_ms:
        wait_ms = int(str(last)) + beat.every_ms - facts.ms
    last = facts.get("@cue")
    if is_director and last is not None and not beat.is_ending:
        wait_ms = max(wait_ms, int(str(last)) + pack.cue_gap_ms - facts.ms)
    return wait_ms


def is_waited_for(facts: Facts, beat: Beat, lead: str) -> bool:
    """Return whether a beat waits for a lead whom nobody plays."""
    return beat.absent.get(lead) == "wait" and facts[f"{lead}.held"] == "nobody"
