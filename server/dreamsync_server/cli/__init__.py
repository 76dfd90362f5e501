"""The command line and the composition root: builds everything, one small file a command."""

from dreamsync_server.cli.main import main

__all__ = ["main"]
