"""How a person calls these commands: installed as `dreamsync`, or `./dream` in a checkout."""

import sys
from importlib import metadata
from pathlib import Path


def own_command() -> str:
    """Return the command's name as it is to be typed again, for what is printed."""
    return "dreamsync" if Path(sys.argv[0]).name.startswith("dreamsync") else "./dream"


def own_version() -> str:
    """Return the version of the server that runs."""
    try:
        return metadata.version("dreamsync")
    except metadata.PackageNotFoundError:
        return "checkout"
