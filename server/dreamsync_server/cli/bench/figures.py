"""What a measurement found: figures beside their baseline and aim, as a table or as JSON."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from rich.console import Console
from rich.table import Table

from dreamsync_server.errors import OperatorError


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing that was measured several times.

    `values` are all of them, in `unit`; the median counts. `baseline` is what it is held against,
    measured in the same run. `aim` is the most that is aimed for, of the value itself or of its
    ratio to the baseline; None where the figure is only told.
    """

    name: str
    unit: str
    values: tuple[float, ...]
    baseline: float | None = None
    baseline_name: str = ""
    aim: float | None = None
    aim_of: Literal["value", "ratio"] = "value"
    note: str = ""

    @property
    def value(self) -> float:
        """The median."""
        return statistics.median(self.values)

    @property
    def ratio(self) -> float | None:
        """The median as a multiple of the baseline; None where there is none."""
        return self.value / self.baseline if self.baseline else None

    @property
    def is_met(self) -> bool | None:
        """Whether it is within its aim; None where there is none."""
        if self.aim is None:
            return None
        found = self.value if self.aim_of == "value" else self.ratio
        return found is not None and found <= self.aim

    def plain(self) -> dict[str, Any]:
        """Return it as plain values, for JSON."""
        return {
            "name": self.name,
            "unit": self.unit,
            "median": round(self.value, 4),
            "min": round(min(self.values), 4),
            "max": round(max(self.values), 4),
            "runs": len(self.values),
            "baseline": None if self.baseline is None else round(self.baseline, 4),
            "baseline_name": self.baseline_name,
            "ratio": None if self.ratio is None else round(self.ratio, 4),
            "aim": self.aim,
            "aim_of": self.aim_of,
            "is_met": self.is_met,
            "note": self.note,
        }


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that `share` (0..1) of the values do not exceed: the nearest rank.

    Raises:
        OperatorError: there is none: nothing came back in time to be measured.
    """
    if not values:
        raise OperatorError("nothing came back in time to be measured: is the machine too busy?")
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def print_table(
    figures: Iterable[Figure], console: Console | None = None, *, title: str = "bench"
) -> None:
    """Print figures with their baselines and aims."""
    table = Table(title=title, title_justify="left")
    for heading in ("figure", "median", "min–max", "baseline", "ratio", "aim", ""):
        is_text = heading in ("figure", "baseline", "")
        table.add_column(heading, justify="left" if is_text else "right", overflow="fold")
    for figure in figures:
        spread = f"{_short(min(figure.values))}–{_short(max(figure.values))}"
        held = ""
        if figure.baseline is not None:
            held = f"{_short(figure.baseline)} {figure.baseline_name}"
        table.add_row(
            f"{figure.name}\n[dim]{figure.note}[/dim]" if figure.note else figure.name,
            f"{_short(figure.value)} {figure.unit}",
            spread if len(figure.values) > 1 else "",
            held,
            "" if figure.ratio is None else f"{figure.ratio:.2f}",
            _aim(figure),
            {None: "", True: "[green]ok[/green]", False: "[red]misses[/red]"}[figure.is_met],
        )
    (console or Console()).print(table)


def _aim(figure: Figure) -> str:
    if figure.aim is None:
        return ""
    if figure.aim_of == "ratio":
        return f"≤ {figure.aim:g} ×"
    return f"≤ {figure.aim:g} {figure.unit}"


def _short(value: float) -> str:
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
