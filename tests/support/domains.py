"""Domains: whether a fact's value lies within all that was said it can be."""

from collections.abc import Mapping
from typing import Any

from dreamsync_server.world.values import Drift


def is_within(domain: Mapping[str, Any], name: str, value: Any) -> bool:
    """Return whether a fact may be that; of facts not in the domain nothing was said."""
    known = domain.get(name)
    if known is None or type(value) is Drift:
        return True
    if isinstance(known, tuple):
        return value in known
    if known.kind == "list":
        choices = known.item.choices if known.item is not None else ()
        return len(value) <= known.size_max and set(value) <= set(choices)
    return known.low <= value <= known.high
