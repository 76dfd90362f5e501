"""`protocol`: the wire as a document."""

import json

from typer.testing import CliRunner

from dreamsync.protocol.asyncapi import document
from dreamsync_server.cli.main import app


def test_the_wire_is_printed_as_asyncapi_3() -> None:
    told = json.loads(CliRunner().invoke(app, ["protocol"]).stdout)
    assert told["asyncapi"].startswith("3.")
    assert told == json.loads(json.dumps(document()))
