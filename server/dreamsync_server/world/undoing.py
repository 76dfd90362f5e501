"""Undoing: what a beat, a skip or a nudge did is taken back where the pack says how.

What people read and remember stays in the log; an undo is a commit like any other. The beat counts
as not having come, so that it may come again, and the director leaves it alone for a while, lest
it bring it at once. Its next cue has a new occurrence none the less: a late copy of the cue that
was undone is refused.

@undone.<beat>   how many of its occurrences were undone
@skipped.<beat>  True while the newest occurrence was a skip
"""

from dreamsync_server.world.apply import NO_NAMES, apply_effects
from dreamsync_server.world.commit import Proposal
from dreamsync_server.world.cues import times_cued, times_undone
from dreamsync_server.world.draft import OK, Draft, Verdict, refuse
from dreamsync_server.world.memory import VETO_MS
from dreamsync_server.world.model import Beat, Nudge
from dreamsync_server.world.state import as_tuple


def undo(draft: Draft, proposal: Proposal) -> Verdict:
    """Take back what `target`, a beat or a nudge of the pack, did last."""
    target = str(proposal.arguments.get("target", ""))
    beat, nudge = draft.pack.beats.get(target), draft.pack.nudges.get(target)
    if beat is not None:
        verdict = _undo_beat(draft, beat)
    elif nudge is not None:
        verdict = _undo_nudge(draft, nudge)
    else:
        return refuse("unknown_beat", beat=target)
    if verdict == OK:
        draft.put(f"@veto.{target}", draft.ms + VETO_MS)
    return verdict


def _undo_beat(draft: Draft, beat: Beat) -> Verdict:
    count = times_cued(draft.facts, beat.id)
    if count == 0:
        return refuse("not_now", beat=beat.id)
    was_skipped = bool(draft.facts.get(f"@skipped.{beat.id}"))
    if beat.undo is None and not was_skipped:
        return refuse("no_undo", beat=beat.id)
    draft.put(f"cued.{beat.id}", count - 1)
    draft.put(f"@undone.{beat.id}", times_undone(draft.facts, beat.id) + 1)
    draft.drop(f"@skipped.{beat.id}")
    if not was_skipped:
        apply_effects(draft, beat.undo or (), NO_NAMES)
    return OK


def _undo_nudge(draft: Draft, nudge: Nudge) -> Verdict:
    kept = as_tuple(draft.facts.get(f"@nudged.{nudge.id}"))
    if not kept or kept[0] == 0:
        return refuse("not_now", nudge=nudge.id)
    if nudge.undo is None:
        return refuse("no_undo", nudge=nudge.id)
    draft.put(f"@nudged.{nudge.id}", (int(kept[0]) - 1, kept[1]))
    for action in nudge.actions:
        if nudge.kind == "deny":
            draft.drop(f"@denied.{action}")
    for role in nudge.roles:
        if nudge.kind == "hint":
            draft.drop(f"@hint.{role}")
    apply_effects(draft, nudge.undo, NO_NAMES)
    return OK
