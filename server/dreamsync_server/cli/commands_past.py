"""What the commands about a world's past take: replay, export, import, branch, erase, delete."""

import sys
from pathlib import Path
from typing import Annotated

import typer

DATA = Path("dreamsync-data")
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
Url = Annotated[
    str, typer.Option(envvar="DREAMSYNC_URL", help="Address for the link; else what a node says.")
]
Store = Annotated[
    str, typer.Option(envvar="DREAMSYNC_STORE", help="URL of a Valkey or Redis of your own.")
]
Data = Annotated[
    Path, typer.Option(envvar="DREAMSYNC_DATA", help="Data folder of a running server.")
]
World = Annotated[str, typer.Argument(help="A world's id, the beginning of it, or its link.")]
Title = Annotated[str, typer.Option(help="A title of your own; else the origin's.")]


def replay(
    world: Annotated[
        str, typer.Argument(help="A world's id or link, or an exported file; - for stdin.")
    ],
    seen_by: Annotated[
        str, typer.Option("--as", help="Print what a role saw; or `watcher`, or `desk`.")
    ] = "",
    at: Annotated[
        str, typer.Option(help="Show one moment, whole: a seq, or world time as 0:04:31.")
    ] = "",
    until: Annotated[str, typer.Option("--until", "--to", help="Stop at this seq or time.")] = "",
    lang: Annotated[str, typer.Option(help="Language of the texts.")] = "",
    store: Store = "",
    data: Data = DATA,
    json: Json = False,
) -> None:
    """Rebuild a world from its log, checking every digest; show what any role saw of it."""
    from dreamsync_server.cli.replay import replay as work
    from dreamsync_server.cli.telling import run

    going = work(
        world, store, data, until=until, at=at, seen_by=seen_by, lang=lang, is_json=json
    )  # fmt: skip
    sys.exit(run(going, is_json=json))


def export(
    world: World,
    out: Annotated[Path | None, typer.Option(help="The file to write; - for stdout.")] = None,
    without_texts: Annotated[
        bool, typer.Option("--without-texts", help="Leave out what people wrote, names too.")
    ] = False,
    store: Store = "",
    data: Data = DATA,
    json: Json = False,
) -> None:
    """Write a world with its packs, its whole log and its texts to one file."""
    from dreamsync_server.cli.export import export as work
    from dreamsync_server.cli.telling import run

    going = work(world, store, data, out=out, has_texts=not without_texts, is_json=json)
    sys.exit(run(going, is_json=json))


def import_world(
    file: Annotated[Path, typer.Argument(help="A file that `export` wrote; - for stdin.")],
    closed: Annotated[
        bool, typer.Option("--closed", help="As an archive: to look at, not to play on.")
    ] = False,
    title: Title = "",
    url: Url = "",
    store: Store = "",
    data: Data = DATA,
    json: Json = False,
) -> None:
    """Make a new private world of a file; it goes on where the file ends."""
    from dreamsync_server.cli.importing import import_world as work
    from dreamsync_server.cli.telling import run

    going = work(file, store, data, url, title=title, is_closed=closed, is_json=json)
    sys.exit(run(going, is_json=json))


def branch(
    world: World,
    at: Annotated[str, typer.Option(help="A seq, or world time as 0:04:31; now if none.")] = "",
    title: Title = "",
    url: Url = "",
    store: Store = "",
    data: Data = DATA,
    json: Json = False,
) -> None:
    """Make a new private world that begins as another was at a moment. That one is not touched."""
    from dreamsync_server.cli.branch import branch as work
    from dreamsync_server.cli.telling import run

    sys.exit(run(work(world, at, store, data, url, title=title, is_json=json), is_json=json))


def erase(
    world: World,
    person: Annotated[str, typer.Argument(help="The name somebody came with, or a session.")],
    all_: Annotated[
        bool, typer.Option("--all", help="All sessions that came under this name.")
    ] = False,
    store: Store = "",
    data: Data = DATA,
    json: Json = False,
) -> None:
    """Erase what a person wrote, and the name, here and in all branches. Digests still check."""
    from dreamsync_server.cli.erase import erase as work
    from dreamsync_server.cli.telling import run

    sys.exit(run(work(world, person, store, data, is_all=all_, is_json=json), is_json=json))


def delete(
    world: World,
    yes: Annotated[bool, typer.Option("--yes", help="Do it; else it is only told.")] = False,
    store: Store = "",
    data: Data = DATA,
    json: Json = False,
) -> None:
    """Delete a world that is over, or a class with its worlds, for good: log, texts and all."""
    from dreamsync_server.cli.delete import delete as work
    from dreamsync_server.cli.telling import run

    sys.exit(run(work(world, store, data, is_sure=yes, is_json=json), is_json=json))


def register(app: typer.Typer) -> None:
    """Give the commands to the command line, in the order that help lists them."""
    app.command()(replay)
    app.command()(export)
    app.command("import")(import_world)
    app.command()(branch)
    app.command()(erase)
    app.command()(delete)
