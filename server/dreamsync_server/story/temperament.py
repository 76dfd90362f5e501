"""Temperaments: the same director, differently weighted."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Temper:
    """What a temperament weighs. Scores are in points; a beat needs `bar` of them to be cued.

    `slope` and `spotlight` are percentages of the usual; `intrusion` is points for each step of
    a beat's intrusion; `lift` tenths of tension wanted more than the chapter says; `breadth` how
    many points behind the best another beat may still be drawn; `impatience_ms` the time without
    a beat after which nothing is waited for; `stall_ms` before the first rung of the rescue;
    `dead_end` the thousandths of chance of any sought ending below which it begins at once.
    """

    slope: int
    spotlight: int
    intrusion: int
    lift: int
    bar: int
    breadth: int
    impatience_ms: int
    stall_ms: int
    dead_end: int


TEMPERS: Final[Mapping[str, Temper]] = {
    "patient": Temper(100, 100, -4, 0, 34, 14, 75_000, 90_000, 250),
    "mischievous": Temper(70, 80, 3, 8, 26, 24, 55_000, 75_000, 150),
    "kind": Temper(110, 140, -7, -6, 32, 14, 70_000, 60_000, 350),
}
