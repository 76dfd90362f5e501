"""The two discriminated unions of messages, and how to make models of plain maps."""

from collections.abc import Mapping
from typing import Any, Final, get_args

from pydantic import TypeAdapter

from dreamsync.protocol.client_messages import Asked, ClientMessage, Hello, Pose, Proposed
from dreamsync.protocol.fields import WireModel
from dreamsync.protocol.server_messages import ServerMessage

__all__ = [
    "CLIENT_MODELS",
    "SERVER_MODELS",
    "ClientMessage",
    "ServerMessage",
    "client_message",
    "server_message",
]

_client: Final[TypeAdapter[ClientMessage]] = TypeAdapter(ClientMessage)
_server: Final[TypeAdapter[ServerMessage]] = TypeAdapter(ServerMessage)


def _by_type(models: tuple[type[WireModel], ...]) -> dict[str, type[WireModel]]:
    return {get_args(model.model_fields["type"].annotation)[0]: model for model in models}


CLIENT_MODELS: Final = _by_type((Hello, *get_args(Asked), *get_args(Proposed), Pose))
"""Message type -> model, for every message that a client sends."""
SERVER_MODELS: Final = _by_type(get_args(get_args(ServerMessage)[0]))
"""Message type -> model, for every message that a server sends."""


def client_message(plain: Mapping[str, Any]) -> ClientMessage:
    """Return the model of a client's message. Arrays are tuples.

    Raises:
        pydantic.ValidationError: a field is missing, unknown or out of its bounds; a ValueError.
    """
    return _client.validate_python(plain)


def server_message(plain: Mapping[str, Any]) -> ServerMessage:
    """Return the model of a server's message. Arrays are tuples.

    Raises:
        pydantic.ValidationError: a field is missing, unknown or out of its bounds; a ValueError.
    """
    return _server.validate_python(plain)
