"""The AsyncAPI 3 document of the wire, made from the models and their docstrings.

Everything a client in another language needs is in it: messages, fields and bounds, codes, and,
under `info.description`, the rules that hold between messages.
"""

from collections.abc import Mapping
from inspect import cleandoc
from typing import Any, Final

from pydantic.json_schema import models_json_schema

from dreamsync.protocol import bounds, client_messages, codec, digest, drift, server_messages
from dreamsync.protocol.codes import CLOSES, ERRORS, OUTCOMES, Code
from dreamsync.protocol.fields import WireModel
from dreamsync.protocol.messages import CLIENT_MODELS, SERVER_MODELS

ASYNCAPI: Final = "3.0.0"
_SCHEMAS: Final = "#/components/schemas/"
_CHAPTERS: Final = (
    ("Frames", codec),
    ("What a client sends", client_messages),
    ("What a server sends", server_messages),
    ("Drifting facts", drift),
    ("The digest of a view", digest),
)


def document() -> dict[str, Any]:
    """Return the AsyncAPI 3 document as plain values, ready for JSON; a new one each time."""
    sent = {f"client.{kind}": model for kind, model in CLIENT_MODELS.items()}
    received = {f"server.{kind}": model for kind, model in SERVER_MODELS.items()}
    return {
        "asyncapi": ASYNCAPI,
        "id": "urn:dreamsync:wire:v1",
        "info": {
            "title": "Dreamsync wire protocol",
            "version": f"{bounds.VERSION}.0.0",
            "description": _description(),
            "license": {"name": "MIT"},
        },
        "defaultContentType": "application/msgpack",
        "channels": {
            "dream": {
                "address": bounds.SOCKET_PATH,
                "title": "One socket, one session, at most one world",
                "description": (
                    "WebSocket sub-protocols: "
                    f"{bounds.SUBPROTOCOL_MSGPACK} (binary frames of MessagePack) and "
                    f"{bounds.SUBPROTOCOL_JSON} (text frames of JSON)."
                ),
                "messages": {name: _ref("messages", name) for name in (*sent, *received)},
                "bindings": {"ws": {"method": "GET", "bindingVersion": "0.1.0"}},
            }
        },
        "operations": {
            "receive": _operation("receive", "What a client sends.", sent),
            "send": _operation("send", "What the server sends.", received),
        },
        "components": {
            "messages": {name: _message(name, model) for name, model in (sent | received).items()},
            "schemas": _schemas((*CLIENT_MODELS.values(), *SERVER_MODELS.values())),
        },
        "x-bounds": {
            name.lower(): value
            for name, value in vars(bounds).items()
            if type(value) in (int, float)
        },
        "x-errors": [_code(code) for code in ERRORS.values()],
        "x-outcomes": [_code(code) for code in OUTCOMES.values()],
        "x-close-codes": [close._asdict() for close in CLOSES],
    }


def _description() -> str:
    return "\n\n".join(f"## {title}\n\n{_doc(module)}" for title, module in _CHAPTERS)


def _doc(thing: object) -> str:
    return cleandoc(thing.__doc__ or "")


def _ref(kind: str, name: str) -> dict[str, str]:
    return {"$ref": f"#/components/{kind}/{name}"}


def _code(code: Code) -> dict[str, Any]:
    return code._asdict()


def _operation(action: str, summary: str, models: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "action": action,
        "channel": {"$ref": "#/channels/dream"},
        "summary": summary,
        "messages": [{"$ref": f"#/channels/dream/messages/{name}"} for name in models],
    }


def _message(name: str, model: type[WireModel]) -> dict[str, Any]:
    text = _doc(model)
    return {
        "name": name,
        "title": name.partition(".")[2],
        "summary": text.partition("\n")[0],
        "description": text,
        "payload": {"$ref": f"{_SCHEMAS}{model.__name__}"},
    }


def _schemas(models: tuple[type[WireModel], ...]) -> dict[str, Any]:
    _, made = models_json_schema(
        [(model, "validation") for model in models], ref_template=f"{_SCHEMAS}{{model}}"
    )
    schemas: dict[str, Any] = _without_null(made["$defs"])
    return schemas


def _without_null(schema: Any) -> Any:
    """Return a schema without null: an optional field is left out, never sent as null."""
    if isinstance(schema, list):
        return [_without_null(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    made = {
        key: _without_null(value)
        for key, value in schema.items()
        if not (key == "default" and value is None)
    }
    kinds = made.get("anyOf")
    if isinstance(kinds, list) and {"type": "null"} in kinds:
        kinds = [kind for kind in kinds if kind != {"type": "null"}]
        made.pop("anyOf")
        made = {**kinds[0], **made} if len(kinds) == 1 else {"anyOf": kinds, **made}
    return made
