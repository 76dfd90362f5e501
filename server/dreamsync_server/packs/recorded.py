"""Recorded rehearsals: the file format of `rehearsals/<name>.yaml`, read, checked and written.

Only what people, the desk or the director propose is listed; timers fall due by themselves.
Playing one is the rehearsal's own business, in story/.
"""

import re
from collections.abc import Mapping
from typing import Any, Final, get_args

from dreamsync_server.limits import INT_EXACT_MAX, SAY_CHARS_MAX
from dreamsync_server.packs.faults import Faults, alike
from dreamsync_server.packs.shape import Shape, kind_of
from dreamsync_server.packs.yaml import Leaf, Node, Table, parse_yaml
from dreamsync_server.world.commit import ActKind, ProposerKind
from dreamsync_server.world.model import Pack
from dreamsync_server.world.rehearsal import Rehearsal, Step
from dreamsync_server.world.values import Scalar

FORMAT: Final = 1
_STEPS_MAX: Final = 20_000
_WORD: Final = re.compile(r"[a-z][a-z0-9_.]*\Z")
# Words that readers of older YAML take for something else are quoted too.
_NOT_WORDS: Final = ("true", "false", "null", "yes", "no", "on", "off", "y", "n")
_HEX: Final = frozenset("0123456789abcdef")


_KINDS: Final = get_args(ActKind)
_PROPOSERS: Final = get_args(ProposerKind)
_DOES: Final[Mapping[str, str]] = {
    "act": "actions", "choose": "choices", "cue": "beats", "hold": "beats", "unhold": "beats",
    "skip": "beats",
}  # fmt: skip


def check_rehearsals(tables: Mapping[str, Table], pack: Pack, faults: Faults) -> None:
    """Check every recorded rehearsal of a pack against it."""
    for file, table in tables.items():
        rehearsal = read_rehearsal(table, faults)
        node = table.get("pack")
        if node is not None and rehearsal.pack != pack.id:
            what = f"{file} was recorded with the pack '{rehearsal.pack}', not '{pack.id}'"
            faults.add("rehearsal", node.place, what)
        if rehearsal.ends and not _is_ending(pack, rehearsal.ends):
            node = table.get("ends")
            what = f"there is no ending '{rehearsal.ends}'"
            faults.add("rehearsal", node.place if node else table.place, what)
        if rehearsal.pack_hash and rehearsal.pack_hash != pack.authored_hash:
            node = table.get("pack_hash")
            what = "recorded with other contents of the pack: it may end differently now"
            faults.add("stale_rehearsal", node.place if node else table.place, what)
        _check_absent(table, rehearsal, pack, faults)
        _check_steps(table, rehearsal, pack, faults)


def load_rehearsal(file: str, text: str, faults: Faults) -> Rehearsal:
    """Return a rehearsal from its text; what is wrong is noted in `faults`."""
    return read_rehearsal(parse_yaml(file, text, faults), faults)


def dump_rehearsal(rehearsal: Rehearsal) -> str:
    """Return a rehearsal as the text of its file, one line a step."""
    head = {
        "format": FORMAT,
        "pack": rehearsal.pack,
        "pack_hash": rehearsal.pack_hash,
        "seed": rehearsal.seed,
        "about": rehearsal.about,
    }
    if rehearsal.absent:
        head["absent"] = list(rehearsal.absent)
    tail: dict[str, Any] = {"until": rehearsal.until_ms} if rehearsal.until_ms else {}
    tail |= {"ends": rehearsal.ends or None, "digest": rehearsal.digest}
    steps = [f"  - {_flow(_plain_step(step))}" for step in rehearsal.steps]
    return "\n".join([_block(head), "steps:", *steps, _block(tail), ""])


def read_rehearsal(table: Table, faults: Faults) -> Rehearsal:
    """Read a rehearsal from its table; defaults stand where it has faults."""
    shape = Shape(table, "the rehearsal", faults)
    shape.integer("format", FORMAT, FORMAT, FORMAT)
    pack = shape.leaf("pack", "the id of a pack", required=True)
    about = shape.leaf("about", "a sentence")
    steps = [_read_step(node, faults) for node in shape.items("steps")[:_STEPS_MAX]]
    absent = shape.items("absent") if table.get("absent") is not None else []
    ends = shape.node("ends")
    digest = shape.leaf("digest", "16 hex digits")
    pack_hash = shape.leaf("pack_hash", "64 hex digits")
    rehearsal = Rehearsal(
        pack="" if pack is None else pack.text,
        seed=shape.integer("seed", 0, 0, INT_EXACT_MAX),
        about="" if about is None else about.text,
        steps=tuple(steps),
        ends=ends.text if isinstance(ends, Leaf) and ends.value is not None else "",
        digest=_hex(digest, 16, faults),
        pack_hash=_hex(pack_hash, 64, faults),
        absent=tuple(node.text for node in absent if isinstance(node, Leaf)),
        until_ms=shape.integer("until", 0, 0, 10**12),
    )
    shape.close()
    return rehearsal


def _read_step(node: Node, faults: Faults) -> Step:
    shape = Shape(node, "a step", faults)
    at_ms = shape.integer("at", 0, 0, 10**12)
    by: ProposerKind = shape.word("by", "player", _PROPOSERS)  # type: ignore[assignment]
    kind: ActKind = shape.word("kind", "act", _KINDS)  # type: ignore[assignment]
    role = shape.leaf("role", "a role or seat")
    do = shape.leaf("do", "an action, beat or choice")
    given = {key.text: _scalar(key, value, faults) for key, value in shape.table("with")}
    expect = shape.leaf("expect", "an outcome code")
    shape.close()
    return Step(
        at_ms=at_ms,
        by=by,
        kind=kind,
        role="" if role is None else role.text,
        do="" if do is None else do.text,
        given=given,
        expect="ok" if expect is None else expect.text,
    )


def _check_absent(table: Table, rehearsal: Rehearsal, pack: Pack, faults: Faults) -> None:
    node = table.get("absent")
    for role in rehearsal.absent:
        if role not in pack.roles and node is not None:
            what = f"there is no role '{role}'"
            faults.add("rehearsal", node.place, what, alike(role, pack.roles))


def _check_steps(table: Table, rehearsal: Rehearsal, pack: Pack, faults: Faults) -> None:
    shape = Shape(table, "the rehearsal", Faults())
    before_ms = 0
    for step, node in zip(rehearsal.steps, shape.items("steps"), strict=False):
        place = node.place
        if step.at_ms < before_ms:
            faults.add("rehearsal", place, f"a step at {step.at_ms} behind one at {before_ms}")
        before_ms = max(before_ms, step.at_ms)
        if step.role and step.role.partition(".")[0] not in pack.roles:
            what = f"there is no role '{step.role}'"
            faults.add("rehearsal", place, what, alike(step.role, pack.roles))
        sort = _DOES.get(step.kind)
        known: Mapping[str, object] = getattr(pack, sort) if sort else {}
        is_go = step.kind == "act" and step.do == "go"
        if sort and not is_go and step.do not in known:
            what = f"there is no {sort.removesuffix('s')} '{step.do}'"
            faults.add("rehearsal", place, what, alike(step.do, known))


def _is_ending(pack: Pack, ending: str) -> bool:
    return ending in pack.beats and pack.beats[ending].is_ending


def _scalar(key: Leaf, node: Node, faults: Faults) -> Scalar:
    if isinstance(node, Leaf) and isinstance(node.value, bool | int | str):
        if isinstance(node.value, str) and len(node.value) > SAY_CHARS_MAX:
            what = f"'{key.text}' has more than {SAY_CHARS_MAX} characters"
            faults.add("out_of_bounds", node.place, what)
        return node.value
    what = f"'{key.text}' is a number, a word or true/false, not {kind_of(node)}"
    faults.add("wrong_kind", node.place, what)
    return ""


def _hex(leaf: Leaf | None, digits: int, faults: Faults) -> str:
    if leaf is None or not leaf.text:
        return ""
    if len(leaf.text) != digits or not _HEX.issuperset(leaf.text):
        faults.add("rehearsal", leaf.place, f"a digest is {digits} hex digits, not '{leaf.text}'")
        return ""
    return leaf.text


def _plain_step(step: Step) -> dict[str, Any]:
    plain: dict[str, Any] = {"at": step.at_ms, "by": step.by}
    if step.role:
        plain["role"] = step.role
    plain["kind"] = step.kind
    if step.do:
        plain["do"] = step.do
    if step.given:
        plain["with"] = dict(step.given)
    plain["expect"] = step.expect
    return plain


def _block(values: dict[str, Any]) -> str:
    return "\n".join(f"{key}: {_written(value)}" for key, value in values.items())


def _flow(values: dict[str, Any]) -> str:
    return "{" + ", ".join(f"{key}: {_written(value)}" for key, value in values.items()) + "}"


def _written(value: Any) -> str:
    """Return a value as YAML; text in double quotes where it might be read as something else."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case dict():
            return _flow(value)
        case list():
            return "[" + ", ".join(map(_written, value)) + "]"
        case _:
            is_word = _WORD.match(value) and value not in _NOT_WORDS
            return value if is_word else f'"{"".join(map(_escaped, value))}"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    return character if character.isprintable() else f"\\U{ord(character):08x}"
