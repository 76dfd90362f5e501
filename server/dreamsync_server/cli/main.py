"""The `dreamsync` command: one small file a command; what a command needs it imports when run."""

import io
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from dreamsync_server.cli import commands
from dreamsync_server.cli.called import own_command, own_version


def _text(help_: str, variable: str, least: int | None = None, most: int | None = None) -> Any:
    return typer.Option(envvar=f"DREAMSYNC_{variable}", help=help_, min=least, max=most)


Host = Annotated[str, _text("Address to listen on.", "HOST")]
Port = Annotated[int, _text("Port; 0 takes a free one.", "PORT", 0, 65_535)]
Workers = Annotated[int, _text("Nodes behind the one port.", "WORKERS", 1, 64)]
Data = Annotated[Path, _text("Folder of the data.", "DATA")]
Store = Annotated[str, _text("URL of a Valkey or Redis of your own.", "STORE")]
Profile = Annotated[
    str, _text("What commits survive: solo, replicated, fsynced or relaxed.", "PROFILE")
]
Replicas = Annotated[int, _text("Replicas that confirm each commit.", "REPLICAS", 0, 5)]
Worlds = Annotated[str, _text("A folder with packs of your own.", "WORLDS")]
Public = Annotated[str, _text("Pack of the public world; '' for none.", "PUBLIC")]
Address = Annotated[
    str, _text("What people type, if not host and port: https://play.example.", "ADDRESS")
]
Origins = Annotated[
    list[str] | None,
    typer.Option(help="Origin of a page allowed to connect, besides our own; repeatable."),
]
Proxies = Annotated[
    list[str] | None, typer.Option(help="Address of a proxy whose headers are trusted.")
]
Token = Annotated[
    str,
    _text(
        "Lets /metrics be read, and any number of worlds be opened, from afar.", "OPERATOR_TOKEN"
    ),
]
Cert = Annotated[str, _text("TLS certificate, a PEM file.", "TLS_CERT")]
Key = Annotated[str, _text("Its key, a PEM file.", "TLS_KEY")]
LogJson = Annotated[bool, typer.Option("--log-json", help="Log as JSON lines.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Say more.")]
Dev = Annotated[
    bool, typer.Option("--dev", help="Watch packs: a change goes live, a fault is told.")
]

app = typer.Typer(
    name="dreamsync",
    help="Live, shared, story-driven dream worlds.",
    epilog="From a checkout also: ./dream test and ./dream lint.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def main() -> None:
    """Run the command line."""
    show_what_can_be_shown(sys.stdout, sys.stderr)
    app(prog_name=own_command())


def show_what_can_be_shown(*streams: Any) -> None:
    """Let a terminal that does not know a letter show a question mark instead of ending us."""
    for stream in streams:
        if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="replace")


def _say_version(is_asked: bool) -> None:
    if is_asked:
        print(f"dreamsync {own_version()}")
        raise typer.Exit


@app.callback()
def _dreamsync(
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version.", callback=_say_version, is_eager=True),
    ] = False,
) -> None:
    """Live, shared, story-driven dream worlds."""


@app.command()
def serve(
    host: Host = "127.0.0.1",
    port: Port = 8765,
    workers: Workers = 1,
    data: Data = Path("dreamsync-data"),
    store: Store = "",
    profile: Profile = "",
    replicas: Replicas = 0,
    worlds: Worlds = "",
    public: Public = "expo",
    address: Address = "",
    origin: Origins = None,
    proxy: Proxies = None,
    operator_token: Token = "",
    tls_cert: Cert = "",
    tls_key: Key = "",
    log_json: LogJson = False,
    verbose: Verbose = False,
    dev: Dev = False,
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
        profile=profile,
        replicas=replicas,
        worlds=worlds,
        public_pack=public,
        address=address,
        allow_origins=tuple(origin or ()),
        trusted_proxies=tuple(proxy or ()),
        operator_token=operator_token,
        tls_cert=tls_cert,
        tls_key=tls_key,
        log_json=log_json,
        verbose=verbose,
        dev=dev,
    )
    sys.exit(run(settings))


commands.register(app)
