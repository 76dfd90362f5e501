"""A checker of the part of JSON Schema 2020-12 that the pack schema uses. Unknown words fail."""

import re
from typing import Any

Schema = dict[str, Any]

_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,), "array": (list,), "string": (str,), "boolean": (bool,),
    "integer": (int,), "number": (int, float), "null": (type(None),),
}  # fmt: skip
_KNOWN = frozenset(
    "$schema $defs $ref title description type properties additionalProperties required items"
    " propertyNames anyOf enum const pattern minimum maximum minItems maxItems minProperties"
    " maxProperties maxLength".split()
)


def fits(value: Any, schema: Schema, root: Schema, at: str = "$") -> str:
    """Return "" where a value fits a schema, else where and why it does not."""
    assert set(schema) <= _KNOWN, set(schema) - _KNOWN
    if "$ref" in schema:
        target = root["$defs"][schema["$ref"].removeprefix("#/$defs/")]
        return fits(value, target, root, at)
    return (
        _of_type(value, schema, at)
        or _of_value(value, schema, at)
        or _of_object(value, schema, root, at)
        or _of_array(value, schema, root, at)
        or _of_any(value, schema, root, at)
    )


def _of_type(value: Any, schema: Schema, at: str) -> str:
    wanted = schema.get("type", [])
    names = [wanted] if isinstance(wanted, str) else wanted
    for name in names:
        if isinstance(value, _TYPES[name]) and (name == "boolean" or not isinstance(value, bool)):
            return ""
    return f"{at}: not {names}" if names else ""


def _of_value(value: Any, schema: Schema, at: str) -> str:
    if "const" in schema and value != schema["const"]:
        return f"{at}: not {schema['const']}"
    if "enum" in schema and value not in schema["enum"]:
        return f"{at}: not among {schema['enum']}"
    if isinstance(value, str):
        if "pattern" in schema and not re.search(schema["pattern"], value):
            return f"{at}: '{value}' does not match"
        if len(value) > schema.get("maxLength", len(value)):
            return f"{at}: too long"
    is_number = isinstance(value, int) and not isinstance(value, bool)
    if is_number and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        return f"{at}: out of bounds"
    return ""


def _of_object(value: Any, schema: Schema, root: Schema, at: str) -> str:
    if not isinstance(value, dict):
        return ""
    known = schema.get("properties", {})
    rest = schema.get("additionalProperties", True)
    for key in schema.get("required", []):
        if key not in value:
            return f"{at}: no '{key}'"
    if not schema.get("minProperties", 0) <= len(value) <= schema.get("maxProperties", 10**6):
        return f"{at}: {len(value)} keys"
    for key, one in value.items():
        below = f"{at}.{key}"
        if why := fits(key, schema.get("propertyNames", {}), root, below):
            return why
        if key not in known and rest is False:
            return f"{below}: unknown"
        shape = known.get(key, rest if isinstance(rest, dict) else {})
        if why := fits(one, shape, root, below):
            return why
    return ""


def _of_array(value: Any, schema: Schema, root: Schema, at: str) -> str:
    if not isinstance(value, list):
        return ""
    if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", 10**6):
        return f"{at}: {len(value)} items"
    whys = (fits(x, schema.get("items", {}), root, f"{at}[{k}]") for k, x in enumerate(value))
    return next((why for why in whys if why), "")


def _of_any(value: Any, schema: Schema, root: Schema, at: str) -> str:
    whys = [fits(value, shape, root, at) for shape in schema.get("anyOf", [])]
    return "" if not whys or "" in whys else f"{at}: none of " + "; ".join(whys)
