"""What happened, as lines to read. Pure."""

from dataclasses import dataclass
from typing import Final, Literal

from dreamsync import Event
from dreamsync_server.cli.play.glance import Glance, Somebody

Kind = Literal[
    "said", "mine", "whisper", "told", "beat", "chapter", "ending", "scene", "note", "no", "choice"
]
_ONLY_FOR_CLIENTS: Final = frozenset(("asked", "chosen"))
_WALKS: Final = ("go.left", "go.came")  # one's own is told by the scene that one comes into


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph of the story; `kind` says how it is drawn."""

    kind: Kind
    text: str

    def plain(self) -> str:
        """Return it for a place without colours."""
        match self.kind:
            case "beat":
                return f"\n*** {self.text}\n"
            case "chapter":
                return f"\n--- {self.text} ---\n"
            case "ending":
                return f"\n=== {self.text} ===\n"
            case "scene":
                return f"\n{self.text}"
            case "no":
                return f"! {self.text}"
            case "note":
                return f"({self.text})"
            case _:
                return self.text


def line_of(event: Event, seat: str) -> Line | None:
    """Return an event as a line for who holds `seat`; None where there is nothing to read."""
    text = printable(event.text)
    is_own_walk = event.key in _WALKS and event.who == seat
    if not text or event.kind in _ONLY_FOR_CLIENTS or is_own_walk:
        return None
    match event.kind:
        case "said":
            is_private = event.reach == "private"
            if event.who == seat:
                return Line("mine", f"You {'whisper' if is_private else 'say'}: “{text}”")
            how = " (to you)" if is_private else ""
            kind: Kind = "whisper" if is_private else "said"
            return Line(kind, f"{printable(event.who_name)}{how}: “{text}”")
        case "whisper":
            return Line("whisper", f"A voice from nowhere: “{text}”")
        case "chapter" | "ending":
            return Line(event.kind, text)
        case "nudge" if event.reach == "private":
            return Line("whisper", text)
        case "choice":
            return Line("choice", text)
        case "reset":
            return Line("note", f"You were away for too long to hear it all. You know:\n{text}")
        case "seat" | "paused" | "unpaused":
            return Line("note", text)
        case _:
            is_beat = event.kind == "beat" or event.key.startswith(("beat.", "ending."))
            return Line("beat" if is_beat else "told", text)


def arrival(glance: Glance, *, is_known: bool = False) -> list[Line]:
    """Return what there is to read on coming into a scene; of one that was read about, less."""
    name = glance.scene_name
    lines = [Line("scene", printable(name[:1].upper() + name[1:]))]
    if glance.scene_text and not is_known:
        lines.append(Line("told", printable(glance.scene_text)))
    if glance.people:
        lines.append(Line("note", f"Here: {', '.join(who_is(one) for one in glance.people)}"))
    if glance.lying:
        lines.append(Line("note", f"Here lies: {', '.join(glance.lying)}"))
    if glance.exits:
        lines.append(Line("note", f"Ways: {', '.join(glance.exits)}"))
    return lines


def who_is(one: Somebody) -> str:
    """Return somebody in a few words."""
    more = ", ".join(part for part in (one.played_by, *one.notes) if part)
    return printable(f"{one.name} [{more}]" if more else one.name)


def printable(text: str) -> str:
    """Return a text without anything that a terminal would obey."""
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text).strip()
