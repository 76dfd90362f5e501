"""The JSON Schema of effects: one shape for each."""

from typing import Any, Final

Schema = dict[str, Any]


def ref(name: str) -> Schema:
    """Return a reference to a definition of the pack schema."""
    return {"$ref": f"#/$defs/{name}"}


def _effect(name: str, body: Schema, means: str, **more: Schema) -> Schema:
    """Return the shape of `{name: body}`; `more` are keys beside it."""
    beside = {key.removesuffix("_"): shape for key, shape in more.items()}
    return {
        "description": means,
        "required": [name],
        "additionalProperties": False,
        "properties": {name: body, **beside},
    }


def _keys(*required: str, **properties: Schema) -> Schema:
    named = {key.removesuffix("_"): shape for key, shape in properties.items()}
    return {
        "type": "object",
        "required": list(required),
        "additionalProperties": False,
        "properties": named,
    }


def _facts(of: Schema) -> Schema:
    return {"type": "object", "minProperties": 1, "additionalProperties": of}


_ID: Final[Schema] = {"type": "string"}
_TIME: Final[Schema] = {"type": "string", "pattern": r"^-?[0-9]+(ms|s|m|h)$"}
_VALUE: Final = ref("value")
_EFFECTS: Final = ref("effects")
_LIST: Final[Schema] = {"anyOf": [_VALUE, {"type": "array", "items": _VALUE}]}
_WITH: Final[Schema] = {"type": ["object", "null"], "additionalProperties": _VALUE}
_PICK: Final[Schema] = {"type": "object", "additionalProperties": _ID}
_TELL: Final = _keys("text", text=_ID, to=ref("audience"), with_=_WITH, pick=_PICK)
_SAY: Final = _keys("text", by=_VALUE, text=_ID, to=ref("audience"), with_=_WITH)
_ROLL: Final = _keys("sides", "into", stream=_ID, sides=_VALUE, into=_ID)
_CHANCE: Final = _keys(
    "of", stream=_ID, of=_VALUE, per={"type": "integer", "minimum": 1},
    then=_EFFECTS, else_=_EFFECTS,
)  # fmt: skip
_MEMBERS: Final[Schema] = {**_facts(ref("ids")), "maxProperties": 1}

EFFECT_SHAPES: Final[tuple[Schema, ...]] = (
    _effect("set", _facts(_LIST), "Give facts a value."),
    _effect("add", _facts(_VALUE), "Add to facts, within their range."),
    _effect("drift", _facts(_VALUE), "Let a fact move by itself: -4 per hour, or stop."),
    _effect("append", _facts(_VALUE), "Put an item at the end of a list."),
    _effect("remove", _facts(_VALUE), "Take every equal item out of a list."),
    _effect("roll", _ROLL, "Draw 1 to `sides` into a fact."),
    _effect("move", _keys("to", who=_VALUE, to=_VALUE), "Bring somebody to a scene."),
    _effect("give", _keys("thing", "to", thing=_VALUE, to=_VALUE), "Hand a thing over."),
    _effect("say", {"anyOf": [_ID, _SAY]}, "A line that somebody speaks."),
    _effect("tell", {"anyOf": [_ID, _TELL]}, "Narration."),
    _effect("start", {"anyOf": [_ID, _keys("clock", clock=_ID, in_=_TIME)]}, "Start a clock."),
    _effect("stop", _ID, "Stop a clock without what it does at its end."),
    _effect("hurry", _keys("clock", "by", clock=_ID, by=_TIME), "Let a clock end sooner."),
    _effect("offer", _ID, "Put a choice to its role."),
    _effect("chapter", _ID, "Turn to a chapter."),
    _effect("end", _ID, "Close the world with an ending."),
    _effect("if", ref("condition"), "Only if.", then=_EFFECTS, else_=_EFFECTS),
    _effect("each", _MEMBERS, "For every member.", if_=ref("condition"), do=_EFFECTS),
    _effect("chance", _CHANCE, "By luck, from a seeded stream."),
)
"""One shape for each effect of the language."""
