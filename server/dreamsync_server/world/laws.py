"""Laws: what the world enforces by itself, at once, on the rising edge of a condition."""

from collections.abc import Iterable

from dreamsync_server.errors import WorldFaultError
from dreamsync_server.limits import LAW_ROUNDS_MAX
from dreamsync_server.world.apply import NO_NAMES, apply_effects
from dreamsync_server.world.draft import Draft
from dreamsync_server.world.model import Pack


def enforce_laws(draft: Draft, first: Iterable[str] = ()) -> None:
    """Enforce the laws that what was written so far touches, and `first`, until all is quiet.

    Raises:
        WorldFaultError: laws of the pack keep setting one another off.
    """
    seen = 0
    pending = dict.fromkeys(first)
    for _ in range(LAW_ROUNDS_MAX):
        for name in draft.trail[seen:]:
            pending.update(dict.fromkeys(laws_touched(draft.pack, name)))
        seen = len(draft.trail)
        if not pending:
            return
        for law_id in draft.pack.laws:
            if law_id in pending:
                _enforce(draft, law_id)
        pending = {}
    raise WorldFaultError(f"laws still set one another off after {LAW_ROUNDS_MAX} rounds")


def laws_touched(pack: Pack, name: str) -> tuple[str, ...]:
    """Return the laws whose conditions read a fact."""
    found = pack.laws_reading.get(name)
    if found is not None:
        return found
    role, _, rest = name.partition(".")
    if role not in pack.seat_facts:
        return ()
    return pack.laws_reading.get(f"{role}.*.{rest.partition('.')[2]}", ())


def _enforce(draft: Draft, law_id: str) -> None:
    law = draft.pack.laws[law_id]
    flag = f"@law.{law_id}"
    was_true = bool(draft.facts.get(flag, False))
    if was_true and law.is_once:
        return
    is_true = bool(law.when.run(draft.facts, NO_NAMES))
    if is_true == was_true:
        return
    draft.put(flag, is_true)
    if is_true:
        apply_effects(draft, law.effects, NO_NAMES)
        # One that put right what it speaks of is armed again at once: a law of the same round may
        # undo it before anybody looks.
        if not law.is_once and not law.when.run(draft.facts, NO_NAMES):
            draft.put(flag, False)
