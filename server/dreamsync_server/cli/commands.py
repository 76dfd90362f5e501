"""What each command takes. The work is in a file of its own, imported when the command is run."""

import os
import sys
from dataclasses import replace as replaced
from pathlib import Path
from typing import Annotated

import typer

from dreamsync_server.cli import commands_nodes, commands_past

URL = "ws://127.0.0.1:8765"

Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
Url = Annotated[
    str, typer.Option(envvar="DREAMSYNC_URL", help="Address of a running server.")
]  # fmt: skip
Store = Annotated[
    str, typer.Option(envvar="DREAMSYNC_STORE", help="URL of a Valkey or Redis of your own.")
]
Data = Annotated[
    Path, typer.Option(envvar="DREAMSYNC_DATA", help="Data folder of a running server.")
]
World = Annotated[str, typer.Argument(help="A world's id, the beginning of it, or its link.")]
Out = Annotated[Path | None, typer.Option(help="Write to this file instead of the screen.")]
DATA = Path("dreamsync-data")
_HANDED_ON: dict[str, object] = {
    "allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": [],
}  # fmt: skip


def check(
    pack: Annotated[str, typer.Argument(help="A pack's folder, or the id of a shipped one.")],
    json: Json = False,
) -> None:
    """Check a pack: every fault at once, with its file, line and column."""
    from dreamsync_server.cli.check import check as work
    from dreamsync_server.cli.telling import guarded

    sys.exit(guarded(lambda: work(pack, is_json=json), is_json=json))


def rehearse(
    pack: Annotated[str, typer.Argument(help="A pack's folder, or the id of a shipped one.")],
    seed: Annotated[int, typer.Option(min=0, help="The same seed, the same rehearsal.")] = 1,
    budget: Annotated[str, typer.Option(help="How long to search, such as 60s or 5m.")] = "60s",
    jobs: Annotated[int, typer.Option(min=0, help="Processes; 0 takes all cores.")] = 0,
    trials: Annotated[
        int, typer.Option(min=0, help="Runs of all sorts of players, at most.")
    ] = 200,
    json: Json = False,
    report: Annotated[
        Path | None, typer.Option(help="Write a report with pictures to this HTML file.")
    ] = None,
    gate: Annotated[
        bool, typer.Option("--gate", help="Fail on what is impossible and on lost witnesses.")
    ] = False,
    without: Annotated[
        list[str] | None, typer.Option(help="A role that nobody plays; repeatable.")
    ] = None,
    goal: Annotated[
        list[str] | None, typer.Option(help="Search only for this ending or beat; repeatable.")
    ] = None,
    resume: Annotated[
        Path | None, typer.Option(help="Keep the state in this file, and go on from it.")
    ] = None,
    record: Annotated[
        bool, typer.Option("--record", help="Keep short runs as the pack's rehearsals.")
    ] = False,
    run: Annotated[
        int | None, typer.Option(help="A run by its number, to be shown first in the report.")
    ] = None,
) -> None:
    """Find out what can happen in a pack and what cannot: proofs, searches and trials."""
    from dreamsync_server.cli.rehearse import Wish, seconds_of
    from dreamsync_server.cli.rehearse import rehearse as work
    from dreamsync_server.cli.telling import guarded

    def asked() -> int:
        wish = Wish(
            pack, seed, seconds_of(budget), jobs or os.cpu_count() or 1, trials, json, report,
            gate, tuple(without or ()), tuple(goal or ()), resume, record, run,
        )  # fmt: skip
        return work(wish)

    sys.exit(guarded(asked, is_json=json))


def graph(
    pack: Annotated[str, typer.Argument(help="A pack's folder, or the id of a shipped one.")],
    format: Annotated[str, typer.Option(help="svg, mermaid or dot.")] = "svg",  # noqa: A002
    out: Out = None,
) -> None:
    """Draw how the beats of a pack lead to one another."""
    from dreamsync_server.cli.graph import graph as work
    from dreamsync_server.cli.telling import guarded

    sys.exit(guarded(lambda: work(pack, format, out)))


def schema(out: Out = None) -> None:
    """Print the JSON Schema of pack files, for editors."""
    from dreamsync_server.cli.schema import schema as work
    from dreamsync_server.cli.telling import guarded

    sys.exit(guarded(lambda: work(out)))


def protocol(out: Out = None) -> None:
    """Print the wire protocol as an AsyncAPI 3 document, for other clients."""
    from dreamsync_server.cli.protocol import protocol as work
    from dreamsync_server.cli.telling import guarded

    sys.exit(guarded(lambda: work(out)))


def new(
    name: Annotated[str, typer.Argument(help="The new pack's id, such as night_train.")],
    into: Annotated[Path, typer.Option(help="The folder that it is made in.")] = Path("."),
    json: Json = False,
) -> None:
    """Begin a pack of your own: copies a small, commented one."""
    from dreamsync_server.cli.new import new as work
    from dreamsync_server.cli.telling import guarded

    sys.exit(guarded(lambda: work(name, into, is_json=json), is_json=json))


def worlds(
    all_: Annotated[
        bool, typer.Option("--all", help="All in the store, private and over: for the operator.")
    ] = False,
    url: Url = URL,
    store: Store = "",
    data: Data = DATA,
    json: Json = False,
) -> None:
    """List a server's public worlds, and the packs it has."""
    from dreamsync_server.cli.telling import run
    from dreamsync_server.cli.worlds import stored
    from dreamsync_server.cli.worlds import worlds as work

    going = stored(store, data, is_json=json) if all_ else work(url, is_json=json)
    sys.exit(run(going, is_json=json))


def open_world(
    pack: Annotated[str, typer.Argument(help="The id of a pack (see `worlds`).")],
    private: Annotated[
        bool, typer.Option("--private/--public", help="By invitation only, or for anybody.")
    ] = False,
    title: Annotated[str, typer.Option(help="A title of your own.")] = "",
    seed: Annotated[
        int | None, typer.Option(min=0, metavar="N", help="The same seed, the same luck.")
    ] = None,
    understudies: Annotated[
        bool,
        typer.Option(metavar="", help="Empty roles are played by understudies."),
    ] = True,
    spectators: Annotated[
        bool, typer.Option(metavar="", help="People may watch without a role.")
    ] = True,
    speed: Annotated[
        int | None,
        typer.Option(min=1, metavar="MS", help="World milliseconds a second; 1000 is real time."),
    ] = None,
    share_ending: Annotated[
        bool, typer.Option("--share-ending", help="Other worlds may hear how it ended, unsigned.")
    ] = False,
    class_: Annotated[
        int,
        typer.Option(
            "--class",
            min=0,
            max=40,
            metavar="N",
            help="So many private worlds under one code, up to 40, and a desk for all of them.",
        ),
    ] = 0,
    url: Url = URL,
    json: Json = False,
) -> None:
    """Open a world of your own, and print its link and its desk token."""
    from dreamsync_server.cli.open import Wish
    from dreamsync_server.cli.open import open_world as work
    from dreamsync_server.cli.telling import run

    wish = Wish(pack, private, title, seed, understudies, spectators, speed, share_ending, class_)
    sys.exit(run(work(url, wish, is_json=json), is_json=json))


def close(
    world: World,
    desk_token: Annotated[str, typer.Option(help="Close it only if this is its desk token.")] = "",
    store: Store = "",
    data: Data = DATA,
    json: Json = False,
) -> None:
    """Close a world for everybody, without an ending. Its log is kept."""
    from dreamsync_server.cli.close import close as work
    from dreamsync_server.cli.telling import run

    sys.exit(run(work(world, store, data, desk_token=desk_token, is_json=json), is_json=json))


def log(
    world: World,
    after: Annotated[int, typer.Option(min=0, help="Begin behind this seq.")] = 0,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until Ctrl-C.")] = False,
    whole: Annotated[bool, typer.Option("--whole", help="The engine's own facts too.")] = False,
    store: Store = "",
    data: Data = DATA,
    json: Json = False,
) -> None:
    """Print a world's log, everybody's secrets included: for the operator's eyes."""
    from dreamsync_server.cli.log import log as work
    from dreamsync_server.cli.telling import run

    going = work(
        world, store, data, after=after, is_followed=follow, is_whole=whole, is_json=json
    )  # fmt: skip
    sys.exit(run(going, is_json=json))


def why(
    world: World,
    beat: Annotated[str, typer.Argument(help="The id of a beat or an ending.")],
    store: Store = "",
    data: Data = DATA,
    json: Json = False,
) -> None:
    """Say why a beat can or cannot be cued now, and how near it is."""
    from dreamsync_server.cli.telling import run
    from dreamsync_server.cli.why import why as work

    sys.exit(run(work(world, beat, store, data, is_json=json), is_json=json))


def whynot(
    world: World,
    beat: Annotated[str, typer.Argument(help="The id of a beat or an ending.")],
    store: Store = "",
    data: Data = DATA,
    json: Json = False,
) -> None:
    """Say what a beat lacks: the parts of its condition that fail, and who could change them."""
    from dreamsync_server.cli.telling import run
    from dreamsync_server.cli.why import why as work

    sys.exit(run(work(world, beat, store, data, is_short=True, is_json=json), is_json=json))


def whatif(
    world: World,
    beat: Annotated[str, typer.Argument(help="The id of a beat or an ending.")],
    supposed: Annotated[list[str], typer.Argument(help="fact=value, as many as you like.")],
    store: Store = "",
    data: Data = DATA,
    json: Json = False,
) -> None:
    """Say why a beat could or could not be cued if some facts were others. Nothing changes."""
    from dreamsync_server.cli.telling import run
    from dreamsync_server.cli.why import why as work

    going = work(world, beat, store, data, supposed=supposed, is_json=json)
    sys.exit(run(going, is_json=json))


def learn(
    pack: Annotated[str, typer.Argument(help="A pack's folder, or the id of a shipped one.")],
    runs: Annotated[int, typer.Option(min=20, help="Runs to learn from.")] = 400,
    seed: Annotated[int, typer.Option(min=0, help="The same seed, the same odds.")] = 1,
    jobs: Annotated[int, typer.Option(min=0, help="Processes; 0 takes all cores.")] = 0,
    is_check: Annotated[
        bool, typer.Option("--check", help="Only say whether the odds are of this pack.")
    ] = False,
    json: Json = False,
) -> None:
    """Learn from rehearsed runs how a pack's nights end, for its director: odds.yaml."""
    from dreamsync_server.cli.learn import learn as work
    from dreamsync_server.cli.telling import guarded

    def run() -> int:
        return work(pack, runs, seed, jobs or os.cpu_count() or 1, is_check=is_check, is_json=json)

    sys.exit(guarded(run, is_json=json))


def scorecard(
    packs: Annotated[str, typer.Option(help="Packs, with commas between.")] = "expo,seizure",
    seeds: Annotated[int, typer.Option(min=2, help="Fresh seeds, each under both.")] = 200,
    first: Annotated[int, typer.Option(min=0, help="The first of the seeds.")] = 5_000_000,
    jobs: Annotated[int, typer.Option(min=1, help="Processes.")] = 2,
    json: Json = False,
) -> None:
    """Measure the director against a plain list of triggers, on the same seeds and people."""
    from dreamsync_server.cli.scorecard import scorecard as work
    from dreamsync_server.cli.telling import guarded

    asked = [pack.strip() for pack in packs.split(",") if pack.strip()]
    sys.exit(guarded(lambda: work(asked, seeds, jobs, first, is_json=json), is_json=json))


def play(
    link: Annotated[
        str, typer.Argument(help="A link to a world, or a server; ours on this machine if none.")
    ] = URL,
    role: Annotated[str, typer.Option(help="The role to play, such as leo.")] = "",
    name: Annotated[
        str, typer.Option(envvar="DREAMSYNC_NAME", help="Your name, as others see it.")
    ] = "",
    code: Annotated[str, typer.Option(help="A typed invitation, such as BKRT-WXFH.")] = "",
    lang: Annotated[str, typer.Option(help="Language of the texts.")] = "en",
    plain: Annotated[
        bool, typer.Option("--plain", help="Line by line: for pipes and screen readers.")
    ] = False,
) -> None:
    """Play a role in this terminal."""
    from dreamsync_server.cli.play.play import Wish
    from dreamsync_server.cli.play.play import play as work
    from dreamsync_server.cli.telling import run

    wish = Wish(link=link, role=role, name=name, code=code, lang=lang, is_plain=plain)
    sys.exit(run(work(wish)))


def bench(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            help="fanout, acks, idle, deciding, restart, floods, hall, nodes, drain; all if none."
        ),
    ] = None,
    nodes: Annotated[
        str, typer.Option(help="Compare so many nodes at the same load, such as 1,2.")
    ] = "",
    quick: Annotated[bool, typer.Option("--quick", help="Smaller and shorter.")] = False,
    plain_loop: Annotated[
        bool, typer.Option("--plain-loop", help="On asyncio's own loop, even if uvloop is here.")
    ] = False,
    first: Annotated[
        bool, typer.Option("--first", help="Run before other programs, where that is allowed.")
    ] = False,
    folder: Annotated[
        Path | None, typer.Option(help="Where data is written: whose fsync counts.")
    ] = None,
    profile: Annotated[
        str, typer.Option(help="Write a cProfile of what is measured to this file.")
    ] = "",
    json: Json = False,
) -> None:
    """Measure what the server costs and how fast it is, each figure beside its baseline."""
    from dreamsync_server.cli.bench.measurements import bench as work
    from dreamsync_server.cli.bench.rig import Options
    from dreamsync_server.cli.telling import guarded

    options = Options(is_quick=quick, is_fast=not plain_loop, is_first=first, profile=profile)
    if folder is not None:
        options = replaced(options, folder=folder)
    if nodes:
        compared = tuple(int(count) for count in nodes.split(",") if count.strip().isdecimal())
        options, names = replaced(options, nodes=compared or (1, 2)), names or ["nodes"]
    sys.exit(guarded(lambda: work(names or (), options, is_json=json), is_json=json))


def simulate(context: typer.Context) -> None:
    """Play seeds of the whole system with faults; `simulate --help` says more. Checkout only."""
    from dreamsync_server.cli.simulate import simulate as work
    from dreamsync_server.cli.telling import guarded

    sys.exit(guarded(lambda: work(context.args)))


def register(app: typer.Typer) -> None:
    """Give the commands to the command line, in the order that help lists them."""
    app.command()(play)
    app.command()(worlds)
    app.command("open")(open_world)
    app.command()(close)
    app.command()(new)
    app.command()(check)
    app.command()(rehearse)
    app.command()(learn)
    app.command()(graph)
    app.command()(log)
    commands_past.register(app)
    app.command()(why)
    app.command()(whynot)
    app.command()(whatif)
    app.command()(scorecard)
    app.command(context_settings=_HANDED_ON)(simulate)
    app.command()(schema)
    app.command()(protocol)
    app.command()(bench)
    commands_nodes.register(app)
