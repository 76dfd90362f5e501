"""The command line and the composition root: builds everything, one small file a command.

Importing it imports nothing else: pytest loads the plugin in it wherever the package is installed,
also where the server's own dependencies are not.
"""

from typing import Any

__all__ = ["main"]


def __getattr__(name: str) -> Any:
    if name == "main":
        from dreamsync_server.cli.main import main

        return main
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
