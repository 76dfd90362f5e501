"""The AsyncAPI document has the parts that the standard asks for, and every message."""

import json
from collections.abc import Iterator
from typing import Any

from dreamsync.protocol.asyncapi import document
from dreamsync.protocol.messages import CLIENT_MODELS, SERVER_MODELS


def walk(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for item in value.values():
            yield from walk(item)
    elif isinstance(value, list):
        for item in value:
            yield from walk(item)


def resolve(whole: dict[str, Any], ref: str) -> Any:
    found: Any = whole
    for part in ref.removeprefix("#/").split("/"):
        found = found[part]
    return found


def test_it_has_what_the_standard_requires() -> None:
    made = document()
    assert made["asyncapi"] == "3.0.0"
    assert {"title", "version"} <= made["info"].keys()
    assert made["channels"]["dream"]["address"] == "/dream"
    assert {name: item["action"] for name, item in made["operations"].items()} == {
        "receive": "receive",
        "send": "send",
    }


def test_every_reference_leads_somewhere() -> None:
    made = document()
    refs = [part["$ref"] for part in walk(made) if "$ref" in part]
    assert len(refs) > 100
    assert [ref for ref in refs if not resolve(made, ref)] == []


def test_every_message_is_in_its_operation_and_described() -> None:
    made = document()
    for operation, side, models in (
        ("receive", "client", CLIENT_MODELS),
        ("send", "server", SERVER_MODELS),
    ):
        refs = [item["$ref"] for item in made["operations"][operation]["messages"]]
        assert refs == [f"#/channels/dream/messages/{side}.{kind}" for kind in models]
        for kind, model in models.items():
            message = made["components"]["messages"][f"{side}.{kind}"]
            assert message["payload"] == {"$ref": f"#/components/schemas/{model.__name__}"}
            assert message["summary"].endswith((".", ","))


def test_nothing_on_the_wire_is_null_or_a_fraction() -> None:
    kinds = [part.get("type") for part in walk(document()["components"]["schemas"])]
    assert "integer" in kinds
    assert "null" not in kinds
    assert "number" not in kinds


def test_it_is_plain_json_and_new_each_time() -> None:
    first = document()
    assert json.loads(json.dumps(first)) == json.loads(json.dumps(document()))
    first["channels"].clear()
    assert document()["channels"]
