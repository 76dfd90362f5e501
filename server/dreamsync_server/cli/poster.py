"""The poster: what `serve` says once people can come."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import segno

QR_WIDTH_MAX = 60  # columns; a longer link gets no picture


@dataclass(frozen=True, slots=True)
class Poster:
    """What a host wants to know first."""

    title: str
    link: str
    world: str
    roles: Sequence[tuple[str, str]]  # (role, who holds it)
    where: str  # the data and the store
    survives: str
    watched: str = ""  # what of packs is watched (`--dev`)
    command: str = "./dream"  # how this server's commands are called here

    def text(self) -> str:
        """Return the poster, a picture of the link included."""
        waiting = [role for role, held in self.roles if held != "player"]
        lines = [
            "",
            f"  Dreamsync is open: {self.title}",
            f"  {self.link}",
            "",
            qr_of(self.link),
            *(self._how_to_play(waiting) if self.world else []),
            f"  Data:  {self.where}",
            f"  It survives:  {self.survives}",
            *([f"  Watched:  {self.watched}"] if self.watched else []),
            "  Ctrl-C stops everything; nothing is lost.",
            "",
        ]
        return "\n".join(lines)

    def _how_to_play(self, waiting: Sequence[str]) -> list[str]:
        return [
            f"  In another terminal:  {self.command} play {self.link}",
            f"  Roles that wait:  {', '.join(waiting) if waiting else 'none: all are taken'}",
        ]


def qr_of(link: str) -> str:
    """Return a link as a picture made of half blocks, indented by two."""
    code = segno.make(link, error="l", micro=False)
    if code.symbol_size(border=1)[0] > QR_WIDTH_MAX:
        return ""
    out = io.StringIO()
    code.terminal(out, border=1, compact=True)
    return "\n".join("  " + line for line in out.getvalue().splitlines()) + "\n"
