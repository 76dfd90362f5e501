"""The JSON Schema of pack files, for editors: keys and shapes, with a sentence on each.

It knows shapes alone. Whether an id exists, or a condition can be read, says the check.
"""

from collections.abc import Mapping
from typing import Any, Final

from dreamsync_server.limits import (
    CHORUS_SEATS_MAX,
    DRIFT_RATE_MAX,
    FACT_INT_MAX,
    LIST_FACT_ITEMS_MAX,
    PACK_TEXT_CHARS_MAX,
    SAY_CHARS_MAX,
    TEXT_FACT_CHARS_MAX,
)
from dreamsync_server.packs.header import FORMAT
from dreamsync_server.packs.nudges import KINDS as NUDGES
from dreamsync_server.packs.schema_effects import EFFECT_SHAPES, ref
from dreamsync_server.packs.types import KINDS
from dreamsync_server.packs.visible import WORDS
from dreamsync_server.world.memory import TEMPERAMENTS, TENSION_MAX

Schema = dict[str, Any]

_WORD: Final = r"^[a-z][a-z0-9_]*$"
_DOTTED: Final = r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$"
_FLAG: Final[Schema] = {"type": "boolean"}
_DURATION: Final[Schema] = {"type": "string", "pattern": r"^[0-9]+(ms|s|m|h)$"}
_IDS: Final[Schema] = ref("ids")
_TENSION: Final[Schema] = {
    "type": "integer",
    "minimum": -TENSION_MAX,
    "maximum": TENSION_MAX,
    "description": "What it does to the tension of who does or leads it.",
}
_CONDITION: Final[Schema] = ref("condition")
_EFFECTS: Final[Schema] = ref("effects")
_UNDO: Final[Schema] = {
    **ref("effects"),
    "description": "How the desk takes it back; where it is not given, it cannot.",
}


def pack_schema() -> Schema:
    """Return the schema of any *.yaml of a pack but texts and rehearsals.

    Those have schemas of their own: `#/$defs/text` and `#/$defs/rehearsal`.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Dreamsync pack file",
        "description": "Any section may stand in any file; the header's keys in pack.yaml alone.",
        "type": "object",
        "additionalProperties": False,
        "properties": {**_header(), **_sections()},
        "$defs": _definitions(),
    }


def _table(description: str, required: tuple[str, ...] = (), **properties: Schema) -> Schema:
    keys = {key.removesuffix("_"): shape for key, shape in properties.items()}
    table: Schema = {
        "type": ["object", "null"],
        "description": description,
        "additionalProperties": False,
        "properties": keys,
    }
    return {**table, "required": list(required)} if required else table


def _by_id(description: str, of: Schema, pattern: str = _WORD) -> Schema:
    return {
        "type": ["object", "null"],
        "description": description,
        "propertyNames": {"pattern": pattern},
        "additionalProperties": of,
    }


def _whole(low: int, high: int, description: str) -> Schema:
    return {"type": "integer", "minimum": low, "maximum": high, "description": description}


def _said(shape: Schema, description: str) -> Schema:
    return {**shape, "description": description}


def _header() -> Mapping[str, Schema]:
    return {
        "format": {"const": FORMAT, "description": "The version of the pack language."},
        "id": {"type": "string", "pattern": _WORD, "description": "The name of the folder."},
        "languages": _said(_IDS, "Languages of text/; the first speaks where another lacks words."),
        "whereabouts": {
            "enum": ["scene", "all"],
            "description": "Who sees where a role is: those in the same scene, or everybody.",
        },
        "safety_pause": _said(_FLAG, "Whether any player may pause the world."),
        "cue_gap": _said(_DURATION, "The director cues at most this often."),
        "speed": _whole(1, 1_000, "World seconds a second."),
        "start": _said(_EFFECTS, "What happens once, when the world opens."),
        "temperament": {"enum": list(TEMPERAMENTS), "description": "How the director is."},
        "nudge_cap": _said(ref("rate"), "Nudges for each player, at most: 30 per hour."),
        "lead_within": _said(_DURATION, "A role that is played leads something this often."),
        "elsewhere": {"enum": ["any", "written", "none"], "description": "Endings elsewhere told."},
        "elsewhere_gap": _said(_DURATION, "One of them at most this often (5m)."),
        "shares_ending": _said(_CONDITION, "Read at the end: whether it may be told elsewhere."),
    }


def _sections() -> Mapping[str, Schema]:
    return {
        "roles": _by_id("Characters.", _role()),
        "things": _by_id(
            "Things that a role holds or that lie in a scene.",
            _table("A thing.", holder={"type": "string"}, visible=ref("visible")),
        ),
        "sets": _by_id("Named sets of roles, of scenes or of things.", _IDS),
        "scenes": _by_id("Places.", _scene(), _DOTTED),
        "facts": _by_id("The state of the world.", _fact(), _DOTTED),
        "actions": _by_id("What roles may do.", _action(), _DOTTED),
        "laws": _by_id(
            "What the world does by itself, at once, when a condition becomes true.",
            _table("A law.", ("when", "do"), when=_CONDITION, once=_FLAG, do=_EFFECTS),
        ),
        "beats": _by_id("Story events that the director brings in.", _beat(), _DOTTED),
        "endings": _by_id("Beats that close the world.", _ending(), _DOTTED),
        "chapters": _by_id(
            "Phases of the story; the world starts in the first.",
            _table("A chapter.", curve={"type": "array", "items": ref("point")}),
        ),
        "nudges": _by_id("The director's other means, in the pack's words.", _nudge()),
        "clocks": _by_id("Clocks.", _clock()),
        "choices": _by_id("Questions put to one role.", _choice()),
        "grammars": _by_id("Symbols of a seeded grammar: what may fill a placeholder.", _grammar()),
    }


def _grammar() -> Schema:
    alternative = _table(
        "A way to say it: the text grammar.<grammar>.<alternative>.",
        when=_CONDITION,
        weight=_whole(1, 1_000, "How likely it is drawn (1 if not given)."),
        uses=_said(_IDS, "Grammars that its text has placeholders for, by their ids."),
    )
    return {"type": "object", "minProperties": 1, "additionalProperties": alternative}


def _role() -> Schema:
    return _table(
        "A role.",
        ("scene",),
        scene=_said({"type": "string"}, "Where it starts, or nowhere."),
        chorus=_whole(1, CHORUS_SEATS_MAX, "How many seats: a crowd instead of one person."),
        leanings={
            "type": ["object", "null"],
            "additionalProperties": _whole(0, 1_000, "How much it likes to (1 if not given)."),
            "description": "What its understudy likes to do.",
        },
        open=_said(_FLAG, "Whether a player may take it."),
    )


def _scene() -> Schema:
    exit_ = _table("A way.", ("to",), to={"type": "string"}, when=_CONDITION)
    size = {"type": "array", "items": _whole(1, 1_000, "Steps."), "minItems": 2, "maxItems": 2}
    return _table(
        "A scene.",
        layer={"enum": ["waking", "dream"]},
        exits={"type": "array", "items": {"anyOf": [{"type": "string"}, exit_]}},
        size=_said(size, "Width and depth, for clients that draw."),
        watched=_said(_FLAG, "Whether spectators may look in."),
    )


def _fact() -> Schema:
    return _table(
        "A fact.",
        ("type",),
        about={"enum": list(WORDS)},
        of=_IDS,
        type={"enum": list(KINDS)},
        range=ref("range"),
        choices=ref("choices"),
        items=_table(
            "What the list holds.",
            choices=ref("choices"),
            int=ref("range"),
            text=_whole(1, TEXT_FACT_CHARS_MAX, "Characters at most."),
        ),
        size=_whole(1, TEXT_FACT_CHARS_MAX, "Characters of a text, items of a list (at most "
                    f"{LIST_FACT_ITEMS_MAX})."),
        start=_said({}, "Its value when the world opens."),
        visible=ref("visible"),
        drift=ref("rate"),
    )  # fmt: skip


def _action() -> Schema:
    param = _table(
        "A parameter: one of role, scene, thing, choices, int, text, bool.",
        role=_IDS,
        scene=_IDS,
        thing=_IDS,
        choices=ref("choices"),
        int=ref("range"),
        text=_whole(1, SAY_CHARS_MAX, "Free text of a person: characters at most."),
        bool=_FLAG,
        when=_said(_CONDITION, "Which values are offered."),
    )
    return _table(
        "An action.",
        ("by", "do"),
        by=_said(_IDS, "Who may do it: roles or sets."),
        where=_said(_IDS, "In which scenes; anywhere if not given."),
        chapters=_said(_IDS, "In which chapters; in any if not given."),
        params=_by_id("Parameters, in order.", param),
        when=_CONDITION,
        veiled=_said(_FLAG, "Always offered, refused with a text of its own."),
        cooldown=_DURATION,
        times=_whole(1, FACT_INT_MAX, "How often each actor may, in the whole run."),
        tension=_TENSION,
        do=_EFFECTS,
    )


def _beat() -> Schema:
    return _table(
        "A beat.",
        when=_CONDITION,
        chapters=_IDS,
        to=_said(ref("audience"), "Who reads its text."),
        times=_whole(0, FACT_INT_MAX, "How often at most; 0 for any number."),
        every=_said(_DURATION, "Least world time between two of them."),
        leads=_said(_IDS, "The roles it is about."),
        absent={
            "type": ["object", "null"],
            "additionalProperties": {"enum": ["understudy", "go", "wait"]},
            "description": "What to do where nobody plays a lead.",
        },
        slope={"enum": ["up", "down", "hold"]},
        intrusion=_whole(0, 10, "How much it takes out of players' hands."),
        weight=_whole(0, 1_000, "How much the director likes it."),
        manual=_said(_FLAG, "Only a person or a script cues it."),
        tension=_TENSION,
        do=_EFFECTS,
        undo=_UNDO,
    )


def _ending() -> Schema:
    beat = _beat()
    sought = _said(_FLAG, "Whether the director makes for it (if not manual, where not given).")
    known = {name: kind for name, kind in beat["properties"].items() if name != "undo"}
    return {**beat, "properties": {**known, "sought": sought}}


def _nudge() -> Schema:
    return _table(
        "A nudge: the text nudge.<id>.text and its effects.",
        ("kind",),
        kind={"enum": list(NUDGES)},
        when=_CONDITION,
        chapters=_IDS,
        for_=_said(_IDS, "The roles it is told to; everybody if not given."),
        actions=_said(_IDS, "What a hint points to, or a denial keeps from being done."),
        toward=_said(_IDS, "The beats and endings it helps; any if not given."),
        endings=_said(_IDS, "Those that one of the kind elsewhere tells of; any if not given."),
        times=_whole(0, FACT_INT_MAX, "How often at most; 0 for any number (1 if not given)."),
        every=_said(_DURATION, "Least world time between two of them."),
        lasts=_said(_DURATION, "How long a hint is thought of or a denial holds (60s)."),
        weight=_whole(0, 1_000, "How much the director likes it."),
        tension=_TENSION,
        do=_EFFECTS,
        undo=_UNDO,
    )


def _clock() -> Schema:
    return _table(
        "A clock.",
        ("length",),
        length=_DURATION,
        repeats=_FLAG,
        starts=_said(_FLAG, "Whether it runs from the start."),
        visible=ref("visible"),
        do=_said(_EFFECTS, "What happens at its end."),
    )


def _choice() -> Schema:
    option = _table("An option.", when=_CONDITION, do=_EFFECTS)
    return _table(
        "A choice.",
        ("role", "default", "options"),
        role={"type": "string"},
        within=_said(_DURATION, "Past it the default is taken; for ever if not given."),
        default={"type": "string"},
        options=_by_id("Answers.", option),
    )


def _definitions() -> Mapping[str, Schema]:
    words = {"type": ["string", "number", "boolean"]}
    pair = {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2}
    return {
        "ids": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
        "condition": {
            "type": ["string", "boolean"],
            "description": 'Such as: crowd >= 40 and leo.scene == "stage"',
        },
        "value": _said(words, "A literal, or an expression over facts."),
        "rate": {
            "type": "string",
            "pattern": r"^[-+]?[0-9]+ per (hour|minute|second)$",
            "description": f"Such as: -4 per hour; at most {DRIFT_RATE_MAX} an hour.",
        },
        "range": _said(pair, "Lowest and highest."),
        "point": _said(pair, "Seconds into the chapter, wanted tension 0 to 10."),
        "choices": {
            "anyOf": [{"type": "string"}, {"type": "array", "items": words, "minItems": 1}]
        },
        "visible": _said(_IDS, "all, scene, self, both, holder, desk, nobody or role:<id>"),
        "audience": _said(_IDS, "all, here, desk, scene:<id> or roles"),
        "effects": {
            "anyOf": [{"type": "array", "items": ref("effect")}, ref("effect"), {"type": "null"}]
        },
        "effect": {"type": "object", "anyOf": list(EFFECT_SHAPES)},
        "text": {
            "type": ["object", "null"],
            "description": "text/<language>.yaml: a key and what people read.",
            "additionalProperties": {
                "type": ["string", "number", "boolean"],
                "maxLength": PACK_TEXT_CHARS_MAX,
            },
        },
        "rehearsal": _rehearsal(),
    }


def _rehearsal() -> Schema:
    step = _table(
        "One proposal.",
        ("at",),
        at=_said({"type": "integer", "minimum": 0}, "World milliseconds."),
        by={"type": "string"},
        kind={"type": "string"},
        role={"type": "string"},
        do={"type": "string"},
        with_={"type": "object"},
        expect=_said({"type": "string"}, "ok, or the code of a refusal."),
    )
    return _table(
        "rehearsals/<name>.yaml: a recorded run.",
        ("pack", "steps"),
        format={"const": 1},
        pack={"type": "string"},
        pack_hash={"type": "string"},
        seed={"type": "integer", "minimum": 0},
        about={"type": "string"},
        absent=_said(_IDS, "Roles that nobody plays, not even an understudy."),
        steps={"type": "array", "items": step},
        ends={"type": ["string", "null"]},
        until={"type": "integer", "minimum": 0},
        digest={"type": "string"},
    )
