"""Pictures for a page: bars, curves, a run's timeline, as HTML and SVG that need nothing else."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Final, NamedTuple

from dreamsync_server.cli.telling import clock_of
from dreamsync_server.story.trial import Trial

INK, DIM, LINE = "#1f2630", "#5b6470", "#dcd8ce"
MEASURED, WANTED = "#3b6ea8", "#b3372f"
_WIDE: Final = 900
_LEFT, _RIGHT = 34, 12  # beside a chart
_BANDS: Final = ("#eef2f7", "#f6f3ec")

_BARS: Final = 16  # of a histogram, at most
_ROW: Final = 19


class Bar(NamedTuple):
    """A bar: what it is of, its share 0..1, a note behind it, its colour."""

    name: str
    share: float
    note: str = ""
    colour: str = MEASURED


def bars(rows: Sequence[Bar]) -> str:
    """Return bars, the longest as long as there is room."""
    most = max((row.share for row in rows), default=0.0) or 1.0
    has_notes = any(row.note for row in rows)
    told = []
    for row in rows:
        note = f"<small>{escape(row.note)}</small>" if has_notes else ""
        wide = f"width:{100 * row.share / most:.1f}%;background:{row.colour}"
        told.append(
            f"<dt>{escape(row.name)}</dt><dd><span class=track><i style='{wide}'></i></span>"
            f"<b>{row.share:.1%}</b>{note}</dd>"
        )
    return f"<dl class=bars>{''.join(told)}</dl>"


def curves(minutes: Sequence[Mapping[str, float]]) -> str:
    """Return the tension measured in many runs, its deciles, and what was wanted."""
    if not minutes:
        return ""
    last = max(1, len(minutes) - 1)

    def spot(number: int, level: float) -> str:
        return f"{_LEFT + (_WIDE - _LEFT - _RIGHT) * number / last:.1f},{_level(level):.1f}"

    def along(name: str) -> str:
        return " ".join(spot(number, one[name]) for number, one in enumerate(minutes))

    band = " ".join(
        [along("high")]
        + [spot(number, minutes[number]["low"]) for number in range(len(minutes) - 1, -1, -1)]
    )
    parts = [_chart(f"0 0 {_WIDE} 218"), _scale()]
    parts.append(f'<polygon points="{band}" fill="{MEASURED}" opacity="0.16"/>')
    parts.append(_stroke(along("wanted"), WANTED, ' stroke-dasharray="6 4"'))
    parts.append(_stroke(along("tension"), MEASURED))
    step = 5 if len(minutes) <= 45 else 10
    for number in range(0, len(minutes), step):
        x = spot(number, 0).partition(",")[0]
        anchor = "end" if float(x) > _WIDE - 2 * _RIGHT else "middle"  # not over the edge
        parts.append(f'<text x="{x}" y="208" text-anchor="{anchor}">{number} min</text>')
    return "".join([*parts, "</svg>"])


def timeline(trial: Trial, names: Mapping[str, str]) -> str:
    """Return one run: its chapters, its tension, and below it each beat at its time.

    `names` are what people read for `beat.<id>` and `chapter.<id>`.
    """
    whole = max(1, trial.ended_ms)

    def x_at(ms: int) -> float:
        return round(_LEFT + (_WIDE - _LEFT - _RIGHT) * ms / whole, 1)

    rows = sorted((at_ms, beat) for beat, at_ms in trial.beats.items())
    high = 214 + _ROW * len(rows)
    parts = [_chart(f"0 0 {_WIDE} {high}")]
    chapters = sorted((at_ms, name) for name, at_ms in trial.chapters.items()) or [(0, "")]
    ends = [at_ms for at_ms, _ in chapters[1:]] + [whole]
    for number, ((from_ms, name), to_ms) in enumerate(zip(chapters, ends, strict=True)):
        left, right = x_at(from_ms), x_at(to_ms)
        said = escape(names.get(f"chapter.{name}", name))
        parts.append(
            f'<rect x="{left}" y="14" width="{right - left:.1f}" height="{high - 18}"'
            f' fill="{_BANDS[number % 2]}"><title>{said}</title></rect>'
        )
        if right - left > 6.5 * len(said):
            parts.append(f'<text x="{left + 5}" y="28" font-weight="600">{said}</text>')
    parts.append(_scale())
    for at, colour, dashes in ((2, WANTED, ' stroke-dasharray="6 4"'), (1, MEASURED, "")):
        points = [
            f"{x_at(1000 * one[0])},{_level(one[at] / 10):.1f}"
            for one in trial.tension
            if 1000 * one[0] <= whole
        ]
        parts.append(_stroke(" ".join(points), colour, dashes))
    for number, (at_ms, beat) in enumerate(rows):
        parts += _beat_row(x_at(at_ms), 208 + _ROW * number, at_ms, names.get(f"beat.{beat}", beat))
    return "".join([*parts, "</svg>"])


def _beat_row(x: float, y: int, at_ms: int, name: str) -> list[str]:
    """Draw a beat's dot with its words beside it, on the side where there is room."""
    words = f"{escape(name)} · {clock_of(at_ms)}"
    at = f'x="{x + 9:.1f}"' if x < _WIDE * 0.6 else f'x="{x - 9:.1f}" text-anchor="end"'
    return [
        (
            f'<line x1="{x}" x2="{x}" y1="190" y2="{y}" stroke="{LINE}"/>'
            f'<circle cx="{x}" cy="{y}" r="4.5" fill="{MEASURED}"/>'
            f'<text {at} y="{y + 4}" fill="{INK}">{words}</text>'
        )
    ]


def histogram(values_ms: Sequence[int]) -> str:
    """Return how often times of each length came, as upright bars over minutes."""
    if not values_ms:
        return ""
    step_ms = 60_000 * max(1, -(-max(values_ms) // (60_000 * _BARS)))
    counts = [0] * (max(values_ms) // step_ms + 1)
    for value in values_ms:
        counts[value // step_ms] += 1
    wide = (_WIDE - _LEFT - _RIGHT) / max(8, len(counts))
    parts = [_chart(f"0 0 {_WIDE} 150")]
    for number, count in enumerate(counts):
        x, high = _LEFT + number * wide, 100 * count / max(counts)
        middle = x + wide * 0.45
        shown = f'<text x="{middle:.1f}" y="{112 - high:.1f}" text-anchor="middle">{count}</text>'
        parts.append(
            f'<rect x="{x:.1f}" y="{118 - high:.1f}" width="{wide * 0.9:.1f}" height="{high:.1f}"'
            f' rx="2" fill="{MEASURED}"/>{shown if count else ""}'
            f'<text x="{middle:.1f}" y="136" text-anchor="middle">'
            f"{number * step_ms // 60_000}–{(number + 1) * step_ms // 60_000} min</text>"
        )
    return "".join([*parts, "</svg>"])


def key(*entries: tuple[str, str]) -> str:
    """Return a line that says which colour is what."""
    told = "".join(f"<span><i style='background:{c}'></i>{escape(w)}</span>" for c, w in entries)
    return f"<p class=key>{told}</p>"


def table(heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Return a table; what is a str is escaped."""
    head = "".join(f"<th>{escape(one)}" for one in heads)
    body = "".join(f"<tr>{''.join(f'<td>{escape(str(c))}' for c in row)}" for row in rows)
    return f"<div class=wide><table><tr>{head}</tr>{body}</table></div>"


def _chart(box: str) -> str:
    wide, high = box.split()[2:]
    return (
        f'<svg class="chart" viewBox="{box}" width="{wide}" height="{high}" font-size="12"'
        f' font-family="system-ui, sans-serif" fill="{DIM}" role="img">'
    )


def _level(tension: float) -> float:
    return 186 - 14.5 * tension


def _scale() -> str:
    return "".join(
        f'<line x1="{_LEFT}" x2="{_WIDE - _RIGHT}" y1="{_level(at)}" y2="{_level(at)}"'
        f' stroke="{LINE}"/>'
        f'<text x="{_LEFT - 8}" y="{_level(at) + 4}" text-anchor="end">{at}</text>'
        for at in (0, 5, 10)
    )


def _stroke(points: str, colour: str, dashes: str = "") -> str:
    return f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"{dashes}/>'
