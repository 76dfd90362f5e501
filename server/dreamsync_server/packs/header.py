"""The header of a pack: the keys of pack.yaml that are about the whole."""

import re
from dataclasses import dataclass
from typing import Final

from dreamsync_server.packs.faults import Faults
from dreamsync_server.packs.sections import HEAD, UNREAD, Sections
from dreamsync_server.packs.shape import Shape, read_rate
from dreamsync_server.world.memory import NUDGE_CAP_MAX, TEMPERAMENTS
from dreamsync_server.world.model import News, Place, Temperament

FORMAT: Final = 1
"""The version of the pack language that this server reads."""

_ID: Final = re.compile(r"[a-z][a-z0-9_]{0,63}\Z")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z")
_CUE_GAP_MS: Final = 20_000
_SPEED_MAX: Final = 1_000
_NUDGE_CAP: Final = 30
_LEAD_WITHIN_MS: Final = 180_000
_HOUR_MS: Final = 3_600_000
_LANGUAGES_MAX: Final = 40
_NEWS: Final = ("any", "written", "none")
_ELSEWHERE_GAP_MS: Final = 300_000


@dataclass(frozen=True, slots=True)
class Header:
    """What pack.yaml says of the whole. `speed` is world ms a second of real time."""

    id: str
    languages: tuple[str, ...]
    whereabouts: str
    has_safety_pause: bool
    cue_gap_ms: int
    speed: int
    temperament: Temperament
    nudge_cap: int
    lead_within_ms: int
    elsewhere: News
    elsewhere_gap_ms: int


def read_header(sections: Sections, faults: Faults) -> Header:
    """Read the header; defaults stand where it has faults."""
    shape = Shape(sections.head, "the pack", faults)
    is_there = bool(sections.head.entries) or not faults.has(("file_missing", *UNREAD))
    if shape.node("format", required=is_there) is not None:
        version = shape.integer("format", FORMAT, 0)
        if version != FORMAT:
            place = shape.node("format") or sections.head
            what = f"this server reads format {FORMAT}, not {version}"
            faults.add("wrong_format", place.place, what)
    nudge_cap = _read_nudge_cap(shape)
    lead_within_ms = shape.duration_ms("lead_within", _LEAD_WITHIN_MS)
    _check_bound(shape, nudge_cap, lead_within_ms)
    return Header(
        id=_read_id(shape, required=is_there),
        languages=_read_languages(shape),
        whereabouts=shape.word("whereabouts", "scene", ("scene", "all")),
        has_safety_pause=shape.flag("safety_pause", True),
        cue_gap_ms=shape.duration_ms("cue_gap", _CUE_GAP_MS),
        speed=1000 * shape.integer("speed", 1, 1, _SPEED_MAX),
        temperament=_read_temperament(shape),
        nudge_cap=nudge_cap,
        lead_within_ms=lead_within_ms,
        elsewhere=shape.word("elsewhere", _NEWS[0], _NEWS),  # type: ignore[arg-type]
        elsewhere_gap_ms=shape.duration_ms("elsewhere_gap", _ELSEWHERE_GAP_MS),
    )


def _read_temperament(shape: Shape) -> Temperament:
    return shape.word("temperament", TEMPERAMENTS[0], TEMPERAMENTS)  # type: ignore[return-value]


def _check_bound(shape: Shape, nudge_cap: int, lead_within_ms: int) -> None:
    """Warn where no nudge may come often enough for nobody to wait longer than the bound.

    A cap of 0 is no oversight.
    """
    node = shape.node("lead_within") or shape.node("nudge_cap")
    if node is not None and nudge_cap and nudge_cap * lead_within_ms < _HOUR_MS:
        least = -(-_HOUR_MS // lead_within_ms) if lead_within_ms else NUDGE_CAP_MAX
        what = f"nobody may be nudged that often: 'lead_within' asks for {least} nudges an hour"
        shape.faults.add("bound_beyond_cap", node.place, f"{what}, and 'nudge_cap' is {nudge_cap}")


def _read_nudge_cap(shape: Shape) -> int:
    """Read nudges for each player, `30 per hour`."""
    node = shape.node("nudge_cap")
    if node is None:
        return _NUDGE_CAP
    found = read_rate(node, "'nudge_cap' of the pack", shape.faults)
    if found is None:
        return _NUDGE_CAP
    rate = found[0] * found[1]
    if not 0 <= rate <= NUDGE_CAP_MAX:
        what = f"'nudge_cap' of the pack lies outside of 0 to {NUDGE_CAP_MAX} per hour"
        shape.faults.add("out_of_bounds", node.place, what)
        return _NUDGE_CAP
    return rate


def _read_id(shape: Shape, *, required: bool) -> str:
    leaf = shape.leaf("id", "an id", required=required)
    if leaf is None:
        return "pack"
    if not _ID.match(leaf.text):
        what = f"'{leaf.text}' cannot be the id of a pack: lower-case letters, digits and _"
        shape.faults.add("bad_id", leaf.place, what)
    return leaf.text


def _read_languages(shape: Shape) -> tuple[str, ...]:
    found: dict[str, Place] = {}
    leaves = shape.leaves("languages", "languages such as en or pt-BR")
    for leaf in leaves:
        if not _LANGUAGE.match(leaf.text) or len(found) >= _LANGUAGES_MAX:
            what = f"'{leaf.text}' in {HEAD} is no language such as en or pt-BR"
            shape.faults.add("bad_language", leaf.place, what)
        else:
            found[leaf.text] = leaf.place
    return tuple(found) or ("en",)
