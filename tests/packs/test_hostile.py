"""Hostile packs: whatever is in the files, faults come out and nothing else, in bounded time."""

import random
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from dreamsync_server.limits import PACK_FAULTS_MAX, PACK_FILE_BYTES_MAX
from dreamsync_server.packs import PackFaultsError, check_files, load
from dreamsync_server.packs.faults import Faults
from dreamsync_server.packs.read import read_folder

Files = dict[str, str]

MUTATIONS = 40  # of each kind; more by hand: change it and run again
SCRAPS = (
    "[", "{", "]", "}", ":", "- ", "? ", "&a ", "*a ", "!!set ", "|", ">", "'", '"', "#", "\t",
    "\n", "\x00", "\u2028", "\ud800", "💣", "%YAML 1.1\n", "---\n", "...\n", "<<: ", "$", "\\",
)  # fmt: skip
VALUES: tuple[Any, ...] = (
    None, True, -1, 10**30, 1.5, float("nan"), "", " ", "me", "all", "nobody", "x" * 3_000, [], {},
    [[]], {"a": {}}, [None], "me.me.me", "ada", "guest", "1 + " * 400 + "1", "(" * 300, "not " * 90,
    "ada.scene", "9 ** 9 ** 9", "{me}{", "scene:", "role:", "$words", "stop", "0 per hour",
    "any(any(r == q for r in roles) for q in roles)", "cued(x)", "`", "1 //", "10s", ["ada", "ada"],
)  # fmt: skip


@pytest.fixture(scope="module")
def starter(checkout: Path) -> Files:
    return dict(read_folder(checkout / "worlds" / "starter", Faults()))


def only_faults_come_out(files: Mapping[str, str]) -> bool:
    """Load a pack; return whether it was refused. Anything but faults fails the test."""
    refusal = refusal_of(files)
    if refusal is None:
        return False
    assert 0 < len(refusal.faults) <= PACK_FAULTS_MAX
    for fault in refusal.faults:
        assert fault.line >= 1, fault
        assert fault.column >= 1, fault
        assert fault.file, fault
        assert str(fault).isprintable(), fault
    return True


def refusal_of(files: Mapping[str, str]) -> PackFaultsError | None:
    try:
        load(files)
    except PackFaultsError as error:
        return error
    return None


def scatter(rng: random.Random, text: str) -> str:
    """Cut, double and insert at random."""
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(len(text) + 1)
        match rng.randrange(4):
            case 0:
                text = text[:at] + rng.choice(SCRAPS) + text[at:]
            case 1:
                text = text[:at] + text[at + rng.randint(1, 40) :]
            case 2:
                text = text[:at] + text[max(0, at - 60) :]
            case _:
                text = text[:at] + chr(rng.randrange(0x20, 0x2FFF)) + text[at + 1 :]
    return text


def graft(rng: random.Random, node: Any) -> Any:
    """Put a hostile value somewhere into a tree, take something out, or rename a key."""
    if isinstance(node, dict) and node and rng.random() < 0.85:
        key = rng.choice(list(node))
        if rng.random() < 0.1:
            return {k: v for k, v in node.items() if k != key}
        if rng.random() < 0.1:
            new = rng.choice([v for v in VALUES if isinstance(v, str)])
            return {(new if k == key else k): v for k, v in node.items()}
        return {k: (graft(rng, v) if k == key else v) for k, v in node.items()}
    if isinstance(node, list) and node and rng.random() < 0.85:
        at = rng.randrange(len(node))
        return [*node[:at], graft(rng, node[at]), *node[at + (rng.random() < 0.9) :]]
    return rng.choice(VALUES)


@pytest.mark.parametrize("seed", range(MUTATIONS))
def test_mutated_text_gives_faults_alone(starter: Files, seed: int) -> None:
    rng = random.Random(seed)
    for name in rng.sample(sorted(starter), 2):
        only_faults_come_out({**starter, name: scatter(rng, starter[name])})


@pytest.mark.parametrize("seed", range(MUTATIONS))
def test_mutated_trees_give_faults_alone(starter: Files, seed: int) -> None:
    rng = random.Random(seed)
    for name in sorted(starter):
        tree = yaml.safe_load(starter[name])
        for _ in range(rng.randint(1, 3)):
            tree = graft(rng, tree)
        only_faults_come_out({**starter, name: yaml.safe_dump(tree, allow_unicode=True)})


def many(section: str, body: str, count: int = 4_000) -> str:
    return f"{section}:\n" + "".join(f"  x{k}: {body}\n" for k in range(count))


FLOODS: Mapping[str, Callable[[], str]] = {
    "facts of every pair": lambda: many("roles", "{scene: house.attic}", 60)
    + many("facts", "{about: pair, type: bool}", 3),
    "thousands of facts": lambda: many("facts", "{type: int, range: [0, 1]}"),
    "thousands of actions": lambda: many("actions", "{by: cast, do: [tell: nothing]}"),
    "thousands of broken conditions": lambda: many("laws", "{when: adda.nerve > 1, do: []}"),
    "thousands of unknown keys": lambda: many("laws", "{wehn: x, od: []}"),
    "thousands of unknown ids": lambda: many("sets", "[adda, benn]"),
    "thousands of broken facts": lambda: many("facts", "{type: into}", 2_000)
    + many("laws", "{when: x1 > 1 and x2 > 2 and x3 > 3, do: []}", 2_000),
    "a set of thousands": lambda: "sets: {s: [" + "adda, " * 20_000 + "ben]}",
    "loops in loops": lambda: "laws: {a: {when: '" + "any(" * 6 + "r.nerve > 1"
    + "".join(f" for r{k} in roles)" for k in range(6)) + "', do: []}}",
    "effects in effects": lambda: "laws: {a: {when: house.hush > 1, do: "
    + "[{if: house.hush > 1, then: " * 13 + "[]" + "}]" * 13 + "}}",
    "choruses of thousands": lambda: many("roles", "{scene: house.attic, chorus: 2000}", 60),
    "words much alike": lambda: many("sets", "[" + "a" * 70 + "]"),
    "one long line": lambda: "sets: {a: '" + "x" * 400_000 + "'}",
    "a text of braces": lambda: "sets: {a: [" + "{" * 20 + "}" * 20 + "]}",
    "a long dotted name": lambda: "laws: {a: {when: " + ".".join(["a"] * 900) + " > 1, do: []}}",
}  # fmt: skip


@pytest.mark.parametrize("flood", FLOODS)
def test_floods_end_in_faults(starter: Files, flood: str) -> None:
    text = FLOODS[flood]()
    assert len(text.encode()) <= PACK_FILE_BYTES_MAX
    assert only_faults_come_out({**starter, "flood.yaml": text})


def test_a_text_file_of_braces_and_thousands_of_keys_ends_in_faults(starter: Files) -> None:
    text = "".join(f"k{k}: '{{a}} {{'\n" for k in range(5_000))
    assert only_faults_come_out({**starter, "text/en/flood.yaml": text + "title: again\n"})


def test_hostile_rehearsals_end_in_faults(starter: Files) -> None:
    rng = random.Random(7)
    step = {"at": 0, "by": "player", "kind": "act", "role": "ada", "do": "talk", "with": {"a": 1}}
    tree = {"format": 1, "pack": "starter", "seed": 7, "steps": [step] * 3, "ends": "morning"}
    for _ in range(4 * MUTATIONS):
        text = yaml.safe_dump(graft(rng, tree), allow_unicode=True)
        only_faults_come_out({**starter, "rehearsals/run.yaml": text})


def test_an_empty_pack_and_one_of_nothing_are_faults() -> None:
    assert only_faults_come_out({})
    assert only_faults_come_out({"pack.yaml": ""})
    assert check_files({}).pack is None
