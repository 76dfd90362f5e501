"""Breaks what is said into lines of a terminal, between words. Pure."""

import re
import textwrap
from typing import Final

_WIDTH_MIN: Final = 20
_LEAD: Final = re.compile(r" *(?:\d+  |[a-z]  |  +)?")  # a menu's number or letter, or an indent


def wrapped(text: str, width: int) -> str:
    """Return a text whose lines are no wider than `width`, if that is wide enough to read.

    What a line goes on with stands below its first word, behind the number of a menu's entry.
    """
    return "\n".join(_line(line, width) for line in text.split("\n"))


def _line(line: str, width: int) -> str:
    if len(line) <= width or width < _WIDTH_MIN:
        return line
    lead = _LEAD.match(line)
    indent = " " * len(lead[0]) if lead is not None and len(lead[0]) < width // 2 else ""
    return "\n".join(textwrap.wrap(line, width, subsequent_indent=indent, break_on_hyphens=False))
