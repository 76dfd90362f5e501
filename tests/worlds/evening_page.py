"""An evening as a page to read: what was typed set apart from what was shown, and when."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from worlds.evening_plans import Plan
from worlds.evening_terminal import Entry

_LINK: Final = re.compile(r"https?://[0-9.]+:\d+/w#\S+")
_MENU: Final = re.compile(r" *\d+  .| {4}and \d+ that cannot|You may:$")
_WHERE: Final = re.compile(r"\((?:Here|Ways|Here lies|You have): |until |\([^()]* — [^()]*\)$")


def page(plan: Plan, entries: Sequence[Entry], speed: int) -> str:
    """Return the page of an evening."""
    title = next(e.text.strip("- ") for e in entries if e.text.startswith("--- "))
    minutes = round(entries[-1].at_s / 60)
    head = f"""# An evening in {title}

One run of `worlds/{plan.pack}` in the terminal client, from its opening to an ending, as it was
shown. Ari plays {plan.who};
understudies play the others, and a director brings in what happens. The world ran
{speed / 1000:g} times as fast as it does for people, so that it took {minutes} minutes.

Behind `>` stands what was typed, with minutes and seconds since the start; a `>` alone is Enter,
which shows what may be done. An entry of these lists is kept where it is new, the rest is left
out as `[…]`; nothing else was changed. What typed was a small program that reads the screen, and
no two runs are the same:

```
PYTHONPATH=tests python -m worlds.evening {plan.pack}
```

By hand it is `./dream serve`, `./dream open {plan.pack} --private --speed {speed}`, and then
`./dream play LINK --plain --role {plan.role} --name Ari` (without `--plain` on a whole screen).

```text
"""
    return head + "\n".join(_lines(entries)) + "\n```\n"


def _lines(entries: Sequence[Entry]) -> Iterator[str]:
    """Yield the lines to read; of menus what was not read before."""
    known: set[str] = set()
    is_folded = is_empty = is_going_on = False
    for entry in entries:
        text = _LINK.sub("http://127.0.0.1:8765/w#…", entry.text).rstrip()
        if entry.kind == "typed":
            if not is_empty:
                yield ""
            yield f"{_clock(entry.at_s)} > {text}".rstrip()
            is_folded = is_empty = False
            continue
        is_list = is_going_on or _MENU.match(text) is not None or _WHERE.match(text) is not None
        is_going_on = (
            is_list and text.startswith("(" if not is_going_on else "") and text[-1:] != ")"
        )
        if is_list:
            if text in known and not text.startswith("You may"):
                if not is_folded:
                    yield "    […]"
                is_folded = True
                is_empty = False
                continue
            known.add(text)
        is_folded = False
        if not text and is_empty:
            continue
        is_empty = not text
        yield text


def _clock(at_s: float) -> str:
    return f"{int(at_s) // 60:02d}:{int(at_s) % 60:02d}"
