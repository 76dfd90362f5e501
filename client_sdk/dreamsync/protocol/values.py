"""What a fact's value is on the wire."""

from dreamsync.protocol.fields import Args, Count, Digest, Exact, FactName, WireModel

__all__ = ["Args", "Facts", "WireDrift", "WireText", "WireValue"]


class WireDrift(WireModel):
    """An int that moves with world time; drift.py says how to read it at a moment.

    `fine` is the value in 1/3,600,000 of a whole unit at world time `since`, `rate` whole units
    an hour, `low` and `high` the whole values it stops at. A client reads it again for every
    frame it draws: nothing is sent while it moves.
    """

    fine: Exact
    rate: Exact
    since: Count
    low: Exact
    high: Exact


class WireText(WireModel):
    """Text that a person wrote; `text` is "" once it was erased. The digest of a view is over
    `ref` and `digest`, which stay."""

    text: str
    ref: str
    digest: Digest


WireValue = bool | Exact | str | tuple[bool | Exact | str, ...] | WireDrift | WireText
"""bool, int, choice or the world's own text, a list, a drifting int, a person's text."""

Facts = dict[FactName, WireValue]
