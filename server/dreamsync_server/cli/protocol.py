"""`dreamsync protocol`: the wire protocol as an AsyncAPI 3 document."""

import json
from pathlib import Path

from dreamsync.protocol.asyncapi import document
from dreamsync_server.cli.schema import write


def protocol(out: Path | None) -> int:
    """Print the document, or write it to a file; a server gives it at /protocol.json too."""
    return write(json.dumps(document(), ensure_ascii=False, indent=2), out)
