"""The report of a rehearsal: one HTML page with pictures, complete in itself."""

from collections.abc import Sequence
from html import escape
from typing import Any, Final

from dreamsync_server.cli.graph import COLOURS, as_svg
from dreamsync_server.cli.rehearse_told import Outcome
from dreamsync_server.cli.telling import clock_of
from dreamsync_server.story.storyline import Storyline
from dreamsync_server.story.trial import Trial
from dreamsync_server.story.verdicts import Verdict

_STYLE: Final = """
body{font:16px/1.5 system-ui,sans-serif;color:#1f2630;background:#f6f5f2;margin:0}
main{max-width:76rem;margin:0 auto;padding:1.5rem}
section{background:#fff;border:1px solid #e1ded6;border-radius:8px;padding:1rem 1.25rem;
margin:1rem 0;overflow-x:auto}
h1{font-size:1.6rem}h2{font-size:1.15rem;margin:.2rem 0 .6rem}
table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.25rem .75rem .25rem 0;
vertical-align:top;border-bottom:1px solid #eee}
.witnessed{color:#2f7d4f}.open{color:#8a6210}.impossible{color:#b3372f}
code{background:#f1efe9;padding:0 .25rem;border-radius:3px}small,.dim{color:#5b6470}
pre{white-space:pre-wrap;margin:.25rem 0}
"""
_WORDS: Final = {"witnessed": "witnessed", "open": "not yet witnessed", "impossible": "impossible"}


def page_of(outcome: Outcome, line: Storyline) -> str:
    """Return the report. It loads nothing and runs no script."""
    title = f"Rehearsal of {outcome.pack.id}"
    body = [
        f"<h1>{escape(title)}</h1>",
        f"<p class=dim>{escape(_facts(outcome))}</p>",
        _section("The story", _graph(outcome, line)),
        _section("Endings", _endings(outcome)),
    ]
    if outcome.results.trials:
        trials = [trial for _, trial in sorted(outcome.results.trials.items())]
        body += [
            _section("Who is in the light", _spotlight(outcome)),
            _section("Pulse of the story against the tension wanted", _pulse(outcome)),
            _section("One run", _timeline(_typical(trials))),
            _section("Beats", _beats(outcome)),
            _section("Actions", _actions(outcome)),
        ]
    body.append(_section("Verdicts", _verdicts(outcome)))
    if outcome.advice:
        rows = "".join(f"<li>{escape(str(advice))}</li>" for advice in outcome.advice)
        body.append(_section("Advice: fewer than three ways", f"<ul>{rows}</ul>"))
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
        f"Seed {results.seed},{without} {len(results.trials)} trials, {results.seeks} searches,"
        f" {results.turns} turns; {how}. Pack {outcome.pack.hash[:12]}."
    )


def _section(title: str, body: str) -> str:
    return f"<section><h2>{escape(title)}</h2>{body}</section>"


def _graph(outcome: Outcome, line: Storyline) -> str:
    verdicts = {one.goal.id: one.kind for one in outcome.verdicts if one.goal.kind != "action"}
    legend = " · ".join(
        f'<span style="color:{COLOURS[kind]}">■</span> {words}' for kind, words in _WORDS.items()
    )
    note = f"<p><small>{legend}; dashed: cued by a person or a law only</small></p>"
    return as_svg(line, verdicts) + note


def _endings(outcome: Outcome) -> str:
    shares = outcome.summary["endings"] if outcome.results.trials else {}
    rows = []
    for one in outcome.verdicts:
        if one.goal.kind != "ending":
            continue
        found = shares.get(one.goal.id, {"share": 0.0, "ms": None})
        rows.append((one.goal.id, found["share"], _at(found["ms"]), COLOURS[one.kind]))
    dead = outcome.summary["dead_ends"] if outcome.results.trials else 0
    return bars(rows) + f"<p><small>Runs that came to no ending: {dead}</small></p>"


def _spotlight(outcome: Outcome) -> str:
    summary = outcome.summary
    rows = [(role, share, "", "#3b6ea8") for role, share in summary["spotlight"].items()]
    fair = f"Fairness (Jain) among single roles: {summary['fairness']:.2f}"
    return bars(rows) + f"<p><small>{fair}. Acts count one, leads five.</small></p>"


def bars(rows: Sequence[tuple[str, float, str, str]]) -> str:
    """Return bars of (name, share, note, colour) as SVG."""
    high = 26 * len(rows) + 6
    most = max((share for _, share, _, _ in rows), default=0.0) or 1.0
    parts = [f'<svg viewBox="0 0 900 {high}" width="100%" font-size="13" role="img">']
    for number, (name, share, note, colour) in enumerate(rows):
        y = 4 + 26 * number
        wide = round(480 * share / most, 1)
        parts.append(
            f'<text x="0" y="{y + 14}">{escape(name)}</text>'
            f'<rect x="220" y="{y}" width="{wide}" height="18" rx="3" fill="{colour}"/>'
            f'<text x="{228 + wide}" y="{y + 14}" fill="#5b6470">'
            f"{share:.1%}{'  ' + escape(note) if note else ''}</text>"
        )
    return "".join([*parts, "</svg>"])


def _pulse(outcome: Outcome) -> str:
    minutes = outcome.summary["minutes"]
    if not minutes:
        return ""
    wide = 880 / len(minutes)
    most = max((one["moments"] for one in minutes), default=0.0) or 1.0
    parts = ['<svg viewBox="0 0 900 190" width="100%" font-size="12" role="img">']
    for number, one in enumerate(minutes):
        high = round(140 * one["moments"] / most, 1)
        opacity = round(0.25 + 0.75 * one["going"], 2)
        parts.append(
            f'<rect x="{10 + number * wide:.1f}" y="{160 - high}" width="{wide * 0.8:.1f}"'
            f' height="{high}" fill="#3b6ea8" opacity="{opacity}"/>'
        )
    points = " ".join(
        f"{10 + (number + 0.4) * wide:.1f},{160 - 14 * one['wanted']:.1f}"
        for number, one in enumerate(minutes)
    )
    parts.append(f'<polyline points="{points}" fill="none" stroke="#b3372f" stroke-width="2"/>')
    parts += (
        f'<text x="{10 + number * wide:.1f}" y="178" fill="#5b6470">{number} min</text>'
        for number in range(0, len(minutes), 10)
    )
    note = (
        f"Bars: moments of the story (beats, chapters, choices) in each minute of a run, at most"
        f" {most:.1f}; pale where few runs still go. Line: tension wanted by the chapter, 0 to 10."
    )
    return "".join([*parts, "</svg>", f"<p><small>{note}</small></p>"])


def _typical(trials: Sequence[Trial]) -> Trial:
    """Return the run whose length is the median one."""
    ordered = sorted(trials, key=lambda trial: (trial.ended_ms, trial.number))
    return ordered[len(ordered) // 2]


def _timeline(trial: Trial) -> str:
    rows = [(at_ms, f"chapter {name}") for name, at_ms in trial.chapters.items()]
    rows += [(at_ms, name) for name, at_ms in trial.beats.items()]
    rows.sort()
    high = 20 * len(rows) + 40
    whole = max(1, trial.ended_ms)
    parts = [f'<svg viewBox="0 0 900 {high}" width="100%" font-size="12" role="img">']
    parts.append('<line x1="70" x2="890" y1="10" y2="10" stroke="#c9c4b8"/>')
    for number, (at_ms, name) in enumerate(rows):
        x, y = 70 + 560 * at_ms / whole, 30 + 20 * number
        colour = "#b3372f" if name.startswith("chapter ") else "#3b6ea8"
        parts.append(
            f'<text x="0" y="{y + 4}" fill="#5b6470">{clock_of(at_ms)}</text>'
            f'<line x1="70" x2="{x:.1f}" y1="{y}" y2="{y}" stroke="#e6e2d8"/>'
            f'<circle cx="{x:.1f}" cy="{y}" r="4" fill="{colour}"/>'
            f'<text x="{x + 10:.1f}" y="{y + 4}">{escape(name)}</text>'
        )
    cast = ", ".join(f"{role} {persona}" for role, persona in trial.cast.items())
    told = (
        f"Trial {trial.number} (seed {trial.seed}), the one of median length: it ends in"
        f" {trial.ending or 'nothing'} at {clock_of(trial.ended_ms)}. Players: {cast or 'none'}."
    )
    return f"<p><small>{escape(told)}</small></p>" + "".join([*parts, "</svg>"])


def _beats(outcome: Outcome) -> str:
    rows = "".join(
        f"<tr><td>{escape(name)}</td><td>{one['share']:.0%}</td><td>{_at(one['ms'])}</td></tr>"
        for name, one in outcome.summary["beats"].items()
    )
    return f"<table><tr><th>beat<th>in so many runs<th>median time</tr>{rows}</table>"


def _actions(outcome: Outcome) -> str:
    found: dict[str, Any] = outcome.summary["actions"]
    lines = []
    for name, words in (
        ("never_legal", "Never legal in any trial"),
        ("never_done", "Legal, but never done"),
        ("never_useful", "Done, but never to any effect"),
    ):
        listed = ", ".join(f"<code>{escape(one)}</code>" for one in found[name]) or "none"
        lines.append(f"<p>{words}: {listed}</p>")
    return "".join(lines)


def _verdicts(outcome: Outcome) -> str:
    rows = "".join(map(_verdict, outcome.verdicts))
    return f"<table>{rows}</table>"


def _verdict(one: Verdict) -> str:
    text = str(one).partition(": ")[2]
    more = "\n".join(one.reason[1:])
    rest = f"<pre><small>{escape(more)}</small></pre>" if more else ""
    return (
        f"<tr><td>{escape(str(one.goal))}<br><small>{escape(str(one.place))}</small></td>"
        f'<td class="{one.kind}">{escape(text)}{rest}</td></tr>'
    )


def _at(ms: int | None) -> str:
    return "" if ms is None else clock_of(ms)
