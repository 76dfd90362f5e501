"""The `dreamsync` command: one small file a command; what a command needs it imports when run."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from dreamsync_server.cli import commands

app = typer.Typer(
    name="dreamsync",
    help="Live, shared, story-driven dream worlds.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def main() -> None:
    """Run the command line."""
    app()


@app.callback()
def _dreamsync() -> None:
    """Live, shared, story-driven dream worlds."""


@app.command()
def serve(
    host: Annotated[
        str, typer.Option(envvar="DREAMSYNC_HOST", help="Address to listen on.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(envvar="DREAMSYNC_PORT", help="Port; 0 takes a free one.")
    ] = 8765,
    workers: Annotated[
        int, typer.Option(envvar="DREAMSYNC_WORKERS", help="Nodes behind the one port.")
    ] = 1,
    data: Annotated[Path, typer.Option(envvar="DREAMSYNC_DATA", help="Folder of the data.")] = Path(
        "dreamsync-data"
    ),
    store: Annotated[
        str, typer.Option(envvar="DREAMSYNC_STORE", help="URL of a Valkey or Redis of your own.")
    ] = "",
    replicas: Annotated[
        int, typer.Option(envvar="DREAMSYNC_REPLICAS", help="Replicas that confirm each commit.")
    ] = 0,
    worlds: Annotated[
        str, typer.Option(envvar="DREAMSYNC_WORLDS", help="A folder with packs of your own.")
    ] = "",
    public: Annotated[
        str, typer.Option(envvar="DREAMSYNC_PUBLIC", help="Pack of the public world; '' for none.")
    ] = "expo",
    origin: Annotated[
        list[str] | None,
        typer.Option(help="Origin of a page allowed to connect, besides our own; repeatable."),
    ] = None,
    proxy: Annotated[
        list[str] | None, typer.Option(help="Address of a proxy whose headers are trusted.")
    ] = None,
    operator_token: Annotated[
        str,
        typer.Option(envvar="DREAMSYNC_OPERATOR_TOKEN", help="Lets /metrics be read from afar."),
    ] = "",
    tls_cert: Annotated[str, typer.Option(envvar="DREAMSYNC_TLS_CERT")] = "",
    tls_key: Annotated[str, typer.Option(envvar="DREAMSYNC_TLS_KEY")] = "",
    log_json: Annotated[bool, typer.Option("--log-json", help="Log as JSON lines.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Say more.")] = False,
) -> None:
    """Open the house: store, node and director, and a public world people can join."""
    from dreamsync_server.cli.serve import serve as run
    from dreamsync_server.settings import Settings

    settings = Settings(
        host=host,
        port=port,
        workers=workers,
        data="" if store else str(data),
        store=store,
        replicas=replicas,
        worlds=worlds,
        public_pack=public,
        allow_origins=tuple(origin or ()),
        trusted_proxies=tuple(proxy or ()),
        operator_token=operator_token,
        tls_cert=tls_cert,
        tls_key=tls_key,
        log_json=log_json,
        verbose=verbose,
    )
    sys.exit(run(settings))


commands.register(app)
