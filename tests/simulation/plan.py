"""What a seed stands for: how many nodes, which faults, how often."""

import random
from dataclasses import dataclass
from typing import Final

FAULTS: Final = (
    "kill", "freeze", "drain", "cut_off", "slow_store", "lossy_store", "mute_store",
    "deaf_store", "silent_store", "refusing_store", "fail_over", "cut_lines", "stall_lines",
    "outage", "slow_lines", "echo_lines", "kill_director", "freeze_director", "double_director",
)  # fmt: skip
_RESTLESS: Final = 8  # each eighth seed is


@dataclass(frozen=True)
class Plan:
    """One run's circumstances. Times are virtual seconds."""

    seed: int
    nodes: int
    is_replicated: bool
    has_understudies: bool
    players: tuple[str, ...]
    speed: int  # world ms a second
    faults: tuple[str, ...]
    gap_s: float  # between two faults, in the mean
    faults_s: float  # for how long there are faults
    pause_s: float  # between two things one player does
    odd_share: float  # of what players do: give seats up and take them, pause, go on

    def told(self) -> str:
        """Return it in one line."""
        store = "replicated" if self.is_replicated else "solo"
        return (
            f"seed {self.seed}: {self.nodes} nodes, {store}, players {' '.join(self.players)},"
            f" understudies {self.has_understudies}, speed {self.speed}, {self.faults_s:.1f} s of"
            f" {' '.join(self.faults)} each {self.gap_s:.2f} s"
        )


def plan_of(seed: int) -> Plan:
    """Return the plan of a seed. Each has some sorts of faults only, so that each sort is met both
    alone and among others."""
    dice = random.Random(f"plan {seed}")
    if seed % _RESTLESS == _RESTLESS - 1:
        return _restless(seed, dice)
    is_replicated = dice.random() < 0.3
    possible = [name for name in FAULTS if is_replicated or name != "fail_over"]
    count = dice.choice((1, 2, 3, 4, 6))
    return Plan(
        seed=seed,
        nodes=dice.choice((1, 2, 2, 3)),
        is_replicated=is_replicated,
        has_understudies=dice.random() < 0.6,
        players=dice.choice((("ada", "ben"), ("ada", "ben", "guest"), ("ben", "guest"))),
        speed=dice.choice((1_000, 8_000, 30_000)),
        faults=tuple(dice.sample(possible, count)),
        gap_s=dice.choice((0.25, 0.5, 1.0)),
        faults_s=dice.uniform(4.0, 9.0),
        pause_s=dice.choice((0.06, 0.15, 0.3)),
        odd_share=0.1,
    )


def _restless(seed: int, dice: random.Random) -> Plan:
    """Return a plan in which seats and directors change while what was proposed is under way."""
    return Plan(
        seed=seed,
        nodes=dice.choice((1, 2)),
        is_replicated=False,
        has_understudies=True,
        players=("ada", "ben"),
        speed=30_000,
        faults=(
            "late_letters", "late_letters", "deaf_store", "deaf_store", "kill_director",
            "double_director", "double_director", "slow_store",
        ),
        gap_s=0.4,
        faults_s=dice.uniform(6.0, 9.0),
        pause_s=0.1,
        odd_share=0.7,
    )  # fmt: skip
