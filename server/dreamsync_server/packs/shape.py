"""Takes the keys of one table by kind; what is missing, odd or unknown becomes a fault."""

import re
from collections.abc import Sequence
from typing import Final

from dreamsync_server.limits import DRIFT_RATE_MAX, FACT_INT_MAX
from dreamsync_server.packs.faults import Faults, alike
from dreamsync_server.packs.yaml import Leaf, Node, Row, Table
from dreamsync_server.world.model import Place

_DURATION: Final = re.compile(r"(-?)([0-9]{1,12})(ms|s|m|h)\Z")
_UNIT_MS: Final = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000}
_RATE: Final = re.compile(r"([-+]?[0-9]{1,12}) per (hour|minute|second)\Z")
_PER_HOUR: Final = {"hour": 1, "minute": 60, "second": 3600}
_DURATION_MAX_MS: Final = 366 * 24 * 3_600_000
_KINDS: Final = {Row: "a list", Table: "a mapping"}


class Shape:
    """One table being read: `what` names it in faults (`role 'leo'`); `close` tells unknown keys.

    Every taking method gives its default where the key is absent or its value has a fault, so
    that reading goes on and all faults are told at once.
    """

    def __init__(self, node: Node, what: str, faults: Faults) -> None:
        self.what = what
        self.place = node.place
        self.faults = faults
        self._known: list[str] = []
        self._table = node if isinstance(node, Table) else Table(node.place, ())
        self._is_broken = not isinstance(node, Table)
        is_empty = isinstance(node, Leaf) and node.value is None
        if self._is_broken and not is_empty:
            faults.add("wrong_kind", node.place, f"{what} is a mapping, not {kind_of(node)}")

    def has(self, key: str) -> bool:
        """Return whether a key is given."""
        return self._table.get(key) is not None

    def node(self, key: str, *, required: bool = False) -> Node | None:
        """Take what stands under a key, whatever it is."""
        self._known.append(key)
        found = self._table.get(key)
        if found is None and required and not self._is_broken:
            self.faults.add("missing_key", self.place, f"{self.what} has no '{key}'")
        return found

    def key_place(self, key: str) -> Place:
        """Return where a key itself stands; the table's place where it does not."""
        return next((k.place for k, _ in self._table.entries if k.text == key), self.place)

    def integer(self, key: str, default: int, low: int = 0, high: int = FACT_INT_MAX) -> int:
        """Take a whole number within [low, high]."""
        node = self.node(key)
        if node is None:
            return default
        found = read_int(node, f"'{key}' of {self.what}", self.faults, low, high)
        return default if found is None else found

    def flag(self, key: str, default: bool) -> bool:
        """Take `true` or `false`."""
        node = self.node(key)
        if node is None:
            return default
        if isinstance(node, Leaf) and isinstance(node.value, bool):
            return node.value
        self._wrong(key, "true or false", node, meant_bool(node))
        return default

    def word(self, key: str, default: str, words: Sequence[str], *, required: bool = False) -> str:
        """Take one of some words."""
        node = self.node(key, required=required)
        if node is None:
            return default
        if not isinstance(node, Leaf) or node.value is None:
            self._wrong(key, f"one of {', '.join(words)}", node)
            return default
        if node.text not in words:
            what = f"'{key}' of {self.what} is one of {', '.join(words)}, not '{node.text}'"
            self.faults.add("unknown_word", node.place, what, alike(node.text, words))
            return default
        return node.text

    def leaf(self, key: str, kind: str, *, required: bool = False) -> Leaf | None:
        """Take a scalar that is not empty; `kind` says in a fault what is wanted."""
        node = self.node(key, required=required)
        if node is None:
            return None
        if isinstance(node, Leaf) and node.value is not None:
            return node
        self._wrong(key, kind, node)
        return None

    def leaves(self, key: str, kind: str, *, required: bool = False) -> tuple[Leaf, ...]:
        """Take a list of scalars; a single one is a list of one."""
        node = self.node(key, required=required)
        return (
            () if node is None else read_leaves(node, f"'{key}' of {self.what}", kind, self.faults)
        )

    def duration_ms(self, key: str, default: int, *, required: bool = False) -> int:
        """Take a duration such as `10s`, `5m`, `2h`, `500ms`."""
        node = self.node(key, required=required)
        if node is None:
            return default
        found = read_duration_ms(node, f"'{key}' of {self.what}", self.faults)
        return default if found is None else found

    def table(self, key: str) -> tuple[tuple[Leaf, Node], ...]:
        """Take a mapping's entries; none where it is absent."""
        node = self.node(key)
        return () if node is None else read_entries(node, f"'{key}' of {self.what}", self.faults)

    def items(self, key: str) -> tuple[Node, ...]:
        """Take a list's nodes; none where it is absent."""
        node = self.node(key)
        if node is None:
            return ()
        if isinstance(node, Row):
            return node.items
        self._wrong(key, "a list", node)
        return ()

    def close(self) -> None:
        """Tell every key that was never asked for."""
        for key, _ in self._table.entries:
            if key.text not in self._known:
                what = f"{self.what} has no key '{key.text}'"
                self.faults.add("unknown_key", key.place, what, alike(key.text, self._known))

    def _wrong(self, key: str, wanted: str, node: Node, meant: str = "") -> None:
        what = f"'{key}' of {self.what} is {wanted}, not {kind_of(node)}"
        self.faults.add("wrong_kind", node.place, what, meant)


def meant_bool(node: Node) -> str:
    """Return true or false where a text says as much in another word, else ""."""
    word = node.text.lower() if isinstance(node, Leaf) else ""
    return "true" if word in ("yes", "on") else "false" if word in ("no", "off") else ""


def kind_of(node: Node) -> str:
    """Return in plain words what a node is."""
    if not isinstance(node, Leaf):
        return _KINDS[type(node)]
    match node.value:
        case None:
            return "nothing"
        case bool():
            return f"'{node.text}'"
        case int():
            return f"the number {node.text}"
        case float():
            return f"{node.text}, which is no whole number"
        case _:
            return f"the text '{node.text}'"


def read_int(node: Node, what: str, faults: Faults, low: int, high: int) -> int | None:
    """Return a whole number within [low, high], or None behind a fault."""
    if not isinstance(node, Leaf) or type(node.value) is not int:
        faults.add("wrong_kind", node.place, f"{what} is a whole number, not {kind_of(node)}")
        return None
    if not low <= node.value <= high:
        faults.add("out_of_bounds", node.place, f"{what} lies within {low} and {high}")
        return None
    return node.value


def read_leaves(node: Node, what: str, kind: str, faults: Faults) -> tuple[Leaf, ...]:
    """Return the scalars of a list, or of a single one."""
    items = node.items if isinstance(node, Row) else (node,)
    leaves = []
    for item in items:
        if isinstance(item, Leaf) and item.value is not None:
            leaves.append(item)
        else:
            faults.add("wrong_kind", item.place, f"{what} holds {kind}, not {kind_of(item)}")
    return tuple(leaves)


def read_entries(node: Node, what: str, faults: Faults) -> tuple[tuple[Leaf, Node], ...]:
    """Return the entries of a mapping; an empty value is an empty mapping."""
    if isinstance(node, Table):
        return node.entries
    if not (isinstance(node, Leaf) and node.value is None):
        faults.add("wrong_kind", node.place, f"{what} is a mapping, not {kind_of(node)}")
    return ()


def read_duration_ms(
    node: Node, what: str, faults: Faults, *, negative: bool = False
) -> int | None:
    """Return a duration in milliseconds, or None behind a fault."""
    match = _DURATION.match(node.text) if isinstance(node, Leaf) else None
    if match is None or (match[1] and not negative):
        said = f"not {kind_of(node)}"
        faults.add("bad_duration", node.place, f"{what} is a time like 500ms, 10s, 5m, 2h, {said}")
        return None
    ms = int(match[2]) * _UNIT_MS[match[3]]
    if ms > _DURATION_MAX_MS:
        faults.add("out_of_bounds", node.place, f"{what} is at most a year")
        return None
    return -ms if match[1] else ms


def read_rate(node: Node, what: str, faults: Faults) -> tuple[int, int] | None:
    """Return (units, what one of them is worth an hour) of `-4 per hour`, or None."""
    match = _RATE.match(node.text) if isinstance(node, Leaf) else None
    if match is None:
        said = f"not {kind_of(node)}"
        faults.add("bad_rate", node.place, f"{what} is a rate like '-4 per hour', {said}")
        return None
    units, per_hour = int(match[1]), _PER_HOUR[match[2]]
    if abs(units * per_hour) > DRIFT_RATE_MAX:
        faults.add("out_of_bounds", node.place, f"{what} is at most {DRIFT_RATE_MAX} an hour")
        return None
    return units, per_hour
