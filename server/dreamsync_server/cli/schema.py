"""`dreamsync schema`: the JSON Schema of pack files, for editors."""

import json
from pathlib import Path

from dreamsync_server.errors import OperatorError
from dreamsync_server.packs.schema import pack_schema


def schema(out: Path | None) -> int:
    """Print the schema, or write it to a file."""
    return write(json.dumps(pack_schema(), ensure_ascii=False, indent=2), out)


def write(text: str, out: Path | None) -> int:
    """Print a document, or write it to a file.

    Raises:
        OperatorError: it cannot be written.
    """
    if out is None:
        print(text)
        return 0
    try:
        out.write_text(text + "\n", "utf-8")
    except OSError as error:
        raise OperatorError(f"{out} cannot be written: {error.strerror}") from error
    print(f"written to {out}")
    return 0
