"""Composing: texts made of alternatives, drawn from a pack's seeded grammars.

What was drawn goes into the event as text keys, so that every reader reads the same dream in a
language of their own.
"""

from collections.abc import Mapping
from typing import Any

from dreamsync_server.world.draft import Draft
from dreamsync_server.world.model import Alternative, Grammar
from dreamsync_server.world.values import Value

KEY = "grammar."
"""What the text key of an alternative begins with."""


def compose(
    draft: Draft, picks: tuple[tuple[str, str], ...], names: Mapping[str, Any]
) -> tuple[tuple[str, Value], ...]:
    """Draw each grammar in `picks` and all that its alternative uses, each once.

    Returns (placeholder, text key) pairs. A used grammar's placeholder is its id.
    """
    found: dict[str, Value] = {}
    waiting = list(picks)
    while waiting:
        placeholder, grammar_id = waiting.pop(0)
        if placeholder in found:
            continue
        grammar = draft.pack.grammars[grammar_id]
        one = _drawn(draft, grammar, names)
        found[placeholder] = f"{KEY}{grammar_id}.{one.id}"
        waiting.extend((used, used) for used in one.uses)
    return tuple(found.items())


def _drawn(draft: Draft, grammar: Grammar, names: Mapping[str, Any]) -> Alternative:
    """Draw one of the alternatives that hold, by weight; the last one holds in any case."""
    held = [
        one for one in grammar.alternatives if one.when is None or one.when.run(draft.facts, names)
    ] or [grammar.alternatives[-1]]
    drawn = draft.draw(f"grammar.{grammar.id}", sum(one.weight for one in held))
    for one in held:
        drawn -= one.weight
        if drawn <= 0:
            return one
    return held[-1]
