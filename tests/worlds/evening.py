"""Play one evening of a shipped world through the terminal client, and write it down.

    PYTHONPATH=tests python -m worlds.evening expo        # writes docs/evening-expo.md

It starts `./dream serve`, opens a private world, and plays one role in `./dream play --plain` as a
person would, in a terminal of its own: it reads what is shown and types numbers, words and answers.
Understudies play the others, in real time, so that no two evenings are the same.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from worlds.evening_page import page
from worlds.evening_plans import PLANS, Plan
from worlds.evening_terminal import Terminal

ROOT: Final = Path(__file__).parents[2]
LONGEST_S: Final = 1_200.0
START_S: Final = 60.0
REST_S: Final = 4.0  # between two moves
_ENTRY: Final = re.compile(r" *(\d+)  (.+?)( …)?$")
_LETTER: Final = re.compile(r" *([a-z])  (.+)$")
_ENDED: Final = "(The story has ended."


class Player:
    """Types what its plan wants most of what the screen offers."""

    def __init__(self, terminal: Terminal, plan: Plan) -> None:
        self._terminal = terminal
        self._plan = plan
        self._done = [0] * len(plan.wishes)
        self._moves = 0
        self._last: dict[int, int] = {}

    def play(self) -> None:
        """Play until the story has ended, or for as long as an evening may last."""
        until_s = time.monotonic() + LONGEST_S
        self._terminal.listen(2.0)
        self._type("?")
        while not (has_ended := self._has_ended()) and time.monotonic() < until_s:
            self._moves += 1
            self._move(self._type(""))
            self._terminal.listen(REST_S)
        if not has_ended:
            raise TimeoutError("the story did not end in time")
        self._type("/me")
        self._type("/leave")

    def _has_ended(self) -> bool:
        return any(line.startswith(_ENDED) for line in self._terminal.recent())

    def _type(self, line: str) -> list[str]:
        self._terminal.type(line)
        return self._terminal.listen(0.8)

    def _move(self, shown: list[str]) -> None:
        menu = {m[2]: m[1] for line in shown if (m := _ENTRY.match(line))}
        letters = {m[2]: m[1] for line in shown if (m := _LETTER.match(line))}
        for wanted in self._plan.answers:
            for label, letter in letters.items():
                if re.search(wanted, label):
                    self._type(letter)
                    return
        for index, wish in enumerate(self._plan.wishes):
            if self._done[index] >= wish.most or self._moves - self._last.get(index, -9) < 2:
                continue
            for label, number in menu.items():
                if re.search(wish.label, label):
                    self._last[index] = self._moves
                    if self._do(number, wish.given[self._done[index] % len(wish.given)]):
                        self._done[index] += 1
                    return

    def _do(self, number: str, given: tuple[str, ...]) -> bool:
        """Do what has a number and answer what is asked; return whether it was done."""
        shown = self._type(number)
        waiting = list(given)
        while _is_asked(shown):
            shown = self._type(_answer(shown, waiting.pop(0) if waiting else ""))
        return not any(line.startswith("! ") for line in shown)


def _answer(shown: list[str], wanted: str) -> str:
    """Return the number of the first option that has a wanted part (`one|other`), else 1."""
    options = {m[2].lower(): m[1] for line in shown if (m := _ENTRY.match(line))}
    if not options:
        return wanted
    found = (number for part in wanted.split("|") for label, number in options.items()
             if part and part in label)  # fmt: skip
    return next(found, "1")


def _is_asked(shown: list[str]) -> bool:
    return any("(nothing: leave it)" in line for line in shown)


def evening(plan: Plan, dream: Path, speed: int) -> str:
    """Play an evening and return its page."""
    with tempfile.TemporaryDirectory() as data:
        served = [str(dream), "serve", "--port", "0", "--public", "starter", "--data", data]
        server = subprocess.Popen(
            served, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT
        )
        try:
            link = _opened(dream, plan.pack, speed, _address(server))
            command = [str(dream), "play", link, "--plain", "--role", plan.role, "--name", "Ari"]
            with Terminal(command, ROOT) as terminal:
                Player(terminal, plan).play()
                return page(plan, terminal.entries, speed)
        finally:
            server.terminate()
            server.wait(START_S)


def _opened(dream: Path, pack: str, speed: int, url: str) -> str:
    """Open a world and return its link; a server on a busy machine is asked again."""
    command = [str(dream), "open", pack, "--private", "--speed", str(speed), "--url", url, "--json"]
    until_s = time.monotonic() + START_S
    while True:
        told = subprocess.run(
            command, check=False, capture_output=True, text=True, cwd=ROOT, timeout=START_S
        )
        if told.returncode == 0:
            return str(json.loads(told.stdout)["link"])
        if time.monotonic() > until_s:
            raise OSError(told.stderr or told.stdout)
        time.sleep(2.0)


def _address(server: "subprocess.Popen[str]") -> str:
    """Return where a server listens, from what it prints."""
    assert server.stdout is not None, "it was started with a pipe"
    for line in server.stdout:
        if found := re.search(r"https?://[0-9.]+:\d+", line):
            return found[0]
    raise OSError("the server ended before it listened")


def main(arguments: list[str]) -> int:
    """Write the page of an evening."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("pack", choices=sorted(PLANS))
    parser.add_argument("--speed", type=int, default=6_000, help="world milliseconds a second")
    parser.add_argument("--into", type=Path, help="the page; docs/evening-PACK.md if not given")
    given = parser.parse_args(arguments)
    dream = Path(os.environ.get("DREAM", str(ROOT / "dream")))
    text = evening(PLANS[given.pack], dream, given.speed)
    into: Path = given.into or ROOT / "docs" / f"evening-{given.pack}.md"
    into.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
