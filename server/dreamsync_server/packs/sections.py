"""The files of a pack → its sections, each entry with its id, in the authors' order."""

import keyword
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from dreamsync_server.limits import ID_CHARS_MAX
from dreamsync_server.packs.faults import Faults, alike
from dreamsync_server.packs.hashing import ODDS
from dreamsync_server.packs.shape import kind_of
from dreamsync_server.packs.yaml import Leaf, Node, Table, parse_yaml
from dreamsync_server.world.model import Place

HEAD: Final = "pack.yaml"
HEADER_KEYS: Final = (
    "format", "id", "languages", "whereabouts", "safety_pause", "cue_gap", "speed", "start",
    "temperament", "nudge_cap", "lead_within", "elsewhere", "elsewhere_gap", "shares_ending",
)  # fmt: skip
SECTIONS: Final = (
    "roles", "things", "sets", "scenes", "facts", "actions", "laws", "beats", "endings",
    "chapters", "clocks", "choices", "grammars", "nudges",
)  # fmt: skip
DOTTED: Final = ("scenes", "facts", "actions", "beats", "endings")
"""Sections whose ids may have several words, joined by dots."""

UNREAD: Final = ("yaml_syntax", "yaml_top", "file_unreadable", "file_encoding", "file_size")
"""Faults with which a whole file goes unread."""

_WORD: Final = re.compile(r"[a-z][a-z0-9_]*\Z")
# The words of expressions can stand nowhere in a name, the language's own not as a whole one.
_KEYWORDS: Final = frozenset({"me", *(word for word in keyword.kwlist if word.islower())})
_RESERVED: Final = frozenset(
    {"all", "any", "here", "desk", "nobody", "nowhere", "self", "both", "true", "false"}
    | {"min", "max", "abs", "len", "count", "cued", "held", "running", "stop", "null", "none"}
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a section: `cue_gap`'s node, or the body of role `leo`."""

    id: str
    key: Leaf
    node: Node


@dataclass(frozen=True, slots=True)
class Sections:
    """A pack taken apart: header keys, sections, and per language its text tables."""

    head: Table  # pack.yaml as a table of the header keys alone
    parts: Mapping[str, Mapping[str, Entry]]  # section -> id -> entry
    texts: Mapping[str, tuple[tuple[Leaf, Node], ...]]  # language -> key and text
    rehearsals: Mapping[str, Table]  # file -> its table
    odds: Table | None = None  # odds.yaml

    def entries(self, section: str) -> Iterator[Entry]:
        """Walk the entries of a section."""
        return iter(self.parts[section].values())

    def ids(self, section: str) -> tuple[str, ...]:
        """Return the ids of a section."""
        return tuple(self.parts[section])


def gather(files: Mapping[str, str], faults: Faults) -> Sections:
    """Read every file of a pack (path → text); pack.yaml first, then by path."""
    head: list[tuple[Leaf, Node]] = []
    parts: dict[str, dict[str, Entry]] = {section: {} for section in SECTIONS}
    texts: dict[str, list[tuple[Leaf, Node]]] = {}
    rehearsals: dict[str, Table] = {}
    odds: Table | None = None
    if HEAD not in files and not faults.has(UNREAD):
        faults.add("file_missing", Place(HEAD, 1, 1), "a pack has a file pack.yaml")
    for path in sorted(files, key=lambda path: (path != HEAD, path)):
        if not path.endswith(".yaml"):
            continue
        table = parse_yaml(path, files[path], faults)
        folder, _, rest = path.partition("/")
        if folder == "text" and rest:
            language = rest.removesuffix(".yaml").partition("/")[0]
            texts.setdefault(language, []).extend(table.entries)
        elif folder == "rehearsals" and rest:
            rehearsals[path] = table
        elif path == ODDS:
            odds = table
        else:
            _take_file(path, table, head, parts, faults)
    place = head[0][0].place if head else Place(HEAD, 1, 1)
    tables = {language: tuple(entries) for language, entries in texts.items()}
    return Sections(Table(place, tuple(head)), parts, tables, rehearsals, odds)


def check_id(key: Leaf, section: str, faults: Faults) -> bool:
    """Return whether a key may be an id in its section; a fault says why not."""
    words = key.text.split(".") if section in DOTTED else [key.text]
    what = section.removesuffix("s")
    if len(key.text) > ID_CHARS_MAX:
        faults.add("bad_id", key.place, f"the id of a {what} has at most {ID_CHARS_MAX} characters")
        return False
    if not all(_WORD.match(word) for word in words):
        dots = ", words joined by dots" if section in DOTTED else ""
        allowed = f"lower-case letters, digits and _, from a letter on{dots}"
        faults.add("bad_id", key.place, f"'{key.text}' cannot be an id: {allowed}")
        return False
    for word in words:
        if word in _KEYWORDS or (word in _RESERVED and len(words) == 1):
            faults.add("reserved_id", key.place, f"'{word}' is a word of the language, not an id")
            return False
    return True


def _take_file(
    path: str,
    table: Table,
    head: list[tuple[Leaf, Node]],
    parts: dict[str, dict[str, Entry]],
    faults: Faults,
) -> None:
    known = (*SECTIONS, *HEADER_KEYS)
    for key, node in table.entries:
        if key.text in parts:
            _take_section(key.text, node, parts[key.text], faults)
        elif key.text not in HEADER_KEYS:
            what = f"packs have no section '{key.text}'"
            faults.add("unknown_section", key.place, what, alike(key.text, known))
        elif path != HEAD:
            faults.add("misplaced_key", key.place, f"'{key.text}' belongs into {HEAD}")
        else:
            head.append((key, node))


def _take_section(section: str, node: Node, into: dict[str, Entry], faults: Faults) -> None:
    if isinstance(node, Leaf) and node.value is None:
        return
    if not isinstance(node, Table):
        what = f"'{section}' is a mapping from ids, not {kind_of(node)}"
        faults.add("wrong_kind", node.place, what)
        return
    for key, body in node.entries:
        if key.text in into:
            other = into[key.text].key.place
            what = f"'{key.text}' of {section} is given twice, first at {other}"
            faults.add("given_twice", key.place, what)
        elif check_id(key, section, faults):
            into[key.text] = Entry(key.text, key, body)
        else:
            faults.broken.add(key.text)
