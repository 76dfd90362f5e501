"""Makes tests/vectors/drift.json and digest.json: run as a program it writes them anew.

The files are what other languages check themselves against; they are changed only on purpose.
"""

import json
import pathlib
import random
from typing import Any

from dreamsync_server.limits import DRIFT_RATE_MAX, DRIFT_UNIT, FACT_INT_MAX
from dreamsync_server.world.values import (
    Drift,
    TextRef,
    Value,
    add_hashes,
    digest_hex,
    hash_fact,
    hash_text,
)

FOLDER = pathlib.Path(__file__).parents[1] / "vectors"
HOUR_MS = 3_600_000

_DRIFTS = [
    Drift(7 * DRIFT_UNIT, -4, 0, 0, 10),
    Drift(7 * DRIFT_UNIT, 4, 5_000, 0, 10),
    Drift(0, 0, 0, 0, 10),
    Drift(5 * DRIFT_UNIT + 1, 0, 0, 0, 10),
    Drift(-3 * DRIFT_UNIT, -1, 100, -5, 5),
    Drift(-3 * DRIFT_UNIT - 1, 1, 100, -5, 5),
    Drift(-1, -1, 0, -5, 5),
    Drift(1, -1, 0, -5, 5),
    Drift(10 * DRIFT_UNIT, 4, 0, 0, 10),
    Drift(0, -4, 0, 0, 10),
    Drift(0, DRIFT_RATE_MAX, 0, 0, FACT_INT_MAX),
    Drift(-FACT_INT_MAX * DRIFT_UNIT, DRIFT_RATE_MAX, 0, -FACT_INT_MAX, FACT_INT_MAX),
    Drift(-FACT_INT_MAX * DRIFT_UNIT + 2_999, 3_000, 0, -FACT_INT_MAX, FACT_INT_MAX),
    Drift(FACT_INT_MAX * DRIFT_UNIT - 1, -7, 0, -FACT_INT_MAX, FACT_INT_MAX),
    Drift(FACT_INT_MAX * DRIFT_UNIT - 1, 0, 0, -FACT_INT_MAX, FACT_INT_MAX),
]

_FACTS: list[tuple[str, Value]] = [
    ("expo.crowd", 0),
    ("expo.crowd", 40),
    ("expo.crowd", -5),
    ("clock.bedtime", 2**53 - 1),
    ("expo.low", -(2**53 - 1)),
    ("night.dark", True),
    ("night.dark", False),
    ("leo.scene", "home.kitchen"),
    ("leo.player", ""),
    ("leo.player", "Zoë"),
    ("mia.player", "夢の同期"),
    ("ava.player", "🌙 moon"),
    ("ava.player", 'a "quote", a \\ and a / slash'),
    ("ava.player", "tab\tnewline\nreturn\rbell\u0007delete\u007f"),
    ("ava.player", "\u2028line and \u2029paragraph, \ufeffmark, e\u0301 is not é"),
    ("evidence.kinds", ()),
    ("evidence.kinds", ("memo", "scan")),
    ("dice.rolled", (3, -1, 6)),
    ("@session.abc", (True, 7, "ok", False)),
    ("leo.warmth", Drift(7 * DRIFT_UNIT, -4, 123_456, 0, 10)),
    ("leo.warmth", Drift(-1, 0, 0, -5, 5)),
    ("said.1", TextRef("t-1", "0123456789abcdef")),
    ("citizen.17.mood", "calm"),
]


def drift_vectors() -> list[dict[str, Any]]:
    """Return drifts with their fine and whole values at some world times."""
    # Seeded: the same on every machine.
    draw = random.Random(7)
    drifts = list(_DRIFTS)
    for _ in range(40):
        low = draw.randint(-FACT_INT_MAX, FACT_INT_MAX - 1)
        high = draw.randint(low, FACT_INT_MAX)
        fine = draw.randint(low * DRIFT_UNIT, high * DRIFT_UNIT)
        rate = draw.randint(-DRIFT_RATE_MAX, DRIFT_RATE_MAX)
        drifts.append(Drift(fine, rate, draw.randint(0, 10**9), low, high))
    return [_drift_vector(drift) for drift in drifts]


def digest_vectors() -> dict[str, Any]:
    """Return facts with their hashes, sums of them, and digests of texts people wrote."""
    facts = [
        {"name": name, "value": _on_the_wire(value), "hash": digest_hex(hash_fact(name, value))}
        for name, value in _FACTS
    ]
    every = [hash_fact(name, value) for name, value in _FACTS]
    whole = add_hashes(0, every)
    sums = [
        {"of": [], "digest": digest_hex(0)},
        {"of": list(range(len(every))), "digest": digest_hex(whole)},
        {
            "of": list(range(3, len(every))),
            "digest": digest_hex(add_hashes(whole, (), every[:3])),
        },
    ]
    texts = [
        {"salt": salt, "text": text, "digest": hash_text(salt, text)}
        for salt, text in (("", ""), ("s4lt", "now?"), ("s4lt", "jetzt? 夢 🌙"))
    ]
    return {"facts": facts, "sums": sums, "texts": texts}


def encoded(vectors: list[dict[str, Any]] | dict[str, Any]) -> str:
    """Return vectors as they stand in their file: one a line, where they are a list."""
    if isinstance(vectors, dict):
        return json.dumps(vectors, ensure_ascii=False, indent=1) + "\n"
    lines = ",\n".join(json.dumps(vector) for vector in vectors)
    return f"[\n{lines}\n]\n"


def _drift_vector(drift: Drift) -> dict[str, Any]:
    times = {0, drift.since_ms, drift.since_ms + 1, drift.since_ms + HOUR_MS - 1}
    times |= {drift.since_ms + HOUR_MS, drift.since_ms + 10 * HOUR_MS, 10**14}
    if drift.rate:
        end = (drift.high if drift.rate > 0 else drift.low) * DRIFT_UNIT
        end_ms = drift.since_ms - (-abs(end - drift.fine) // abs(drift.rate))
        times |= {end_ms - 1, end_ms, end_ms + 1}
    at = [[ms, drift.fine_at(ms), drift.at(ms)] for ms in sorted(times) if ms >= 0]
    return {**drift._asdict(), "at": at}


def _on_the_wire(value: Value) -> Any:
    if isinstance(value, Drift):
        fine, rate, since, low, high = value
        return {"fine": fine, "rate": rate, "since": since, "low": low, "high": high}
    if isinstance(value, TextRef):
        return value._asdict()
    return list(value) if isinstance(value, tuple) else value


def main() -> None:
    """Write both files."""
    (FOLDER / "drift.json").write_text(encoded(drift_vectors()), "utf-8")
    (FOLDER / "digest.json").write_text(encoded(digest_vectors()), "utf-8")


if __name__ == "__main__":
    main()
