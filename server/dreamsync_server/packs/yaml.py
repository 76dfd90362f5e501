"""YAML 1.2 core text → a tree of nodes that know their places; anything beyond it is a fault.

Read from PyYAML's event stream rather than its composer: nothing recurses, nothing is resolved by
YAML 1.1 rules, and a hostile file is left at the first event beyond a bound.
"""

import re
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from dreamsync_server.limits import FACT_INT_MAX, YAML_DEPTH_MAX, YAML_NODES_MAX
from dreamsync_server.packs.faults import Faults
from dreamsync_server.packs.written import Source, Written
from dreamsync_server.world.model import Place

Core = None | bool | int | float | str

_NULL: Final = re.compile(r"(?:null|Null|NULL|~|)\Z")
_TRUE: Final = re.compile(r"(?:true|True|TRUE)\Z")
_FALSE: Final = re.compile(r"(?:false|False|FALSE)\Z")
_INT: Final = re.compile(r"[-+]?[0-9]+\Z|0o[0-7]+\Z|0x[0-9a-fA-F]+\Z")
_FLOAT: Final = re.compile(
    r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z"
    r"|[-+]?\.(?:inf|Inf|INF)\Z|\.(?:nan|NaN|NAN)\Z"
)
_DIGITS_MAX: Final = len(str(FACT_INT_MAX)) + 8  # longer numbers are no numbers of ours
_NO_COLON: Final = (
    "no ':' can be here: a text that holds one wants quotes, a key above may lack its own, or the"
    " line is indented otherwise than its neighbours"
)
_NO_ITEM: Final = "a list goes on with '- ', and this line is no item of it"
_NO_KEY: Final = "no key can be here: look how far it is indented, or for a quote inside quotes"
# What is mostly meant by what the parser says, in the words of either of its loaders.
_MEANT: Final = (
    ("mapping values are not allowed", _NO_COLON),
    ("could not find expected ':'", "a key without its ':', here or in the line above"),
    ("',' or ']'", "a list that was begun with '[' wants a ',' or its ']', here or above"),
    ("',' or '}'", "a mapping that was begun with '{' wants a ',' or its '}', here or above"),
    ("expected '-'", _NO_ITEM),
    ("found '?'", _NO_ITEM),
    ("expected key", _NO_KEY),
    ("expected <block end>", _NO_KEY),
    ("unexpected end of stream", "a quote that is begun is never closed"),
    ("cannot start any token", "a text that begins with this character wants quotes"),
)
# Beyond printable text; libyaml also takes the last three for line breaks, YAML 1.2 does not.
_FORBIDDEN: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\ufffe\uffff\u2028\u2029\ud800-\udfff]"
)
_LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Leaf:
    """A scalar: `value` by YAML 1.2 core rules, `text` as it was meant as text.

    `written` is where it comes from; `offset` is where its text begins in that, for a part.
    """

    place: Place
    value: Core
    text: str
    written: Written | None = field(default=None, repr=False, compare=False)
    offset: int = 0

    def place_at(self, offset: int) -> Place:
        """Return where the character at `offset` of `text` stands in the file."""
        return self.place if self.written is None else self.written.place(self.offset + offset)

    def part(self, text: str, offset: int = 0) -> "Leaf":
        """Return a part of this scalar's text, from `offset` on, as a scalar of its own."""
        return Leaf(self.place_at(offset), text, text, self.written, self.offset + offset)


@dataclass(frozen=True, slots=True)
class Row:
    """A sequence."""

    place: Place
    items: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping with text keys, each once, in the author's order."""

    place: Place
    entries: tuple[tuple[Leaf, "Node"], ...]

    def get(self, key: str) -> "Node | None":
        """Return what stands under a key."""
        return next((node for leaf, node in self.entries if leaf.text == key), None)


Node = Leaf | Row | Table


def parse_yaml(file: str, text: str, faults: Faults) -> Table:
    """Return a file's top mapping, empty where the file is empty or has faults of form."""
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    source = Source(file, text, tuple(starts))
    nothing = Table(Place(file, 1, 1), ())
    if bad := _FORBIDDEN.search(text):
        what = f"a character that no text may hold (U+{ord(bad.group()):04X})"
        faults.add("yaml_character", source.place(bad.start()), what)
        return nothing
    try:
        node = _Tree(source, faults).build()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = source.place(min(mark.index, len(text))) if mark else nothing.place
        what = f"this is not YAML: {_in_plain_words(error.problem or error.context or '')}"
        if mark and text[mark.index : mark.index + 1] == "\t":
            what = "a tab cannot indent here: YAML wants spaces"
        faults.add("yaml_syntax", place, what)
        return nothing
    except yaml.YAMLError as error:
        faults.add("yaml_syntax", nothing.place, f"this is not YAML: {error}")
        return nothing
    except _StopError:
        return nothing
    if node is None or (isinstance(node, Leaf) and node.value is None):
        return nothing
    if not isinstance(node, Table):
        faults.add("yaml_top", node.place, "a file of a pack is a mapping: `name: ...` lines")
        return nothing
    return node


def _in_plain_words(problem: str) -> str:
    """Return what the parser met as who wrote the line would look for it."""
    return next((said for sign, said in _MEANT if sign in problem), problem)


def plain_value(node: Node) -> Any:
    """Return a tree as plain values (dict, list, scalars), for a schema or a dump."""
    match node:
        case Leaf():
            return node.value
        case Row():
            return [plain_value(item) for item in node.items]
        case Table():
            return {key.text: plain_value(value) for key, value in node.entries}


class _StopError(Exception):
    """A bound was passed: the rest of the file is not read. The fault is noted already."""


class _Tree:
    """Builds the nodes of one file from its events."""

    def __init__(self, source: Source, faults: Faults) -> None:
        self._source = source
        self._faults = faults
        self._nodes = 0
        self._root: Node | None = None
        self._open: list[tuple[Place, bool, list[Node]]] = []  # place, is a mapping, what it holds

    def build(self) -> Node | None:
        documents = 0
        for event in yaml.parse(self._source.text, Loader=_LOADER):
            match event:
                case yaml.DocumentStartEvent():
                    documents += 1
                    if documents > 1:
                        self._stop(
                            "yaml_documents", event, "a second document: one file, one `---`"
                        )
                case yaml.AliasEvent():
                    self._stop("yaml_alias", event, f"the alias *{event.anchor}: write it out")
                case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                    self._begin(event)
                case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                    self._finish()
                case yaml.ScalarEvent():
                    self._count(event)
                    self._put(self._leaf(event))
                case _:
                    pass
        return self._root

    def _begin(self, event: Any) -> None:
        self._count(event)
        if len(self._open) >= YAML_DEPTH_MAX:
            self._stop("yaml_depth", event, f"nested more than {YAML_DEPTH_MAX} deep")
        is_mapping = isinstance(event, yaml.MappingStartEvent)
        self._open.append((self._place(event), is_mapping, []))

    def _finish(self) -> None:
        place, is_mapping, held = self._open.pop()
        self._put(self._table(place, held) if is_mapping else Row(place, tuple(held)))

    def _put(self, node: Node) -> None:
        if self._open:
            self._open[-1][2].append(node)
        else:
            self._root = node

    def _table(self, place: Place, held: list[Node]) -> Table:
        first: dict[str, Leaf] = {}
        entries = []
        for key, value in zip(held[::2], held[1::2], strict=True):
            if not isinstance(key, Leaf):
                self._faults.add("yaml_key", key.place, "a key is one word or text")
            elif key.text in first:
                where = first[key.text].place.line
                what = f"the key '{key.text}' is there already, in line {where}"
                self._faults.add("yaml_duplicate", key.place, what)
            else:
                first[key.text] = key
                entries.append((key, value))
        return Table(place, tuple(entries))

    def _leaf(self, event: Any) -> Leaf:
        start, end = event.start_mark.index, event.end_mark.index
        is_plain = event.style in (None, "")
        value: Core = event.value
        if is_plain:
            value = _core(event.value)
        written = Written(self._source, start, end, event.style or "", event.value)
        return Leaf(self._place(event), value, event.value, written)

    def _count(self, event: Any) -> None:
        self._nodes += 1
        if self._nodes > YAML_NODES_MAX:
            self._stop("yaml_nodes", event, f"more than {YAML_NODES_MAX} values in one file")
        if event.anchor is not None:
            self._stop("yaml_alias", event, f"the anchor &{event.anchor}: packs have none")
        if event.tag is not None and event.tag != "!":
            self._stop("yaml_tag", event, f"the tag {event.tag}: packs have none")

    def _place(self, event: Any) -> Place:
        return self._source.place(event.start_mark.index)

    def _stop(self, code: str, event: Any, what: str) -> None:
        self._faults.add(code, self._place(event), what)
        raise _StopError


def _core(text: str) -> Core:
    """Return a plain scalar's value by the YAML 1.2 core schema; a number beyond any use is text.

    Source: YAML 1.2.2, section 10.3.2.
    """
    if _NULL.match(text):
        return None
    if _TRUE.match(text):
        return True
    if _FALSE.match(text):
        return False
    if _INT.match(text):
        if len(text) > _DIGITS_MAX:
            return text
        if text.startswith("0o"):
            return int(text[2:], 8)
        return int(text, 16) if text.startswith("0x") else int(text, 10)
    if _FLOAT.match(text):
        number = text.replace(".inf", "inf").replace(".Inf", "inf").replace(".INF", "inf")
        return float("nan") if "n" in number.lower() and "inf" not in number else float(number)
    return text
