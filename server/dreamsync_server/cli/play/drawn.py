"""Meters, menus and lists in words and bars, the same on a screen and line by line. Pure."""

from collections.abc import Iterable, Sequence
from typing import Final

from dreamsync_server.cli.play.form import Form
from dreamsync_server.cli.play.glance import Countdown, Glance, Meter
from dreamsync_server.cli.play.menu import Answer, Entry, Menu
from dreamsync_server.cli.play.story import printable, who_is

BAR: Final = 8
HELP: Final = (
    "Type a number to do what has it, a letter to answer a question.",
    "Type words and Enter to say them aloud; “go kitchen” walks.",
    "Enter alone: where you are, and what you may do.",
    "/all  and what cannot be done just now, and why   /look  what it is like here",
    "/me  all you know of yourself and the world     /who  who is in the world",
    "/pause  stop the world for everybody            /on   let it go on",
    "/wait 5  do nothing for five seconds            /leave  give the role back and go",
)


def bar(meter: Meter, width: int = BAR) -> str:
    """Return a meter as a bar: `█████░░░`; a value below zero is drawn from the left end too."""
    span = max(1, meter.high - meter.low)
    full = (meter.value - meter.low) * width // span
    if meter.value > meter.low:
        full = max(1, full)
    return "█" * full + "░" * (width - full)


def drift_mark(meter: Meter) -> str:
    """Return which way a meter moves by itself."""
    return "↗" if meter.rate > 0 else "↘" if meter.rate < 0 else ""


def in_order(meters: Sequence[Meter], recent: Sequence[str]) -> list[Meter]:
    """Return meters as they are worth looking at.

    First what moves by itself or has moved lately (newest first), then one's own, then the rest.
    """
    lately = {name: rank for rank, name in enumerate(recent)}

    def rank(meter: Meter) -> tuple[int, int, int]:
        is_at_rest = meter.value == 0 or meter.value == meter.low
        if meter.name in lately:
            return (0, lately[meter.name], 0)
        if meter.rate:
            return (1, 0, 0)
        return (2, int(not meter.is_own), int(is_at_rest))

    return sorted(meters, key=rank)


def span_of(ms: int) -> str:
    """Return a time that is left: `45 s`, `2:05`."""
    seconds = -(-ms // 1000)
    return f"{seconds} s" if seconds < 60 else f"{seconds // 60}:{seconds % 60:02d}"


def entry_line(entry: Entry, world_ms: int) -> str:
    """Return an action of the menu, with why it cannot be done now."""
    offer = entry.offer
    line = f"{entry.number:>2}  {printable(offer.label)}"
    if offer.is_ready:
        return f"{line} …" if offer.params else line
    if offer.code == "cooldown" and offer.ready_ms is not None:
        return f"{line} — in {span_of(max(0, offer.ready_ms - world_ms))}"
    return f"{line} — {printable(_reason(entry))}"


def _reason(entry: Entry) -> str:
    """Return why not; that there is nothing to choose is said in shorter words than the wire's."""
    if entry.offer.code == "bad_parameter":
        return "nobody and nothing for that here"
    return entry.offer.why or "not now"


def menu_lines(menu: Menu, glance: Glance, *, has_all: bool = False) -> list[str]:
    """Return what can be typed now; with all, also what cannot be done just now, and why not."""
    lines = []
    for choice in glance.choices:
        left = ""
        if choice.until_ms is not None:
            left = f" ({span_of(max(0, choice.until_ms - glance.world_ms))} left)"
        lines.append(f"{printable(choice.ask)}{left}")
        lines += [answer_line(answer) for answer in menu.answers if answer.choice == choice]
    shown = [entry for entry in menu.entries if has_all or entry.offer.is_ready]
    lines += [entry_line(entry, glance.world_ms) for entry in shown]
    if left_off := len(menu.entries) - len(shown):
        lines.append(f"    and {left_off} that cannot be done just now: /all")
    return lines


def answer_line(answer: Answer) -> str:
    """Return one answer to a choice."""
    return f" {answer.letter}  {printable(answer.option.label)}"


def form_lines(form: Form) -> list[str]:
    """Return what a form asks, with what there is to pick from."""
    options = (
        f"{number:>2}  {printable(option.label)}" for number, option in enumerate(form.options(), 1)
    )
    return [f"{printable(form.question())}  (nothing: leave it)", *options]


def clock_line(clock: Countdown) -> str:
    """Return a running clock."""
    return f"{printable(clock.label)}: {span_of(clock.left_ms)}"


def sheet(glance: Glance) -> list[str]:
    """Return all that a player knows of the role and of the world."""
    lines = [f"You are {glance.role_name}."]
    if glance.having:
        lines.append(f"You have: {', '.join(glance.having)}")
    own = [meter for meter in glance.meters if meter.is_own]
    world = [meter for meter in glance.meters if not meter.is_own]
    lines += _meters(own)
    lines += [f"  {note.label}: {printable(note.text) or '—'}" for note in glance.notes
              if note.is_own and note.is_set]  # fmt: skip
    lines += ["The world:", *_meters(world)]
    lines += [f"  {note.label}: {printable(note.text) or '—'}" for note in glance.notes
              if not note.is_own and note.is_set]  # fmt: skip
    lines += [f"  {clock_line(clock)}" for clock in glance.clocks]
    return lines


def _meters(meters: Iterable[Meter]) -> list[str]:
    return [
        f"  {bar(meter)} {meter.value:>3} {printable(meter.label)} {drift_mark(meter)}".rstrip()
        for meter in meters
    ]


def here_lines(glance: Glance) -> list[str]:
    """Return where a player is, in a few lines."""
    lines = [f"{glance.scene_name} — {glance.chapter}"]
    if glance.people:
        lines.append(f"Here: {', '.join(who_is(one) for one in glance.people)}")
    if glance.lying:
        lines.append(f"Here lies: {', '.join(glance.lying)}")
    if glance.having:
        lines.append(f"You have: {', '.join(glance.having)}")
    if glance.exits:
        lines.append(f"Ways: {', '.join(glance.exits)}")
    return [*lines, *(clock_line(clock) for clock in glance.clocks)]
