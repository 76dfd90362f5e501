"""The report of a rehearsal: one HTML page with pictures, complete in itself."""

from collections.abc import Sequence
from html import escape
from typing import Any, Final

from dreamsync_server.cli.graph_svg import LOOKS, as_svg
from dreamsync_server.cli.pictures import (
    MEASURED,
    WANTED,
    Bar,
    bars,
    curves,
    histogram,
    key,
    table,
    timeline,
)
from dreamsync_server.cli.rehearse_told import Outcome
from dreamsync_server.cli.telling import clock_of
from dreamsync_server.story.storyline import Storyline
from dreamsync_server.story.trial import Trial
from dreamsync_server.story.verdicts import Verdict

_STYLE: Final = """
:root{color-scheme:light}*{box-sizing:border-box}
body{font:16px/1.5 system-ui,sans-serif;color:#1f2630;background:#f7f5f1;margin:0}
main{max-width:78rem;margin:0 auto;padding:1.25rem clamp(.75rem,2vw,2rem) 3rem}
h1{font-size:clamp(1.5rem,4vw,2.1rem);line-height:1.2;margin:.5rem 0 .25rem}
h2{font-size:1.15rem;margin:0 0 .75rem}h3{font-size:1rem;margin:1rem 0 .35rem}
section{background:#fff;border:1px solid #e3dfd6;border-radius:12px;margin:1rem 0;
padding:1.1rem clamp(.8rem,2vw,1.4rem)}
.wide{overflow-x:auto;-webkit-overflow-scrolling:touch}.wide>svg{display:block}
.story{width:max-content;max-width:calc(100vw - 1.5rem);position:relative;left:50%;
transform:translateX(-50%)}
svg.chart{display:block;width:100%;height:auto;min-width:640px}
.dim,small{color:#5b6470}small{font-size:.85rem}p{margin:.4rem 0}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(8.2rem,1fr));gap:.6rem;
margin:1rem 0}
.tiles div{background:#fff;border:1px solid #e3dfd6;border-radius:12px;padding:.6rem .8rem}
.tiles b{display:block;font-size:1.35rem;line-height:1.25}
.tiles small{display:block;line-height:1.3}
.bars{display:grid;grid-template-columns:minmax(6rem,16rem) 1fr;gap:.3rem .9rem;margin:0}
.bars dt{overflow-wrap:anywhere}.bars dd{margin:0;display:flex;align-items:center;gap:.6rem}
.bars .track{flex:1;display:block}.bars dd>b{width:4.2rem;text-align:right;font-weight:600}
.bars dd>small{width:6rem}
.bars i{display:block;height:1.05rem;border-radius:4px}
table{border-collapse:collapse;width:100%}th{font-size:.85rem;color:#5b6470;font-weight:600}
td,th{text-align:left;padding:.3rem .9rem .3rem 0;vertical-align:top;
border-bottom:1px solid #efece6}
.key span{margin-right:1.2rem;font-size:.85rem;color:#5b6470}
.key i{display:inline-block;width:.8rem;height:.8rem;border-radius:3px;margin-right:.4rem;
vertical-align:-.05rem}
code{background:#f3f1ec;padding:.05rem .3rem;border-radius:4px;font-size:.9em;
overflow-wrap:anywhere}
details{margin:.4rem 0}summary{cursor:pointer}
.verdict{border-left:4px solid;padding:.15rem 0 .15rem .8rem;margin:.7rem 0;overflow-wrap:anywhere}
.verdict pre{white-space:pre-wrap;margin:.2rem 0 0;font:inherit;font-size:.9rem;color:#5b6470}
.witnessed{border-color:#2f7d4f}.open{border-color:#a06c10}.impossible{border-color:#b3372f}
.runs>input{position:absolute;opacity:0}.runs>label{display:inline-block;padding:.25rem .8rem;
margin:0 .3rem .4rem 0;border:1px solid #d6d1c6;border-radius:999px;cursor:pointer;font-size:.9rem}
.runs>input:checked+label{background:#3b6ea8;border-color:#3b6ea8;color:#fff}
.runs>input:focus-visible+label{outline:3px solid #9dbbe0}
.run{display:none;margin-top:.5rem}
@media(max-width:600px){.bars{grid-template-columns:1fr}.bars dt{margin-bottom:-.3rem}
.bars dd>small{width:auto}}
@media print{.run{display:block}section{break-inside:avoid}}
"""
_WORDS: Final = {"witnessed": "witnessed", "open": "not yet witnessed", "impossible": "impossible"}
_RUNS_MAX: Final = 12


def page_of(outcome: Outcome, line: Storyline, run: int | None = None) -> str:
    """Return the report; `run` is a trial whose timeline is wanted. It runs no script."""
    texts = outcome.pack.texts.get(outcome.pack.languages[0], {})
    title = f"Rehearsal of {texts.get('title', outcome.pack.id)}"
    body = [
        f"<h1>{escape(title)}</h1><p class=dim>{escape(_facts(outcome))}</p>",
        _tiles(outcome),
        (
            '<section class="story"><h2>The story</h2>'
            f"<div class=wide>{_graph(outcome, line)}</div></section>"
        ),
        _section("Endings", _endings(outcome)),
    ]
    if outcome.results.trials:
        body += [
            _section("Tension", _tension(outcome)),
            _section("Who is in the light", _spotlight(outcome)),
            _section("Runs, one by one", _runs(outcome, run)),
            _section("Where nothing happens", _gaps(outcome)),
            _section("With somebody late, and with somebody missing", _groups(outcome)),
            _section("Beats", _beats(outcome)),
            _section("Actions and hints", _actions(outcome)),
        ]
    body.append(_section("Verdicts", _verdicts(outcome)))
    if outcome.never:
        body.append(_section("What else never happens", _listed([str(n) for n in outcome.never])))
    if outcome.advice:
        told = _listed([str(advice) for advice in outcome.advice])
        body.append(_section("Advice: what has fewer than three ways to come about", told))
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>"
        f"<body><main>{''.join(body)}</main></body></html>\n"
    )


def _facts(outcome: Outcome) -> str:
    results = outcome.results
    how = "nothing was left to do" if results.is_whole else "the budget was spent"
    without = f" without {', '.join(results.absent)}," if results.absent else ""
    return (
        f"Pack {outcome.pack.id} {outcome.pack.hash[:12]}, seed {results.seed},{without}"
        f" {len(results.trials) + len(results.missing)} trials, {results.seeks} searches,"
        f" {results.turns} turns; {how}."
    )


def _section(title: str, body: str) -> str:
    return f"<section><h2>{escape(title)}</h2>{body}</section>"


def _listed(lines: Sequence[str]) -> str:
    return f"<ul>{''.join(f'<li>{escape(one)}</li>' for one in lines)}</ul>"


def _tiles(outcome: Outcome) -> str:
    tiles = []
    for kind in ("ending", "beat", "action"):
        of_kind = [one for one in outcome.verdicts if one.goal.kind == kind]
        seen = sum(one.kind == "witnessed" for one in of_kind)
        tiles.append((f"{seen} of {len(of_kind)}", f"{kind}s witnessed"))
    impossible = sum(one.kind == "impossible" for one in outcome.verdicts)
    tiles.append((str(impossible), "proved impossible"))
    if outcome.results.trials:
        summary = outcome.summary
        gaps = summary["gap_ms"]
        tiles += [
            (str(summary["dead_ends"]), f"of {summary['runs']} runs without an ending"),
            (clock_of(gaps["p50"]), f"longest dull stretch, median; 95 %: {clock_of(gaps['p95'])}"),
            (f"{summary['tension_error']:.1f}", "of 10: tension off what is wanted"),
            (f"{summary['fairness']:.2f}", "fairness of the spotlight; 1 is equal"),
        ]
    told = "".join(f"<div><b>{escape(a)}</b><small>{escape(b)}</small></div>" for a, b in tiles)
    return f"<div class=tiles>{told}</div>"


def _graph(outcome: Outcome, line: Storyline) -> str:
    verdicts = {one.goal.id: one.kind for one in outcome.verdicts if one.goal.kind != "action"}
    notes: dict[str, str] = {}
    if outcome.results.trials:
        shares = {**outcome.summary["beats"], **outcome.summary["endings"]}
        notes = {name: f"{one['share']:.0%} of runs" for name, one in shares.items()}
    return as_svg(line, verdicts, notes)


def _name(outcome: Outcome, kind: str, name: str) -> str:
    texts = outcome.pack.texts.get(outcome.pack.languages[0], {})
    return texts.get(f"{kind}.{name}.title", texts.get(f"{kind}.{name}.name", name))


def _endings(outcome: Outcome) -> str:
    shares = outcome.summary["endings"] if outcome.results.trials else {}
    rows = []
    for one in outcome.verdicts:
        if one.goal.kind == "ending":
            found = shares.get(one.goal.id, {"share": 0.0, "ms": None})
            note = clock_of(found["ms"]) if found["ms"] is not None else _WORDS[one.kind]
            name = _name(outcome, "ending", one.goal.id)
            rows.append(Bar(name, found["share"], note, LOOKS[one.kind].colour))
    if not outcome.results.trials:
        return bars(rows)
    told = f"Runs that came to no ending: {outcome.summary['dead_ends']}. Median time behind."
    return bars(rows) + f"<p><small>{told}</small></p>"


def _tension(outcome: Outcome) -> str:
    picture = f"<div class=wide>{curves(outcome.summary['minutes'])}</div>"
    return picture + key(
        (MEASURED, "measured, mean of the runs that still go; pale: from one tenth to nine tenths"),
        (WANTED, "wanted by the chapters' curves"),
    )


def _spotlight(outcome: Outcome) -> str:
    summary = outcome.summary
    rows = [Bar(_name(outcome, "role", r), share) for r, share in summary["spotlight"].items()]
    fair = f"Fairness (Jain) among single roles: {summary['fairness']:.2f}"
    return bars(rows) + f"<p><small>{fair}. Acts count one, leads five.</small></p>"


def chosen_runs(outcome: Outcome, run: int | None) -> list[tuple[str, Trial]]:
    """Return the runs to show, each with why: the wanted one, the median, one of each ending."""
    trials = {**outcome.results.trials, **outcome.results.missing}
    crowd = sorted(outcome.results.trials.values(), key=lambda one: (one.ended_ms, one.number))
    found: list[tuple[str, Trial]] = []
    if run is not None and run in trials:
        found.append((f"run {run}", trials[run]))
    if crowd:
        found.append(("median length", crowd[len(crowd) // 2]))
        found.append(("longest dull stretch", max(crowd, key=lambda one: one.gap_ms)))
    for ending in outcome.summary["endings"]:
        first = next((trial for trial in crowd if trial.ending == ending), None)
        if first is not None:
            found.append((_name(outcome, "ending", ending), first))
    stuck = next((trial for trial in crowd if not trial.ending), None)
    return [*found, *([("a dead end", stuck)] if stuck else [])][:_RUNS_MAX]


def _runs(outcome: Outcome, run: int | None) -> str:
    parts, style = [], []
    names = {
        f"{kind}.{name}": _name(outcome, sort, name)
        for kind, sort, ids in (
            ("beat", "beat", [b.id for b in outcome.pack.beats.values() if not b.is_ending]),
            ("beat", "ending", [b.id for b in outcome.pack.beats.values() if b.is_ending]),
            ("chapter", "chapter", list(outcome.pack.chapters)),
        )
        for name in ids
    }
    chosen = chosen_runs(outcome, run)
    for number, (why, _) in enumerate(chosen):
        checked = " checked" if number == 0 else ""
        parts.append(
            f'<input type="radio" name="run" id="pick{number}"{checked}>'
            f'<label for="pick{number}">{escape(why)}</label>'
        )
        style.append(f"#pick{number}:checked~#run{number}")
    for number, (_, trial) in enumerate(chosen):
        cast = ", ".join(f"{role} {persona}" for role, persona in trial.cast.items())
        told = (
            f"Run {trial.number} (seed {trial.seed}) ends in {trial.ending or 'nothing'} at"
            f" {clock_of(trial.ended_ms)}. Longest dull stretch {clock_of(trial.gap_ms)}, from"
            f" {clock_of(trial.gap_from_ms)}. Players: {cast or 'none'}."
        )
        parts.append(
            f'<div class=run id="run{number}"><p><small>{escape(told)}</small></p>'
            f"<div class=wide>{timeline(trial, names)}</div></div>"
        )
    show = f"<style>{','.join(style)}{{display:block}}</style>"
    return f"{show}<div class=runs>{''.join(parts)}</div>" + key(
        (MEASURED, "tension measured, and the beats"), (WANTED, "tension wanted")
    )


def _gaps(outcome: Outcome) -> str:
    summary = outcome.summary
    trials = list(outcome.results.trials.values())
    told = [
        (
            "<p><small>How long the longest stretch of each run is in which no beat comes, no"
            " chapter turns and nobody is asked anything:</small></p>"
        ),
        f"<div class=wide>{histogram([trial.gap_ms for trial in trials])}</div>",
        table(
            ("in the chapter", "runs whose longest lies there", "median length"),
            [(g["chapter"] or "–", g["runs"], clock_of(g["ms"])) for g in summary["gaps"]],
        ),
        f"<h3>Dead ends: {summary['dead_ends']}</h3>",
    ]
    if summary["stuck"]:
        rows = [
            (s["trial"], s["chapter"], s["last_beat"] or "–", clock_of(s["last_ms"]))
            for s in summary["stuck"][:_RUNS_MAX]
        ]
        told.append(table(("run", "chapter", "last beat", "last moment at"), rows))
    return "".join(told)


def _groups(outcome: Outcome) -> str:
    rows = []
    for one in outcome.summary["groups"]:
        endings = ", ".join(f"{name} {count}" for name, count in one["endings"].items())
        how = "comes late" if one["how"] == "late" else "is played by nobody"
        rows.append(
            (
                f"{one['role']} {how}",
                one["runs"],
                endings or "–",
                one["dead_ends"],
                clock_of(one["gap_ms"]),
            )
        )
    told = table(("", "runs", "endings", "dead ends", "longest dull stretch, median"), rows)
    lines = [
        f"<p><b>Without {escape(role)}</b> impossible: {escape(', '.join(goals) or 'nothing')}</p>"
        for role, goals in outcome.without.items()
    ]
    return told + "".join(lines)


def _beats(outcome: Outcome) -> str:
    rows = [
        Bar(_name(outcome, "beat", name), one["share"], _at(one["ms"]))
        for name, one in outcome.summary["beats"].items()
    ]
    return bars(rows) + "<p><small>Share of runs, and the median time.</small></p>"


def _actions(outcome: Outcome) -> str:
    found: dict[str, Any] = outcome.summary["actions"]
    hints = outcome.summary["hints"]
    idle = [name for name, one in hints.items() if not one["helped"]]
    lines = [
        ("Never legal in any run", found["never_legal"]),
        ("Legal, but never done", found["never_done"]),
        ("Done, but never to any effect", found["never_useful"]),
        ("Hints that were given and never helped", idle),
    ]
    told = ""
    for words, names in lines:
        listed = ", ".join(f"<code>{escape(one)}</code>" for one in names) or "none"
        told += f"<p>{words}: {listed}</p>"
    rows = [(name, one["given"], one["helped"]) for name, one in hints.items()]
    if rows:
        heads = ("hint", "given", "followed within two minutes")
        told += f"<details><summary>All hints</summary>{table(heads, rows)}</details>"
    return told


def _verdicts(outcome: Outcome) -> str:
    told = ""
    for kind in ("impossible", "open", "witnessed"):
        of_kind = [one for one in outcome.verdicts if one.kind == kind]
        if of_kind:
            shown = " open" if kind != "witnessed" else ""
            told += (
                f"<details{shown}><summary><b>{LOOKS[kind].sign} {_WORDS[kind]}</b>:"
                f" {len(of_kind)}</summary>{''.join(map(_verdict, of_kind))}</details>"
            )
    return told


def _verdict(one: Verdict) -> str:
    text = str(one).partition(": ")[2]
    more = "\n".join(one.reason[1:])
    rest = f"<pre>{escape(more)}</pre>" if more else ""
    return (
        f'<div class="verdict {one.kind}"><b>{escape(str(one.goal))}</b>'
        f" <small>{escape(str(one.place))}</small><br>{escape(text)}{rest}</div>"
    )


def _at(ms: int | None) -> str:
    return "" if ms is None else clock_of(ms)
