"""The whole screen as lines of styled text. Pure: the same view gives the same lines.

title, chapter, time            one line
story                │ panel    who is here, what one has, meters, clocks
─────                           a rule with a word about the line
questions, actions              what can be typed, in two columns where there is room
> typed                         the line that is being typed
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from dreamsync_server.cli.play import drawn
from dreamsync_server.cli.play.form import Form
from dreamsync_server.cli.play.glance import Glance, Meter
from dreamsync_server.cli.play.menu import Menu
from dreamsync_server.cli.play.story import Line, printable, who_is
from dreamsync_server.cli.telling import clock_of

PANEL_WIDTH: Final = 28
PANEL_FROM_WIDTH: Final = 64  # a narrower screen has no panel
STORY_HEIGHT_MIN: Final = 6
FEW_OPTIONS: Final = 6  # stand in one column
_STYLES: Final = {
    "said": "", "mine": "cyan", "whisper": "magenta", "told": "", "beat": "bold yellow",
    "chapter": "bold reverse", "ending": "bold reverse yellow", "scene": "bold underline",
    "note": "dim", "no": "red", "choice": "bold magenta",
}  # fmt: skip
_SPACED: Final = frozenset(("scene", "beat", "chapter", "ending", "choice"))


@dataclass(frozen=True, slots=True)
class View:
    """What is drawn. `scroll` is how many lines of the story lie below what is shown."""

    glance: Glance
    menu: Menu
    story: Sequence[Line]
    form: Form | None = None
    typed: str = ""
    cursor: int = 0
    scroll: int = 0
    recent: Sequence[str] = ()
    is_live: bool = True


def draw(view: View, width: int, height: int) -> list[Text]:
    """Return exactly `height` lines, none wider than `width` cells."""
    foot = _foot(view, width, max(3, height - 2 - STORY_HEIGHT_MIN))
    body_height = max(1, height - 1 - len(foot))
    has_panel = width >= PANEL_FROM_WIDTH
    story_width = width - PANEL_WIDTH - 3 if has_panel else width
    story = _story(view, story_width, body_height)
    panel = _panel(view)[:body_height] if has_panel else []
    lines = [_head(view, width)]
    for row in range(body_height):
        line = story[row]
        if has_panel:
            side = panel[row] if row < len(panel) else Text()
            side.truncate(PANEL_WIDTH, overflow="ellipsis")
            line = _fit(line, story_width) + Text(" │ ", style="dim") + side
        lines.append(line)
    return [*lines, *foot][:height]


def story_rows(story: Iterable[Line], width: int) -> list[Text]:
    """Return the story wrapped to a width, with room around what stands out."""
    console = Console(width=width, color_system=None)
    rows: list[Text] = []
    for line in story:
        if line.kind in _SPACED and rows and rows[-1].plain:
            rows.append(Text())
        text = Text(line.text, style=_STYLES[line.kind])
        rows.extend(text.wrap(console, width))
        if line.kind in ("beat", "chapter", "ending"):
            rows.append(Text())
    return rows


def _head(view: View, width: int) -> Text:
    glance = view.glance
    left = f" {glance.title} · {glance.chapter} · {glance.scene_name}"
    state = "paused" if glance.is_paused else "" if glance.is_running else "at rest"
    right = f"{glance.role_name}  {clock_of(glance.world_ms)} {state} ".replace("  ", " ")
    room = max(0, width - cell_len(right))
    return Text(set_cell_size(printable(left), room) + right, style="reverse")


def _story(view: View, width: int, height: int) -> list[Text]:
    rows = story_rows(view.story, width)
    scroll = min(view.scroll, max(0, len(rows) - height))
    end = len(rows) - scroll
    shown = rows[max(0, end - height) : end]
    return [Text()] * (height - len(shown)) + shown


def _panel(view: View) -> list[Text]:
    glance = view.glance
    rows = [Text(who_is(one), style="bold") for one in glance.people]
    rows += [Text(f"here: {thing}", style="dim") for thing in glance.lying]
    rows += [Text(f"have: {thing}", style="green") for thing in glance.having]
    rows += [Text(drawn.clock_line(clock), style="yellow") for clock in glance.clocks]
    if rows:
        rows.append(Text())
    recent = set(view.recent)
    rows += [_meter(meter, meter.name in recent)
             for meter in drawn.in_order(glance.meters, view.recent)]  # fmt: skip
    return rows


def _meter(meter: Meter, is_recent: bool) -> Text:
    mark = drawn.drift_mark(meter)
    text = Text()
    text.append(drawn.bar(meter, 6), style="cyan" if meter.is_own else "blue")
    text.append(f" {meter.value}{mark} ", style="bold" if is_recent else "")
    text.append(printable(meter.label), style="" if is_recent or meter.is_own else "dim")
    return text


def _foot(view: View, width: int, height: int) -> list[Text]:
    """Return the rule, what can be typed, and the line that is typed; at most `height` lines."""
    rows = _form(view.form, width) if view.form is not None else _questions(view)
    room = height - 2 - len(rows)
    if view.form is None:
        rows += _actions(view, width, max(1, room))
    rows = rows[: max(1, height - 2)]
    for row in rows:
        row.truncate(width, overflow="ellipsis")
    return [_rule(view, width), *rows, _input(view, width)]


def _rule(view: View, width: int) -> Text:
    if not view.is_live:
        word = " the line is lost; finding it again "
    elif view.scroll:
        word = " older lines; Page Down goes on "
    else:
        word = " ? help "
    return Text("─" * max(0, width - cell_len(word)) + word, style="dim" if view.is_live else "red")


def _form(form: Form, width: int) -> list[Text]:
    head, *options = drawn.form_lines(form)
    cells = [Text(option) for option in options]
    are_few = len(cells) <= FEW_OPTIONS
    return [Text(head, style="bold"), *(cells if are_few else _in_columns(cells, width))]


def _questions(view: View) -> list[Text]:
    rows = []
    for choice in view.glance.choices:
        ask = Text(printable(choice.ask), style="bold magenta")
        if choice.until_ms is not None:
            left_ms = max(0, choice.until_ms - view.glance.world_ms)
            ask.append(f"  {drawn.span_of(left_ms)}", style="bold red")
        rows.append(ask)
        rows += [Text(drawn.answer_line(answer), style="magenta")
                 for answer in view.menu.answers if answer.choice == choice]  # fmt: skip
    return rows


def _actions(view: View, width: int, room: int) -> list[Text]:
    """Return the actions in two columns, those that may be done first where not all fit."""
    world_ms = view.glance.world_ms
    columns = 2 if width >= PANEL_FROM_WIDTH else 1
    entries = [*view.menu.entries]
    if len(entries) > room * columns:
        entries.sort(key=lambda entry: not entry.offer.is_ready)
        entries = entries[: max(1, room * columns - 1)]
    left_off = len(view.menu.entries) - len(entries)
    cells = [
        Text(drawn.entry_line(entry, world_ms), style="" if entry.offer.is_ready else "dim")
        for entry in sorted(entries, key=lambda entry: entry.number)
    ]
    if left_off:
        cells.append(Text(f" …  {left_off} more: /all shows them", style="dim"))
    return _in_columns(cells, width)


def _in_columns(cells: list[Text], width: int) -> list[Text]:
    """Return cells in two columns, read down and then across; in one on a narrow screen."""
    if width < PANEL_FROM_WIDTH:
        return cells
    half = -(-len(cells) // 2)
    cell_width = width // 2 - 1
    rows = []
    for row in range(half):
        right = cells[row + half] if row + half < len(cells) else Text()
        rows.append(_fit(cells[row], cell_width) + Text(" ") + right)
    return rows


def _input(view: View, width: int) -> Text:
    text = Text("> ", style="bold")
    room = max(4, width - 4)
    start = max(0, view.cursor - room + 1)
    shown = view.typed[start : start + room]
    at = view.cursor - start
    text.append(shown[:at])
    text.append(shown[at : at + 1] or " ", style="reverse")
    text.append(shown[at + 1 :])
    return text


def _fit(text: Text, width: int) -> Text:
    """Return a text that is exactly `width` cells wide."""
    fitted = text.copy()
    fitted.truncate(width, overflow="ellipsis", pad=True)
    return fitted
