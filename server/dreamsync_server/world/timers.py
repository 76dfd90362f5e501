"""Timers: clocks and choices whose time has come."""

from typing import cast

from dreamsync_server.world.apply import NO_NAMES, apply_effects, take_option
from dreamsync_server.world.draft import Draft


def end_clock(draft: Draft, clock_id: str) -> None:
    """Do a clock's effects once, if it is due; a repeating one starts again from its end."""
    clock = draft.pack.clocks.get(clock_id)
    if clock is None:
        return
    name = f"clock.{clock_id}"
    ends_ms = cast("int", draft.facts[name])
    if not 0 < ends_ms <= draft.ms:
        return
    draft.put(name, ends_ms + clock.length_ms if clock.repeats else 0)
    apply_effects(draft, clock.effects, NO_NAMES)


def end_choice(draft: Draft, choice_id: str) -> None:
    """Take a choice's default, if its time is over."""
    choice = draft.pack.choices.get(choice_id)
    if choice is None:
        return
    ends_ms = cast("int", draft.facts[f"choice.{choice_id}"])
    if 0 < ends_ms <= draft.ms:
        take_option(draft, choice_id, choice.default)
