"""The commands about a server's processes: `nodes`, `drain`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
Store = Annotated[
    str, typer.Option(envvar="DREAMSYNC_STORE", help="URL of a Valkey or Redis of your own.")
]
Data = Annotated[
    Path, typer.Option(envvar="DREAMSYNC_DATA", help="Data folder of a running server.")
]
DATA = Path("dreamsync-data")


def nodes(store: Store = "", data: Data = DATA, json: Json = False) -> None:
    """List the processes that serve a store: worlds, clients, load, version."""
    from dreamsync_server.cli.nodes import nodes as work
    from dreamsync_server.cli.telling import run

    sys.exit(run(work(store, data, is_json=json), is_json=json))


def drain(
    node: Annotated[str, typer.Argument(help="A node's name, or the beginning (see `nodes`).")],
    store: Store = "",
    data: Data = DATA,
    json: Json = False,
) -> None:
    """Let a node hand its worlds and clients to the others, and end."""
    from dreamsync_server.cli.nodes import drain as work
    from dreamsync_server.cli.telling import run

    sys.exit(run(work(node, store, data, is_json=json), is_json=json))


def register(app: typer.Typer) -> None:
    """Give the commands to the command line."""
    app.command()(nodes)
    app.command()(drain)
