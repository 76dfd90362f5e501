"""`dreamsync learn`: rehearse a pack, and write what it teaches into the pack's `odds.yaml`."""

import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path

from dreamsync_server.cli.called import own_command
from dreamsync_server.cli.check import folder_of, report
from dreamsync_server.cli.telling import FAILED, print_json
from dreamsync_server.packs import check_folder, load_folder
from dreamsync_server.packs.hashing import ODDS
from dreamsync_server.packs.odds import conditions_of, dump_odds
from dreamsync_server.story.learning import (
    Candidate,
    Learned,
    learn_from_run,
    moments_of,
    odds_from,
    texts_of,
)
from dreamsync_server.world.model import Pack
from dreamsync_server.world.odds import Odds

RUNS: int = 400


def learn(
    pack: str, runs: int, seed: int, jobs: int, *, is_check: bool = False, is_json: bool = False
) -> int:
    """Learn a pack's odds and write them; `is_check` only says whether those it has are good.

    Raises:
        OperatorError: there is no such pack.
    """
    folder = folder_of(pack).resolve()
    checked = check_folder(folder)
    if checked.pack is None:
        print(report(checked, folder), file=sys.stderr)
        return FAILED
    if is_check:
        return _tell(folder, checked.pack.odds, is_json=is_json)
    candidates = _candidates(folder)
    wanted = [(folder, seed, number) for number in range(runs)]
    with ProcessPoolExecutor(jobs) as pool:
        learned: Sequence[Learned] = list(pool.map(_one, wanted, chunksize=4))
    odds = odds_from(checked.pack, candidates, learned, seed)
    (folder / ODDS).write_text(dump_odds(checked.pack.id, odds), "utf-8")
    return _tell(folder, odds, is_json=is_json)


def _tell(folder: Path, odds: Odds | None, *, is_json: bool) -> int:
    there = (folder / ODDS).exists()
    if odds is None:
        said = "learned with other rules of the pack" if there else "nothing was learned yet"
        if is_json:
            print_json({"ok": False, "why": said})
        else:
            print(f"{folder.name}: {said}; run `{own_command()} learn {folder.name}`")
        return FAILED
    if is_json:
        parts = {
            name: {
                "states": part.states,
                "signs": len(part.signs),
                "bits": part.bits[0] / 100,
                "bits_without": part.bits[1] / 100,
            }
            for name, part in odds.chapters.items()
        }
        print_json(
            {"ok": True, "runs": odds.runs, "endings": list(odds.endings), "chapters": parts}
        )
        return 0
    print(f"{folder.name}: odds of {len(odds.endings)} endings, learned from {odds.runs} runs")
    print("  of how runs kept aside end, in bits:      left open   without signs   signs")
    for name, part in odds.chapters.items():
        left, without = (f"{bits / 100:.2f}" for bits in part.bits)
        print(f"  {name:<40}{left:>11}{without:>16}{len(part.signs):>8}")
    return 0


def _one(wanted: tuple[Path, int, int]) -> Learned:
    folder, seed, number = wanted
    return learn_from_run(_pack(folder), _candidates(folder), seed, number)


@cache
def _pack(folder: Path) -> Pack:
    return load_folder(folder)


@cache
def _candidates(folder: Path) -> tuple[Candidate, ...]:
    checked = check_folder(folder)
    assert checked.pack is not None, "looked at before"
    compiled = conditions_of(checked.files, texts_of(checked.pack))
    found = [Candidate(when) for when in compiled if when is not None]
    return (*found, *moments_of(checked.pack))
