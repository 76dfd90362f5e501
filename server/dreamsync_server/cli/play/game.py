"""One player's game: what comes in is told as lines, what is typed is done. Both shells lead here.

A shell hands typed lines to `typed`, calls `see` when something may have changed, and gets lines
to show by `on_line`.
"""

import asyncio
from collections.abc import Callable
from typing import Final

import dreamsync
from dreamsync.protocol.cards import ActionOffer
from dreamsync_server.cli.play import drawn
from dreamsync_server.cli.play.form import Form
from dreamsync_server.cli.play.glance import Glance, look
from dreamsync_server.cli.play.menu import Menu, Numbers
from dreamsync_server.cli.play.story import Kind, Line, arrival, line_of, printable
from dreamsync_server.cli.play.typed import (
    Act,
    Choose,
    Nothing,
    Told,
    Unclear,
    meaning,
)

RECENT_MAX: Final = 8  # meters that moved lately
WAIT_S_MAX: Final = 600.0


class Game:
    """A role being played. `is_left` says that the player wants to go."""

    def __init__(self, player: dreamsync.Player, on_line: Callable[[Line], None]) -> None:
        self.player = player
        self.form: Form | None = None
        self.recent: list[str] = []
        self.is_left = False
        self._on_line = on_line
        self._numbers = Numbers()
        self._scene = ""
        self._read: set[tuple[str, str]] = set()  # scenes with their texts, told once
        self._asked: set[str] = set()
        self._values: dict[str, int] = {}
        self._has_ended = self._has_told_ending = False
        self._was_live = True

    # --- what is seen ------------------------------------------------------------------------

    def glance(self) -> Glance:
        """Return what is seen now."""
        return look(self.player.mirror, self.player.now_ms)

    def menu(self) -> Menu:
        """Return what can be typed now."""
        return self._numbers.menu(self.glance())

    def begin(self) -> None:
        """Tell where the player has come to, and what the role knows already."""
        world = self.player.world
        self.tell("chapter", world.title)
        if world.notes:
            self.tell("note", world.notes)
        for known in self.player.recap:
            self.tell("told", known)
        self.see()

    def see(self) -> None:
        """Tell what is new: the scene, events in their order, questions, the state of the line."""
        glance = self.glance()
        self._see_line(glance)
        if glance.scene != self._scene:
            self._scene = glance.scene
            is_known = (glance.scene, glance.scene_text) in self._read
            self._read.add((glance.scene, glance.scene_text))
            for line in arrival(glance, is_known=is_known):
                self._on_line(line)
        for event in self.player.new_events():
            read = line_of(event, self.player.seat)
            self._has_told_ending |= read is not None and read.kind == "ending"
            if read is not None and read.kind != "choice":
                self._on_line(read)
        self._see_choices(glance)
        self._see_meters(glance)
        if glance.ending and not self._has_ended:
            self._has_ended = True
            if not self._has_told_ending:
                self.tell("ending", glance.ending)
            self.tell("note", "The story has ended. Type /leave to go.")

    def tell(self, kind: Kind, text: str) -> None:
        """Tell something of the client's own."""
        if text := printable(text):
            self._on_line(Line(kind, text))

    def _see_line(self, glance: Glance) -> None:
        if self.player.is_live != self._was_live and not self.player.is_over:
            self._was_live = self.player.is_live
            lost = "The line is lost; finding it again. Nothing that was done is lost."
            self.tell("note", "The line is back." if self._was_live else lost)

    def _see_choices(self, glance: Glance) -> None:
        menu = self._numbers.menu(glance)
        for choice in glance.choices:
            if choice.id in self._asked:
                continue
            self.tell("choice", choice.ask)
            for answer in menu.answers:
                if answer.choice == choice:
                    self.tell("note", f"{answer.letter}: {answer.option.label}")
        self._asked = {choice.id for choice in glance.choices}

    def _see_meters(self, glance: Glance) -> None:
        values = {meter.name: meter.value for meter in glance.meters}
        known = self._values
        moved = [name for name, value in values.items() if known.get(name, value) != value]
        self._values = values
        kept = [name for name in self.recent if name not in moved and name in values]
        self.recent = [*moved, *kept][:RECENT_MAX]

    # --- what is typed -----------------------------------------------------------------------

    async def typed(self, line: str) -> None:
        """Do what a typed line says."""
        try:
            if self.form is not None:
                await self._answer(self.form, line)
            else:
                await self._do(line)
        except dreamsync.DreamsyncError as error:
            if not self.player.is_over:  # else the shell says why it is over
                self.tell("no", error.text)
        if not self.player.is_over:
            self.see()

    def drop_form(self) -> None:
        """Ask no further."""
        self.form = None

    async def _do(self, line: str) -> None:
        menu = self.menu()
        match meaning(line, menu):
            case Nothing():
                self._look()
            case Unclear(text):
                self.tell("no", text)
            case Act(offer, rest):
                await self._begin_act(offer, rest)
            case Choose(answer):
                self.tell("mine", f"— {answer.option.label}")
                outcome = await self.player.choose(answer.choice.id, answer.option.id)
                self._say_refusal(outcome)
            case Told(command, rest):
                await self._obey(command, rest)

    async def _begin_act(self, offer: ActionOffer, rest: str) -> None:
        form = Form(offer)
        if rest and form.param is not None:
            answered = form.answered(rest)
            if isinstance(answered, str):
                self.tell("no", answered)
            else:
                form = answered
        await self._go_on(form.eased())

    async def _answer(self, form: Form, line: str) -> None:
        if not line.strip() or line.strip() in ("/back", "/leave", "/quit"):
            self.form = None
            self.tell("note", f"Left: {form.offer.label}")
            return
        answered = form.answered(line)
        if isinstance(answered, str):
            self.tell("no", answered)
            return
        await self._go_on(answered.eased())

    async def _go_on(self, form: Form) -> None:
        if form.param is not None and form.is_hopeless():
            self.form = None
            self.tell("no", f"{form.offer.label}: there is nobody and nothing for that here.")
            return
        if form.param is not None:
            self.form = form
            return
        self.form = None
        if not [param for param in form.offer.params if param.type == "text"]:
            self.tell("mine", f"— {_spelled(form)}")
        self._say_refusal(await self.player.act(form.offer.id, **form.params))

    def _say_refusal(self, outcome: dreamsync.Outcome) -> None:
        if not outcome.ok:
            self.see()
            self.tell("no", outcome.text or "That was refused.")

    async def _obey(self, command: str, rest: str) -> None:
        match command:
            case "help":
                for line in drawn.HELP:
                    self.tell("note", line)
            case "look":
                self.tell("told", self.glance().scene_text)
                self._look()
            case "all":
                self._look(has_all=True)
            case "me":
                for line in drawn.sheet(self.glance()):
                    self._on_line(Line("told", line))
            case "who":
                await self._who()
            case "pause":
                self._say_refusal(await self.player.pause(rest))
            case "go on":
                self._say_refusal(await self.player.unpause())
            case "wait":
                await self._wait(rest)
            case "leave":
                self.is_left = True
                await self.player.leave()

    def _look(self, *, has_all: bool = False) -> None:
        glance = self.glance()
        for line in drawn.here_lines(glance):
            self.tell("note", line)
        for line in drawn.menu_lines(self._numbers.menu(glance), glance, has_all=has_all):
            self._on_line(Line("told", line))

    async def _who(self) -> None:
        names = self.player.names.roles
        for person in await self.player.people():
            role = names.get(person.role, person.role) or {"desk": "the desk"}.get(person.as_kind)
            you = " (you)" if person.session == self.player.session else ""
            away = "" if person.is_here else ", away just now"
            self.tell("note", f"{person.name or 'somebody'}{you}: {role or 'no role yet'}{away}")

    async def _wait(self, rest: str) -> None:
        try:
            wait_s = min(max(float(rest or 1), 0.0), WAIT_S_MAX)
        except ValueError:
            self.tell("no", "Type /wait and a number of seconds.")
            return
        loop = asyncio.get_running_loop()
        until_s = loop.time() + wait_s
        while (left_s := until_s - loop.time()) > 0 and not self.player.is_over:
            await asyncio.sleep(min(0.1, left_s))
            self.see()


def _spelled(form: Form) -> str:
    """Return an action with what was chosen for it, in words."""
    words = []
    for param, (_, value) in zip(form.offer.params, form.given, strict=False):
        label = next((one.label for one in param.choices if one.id == value), str(value))
        if label.lower() not in form.offer.label.lower():  # else it is said already
            words.append(label)
    return f"{form.offer.label}: {', '.join(words)}" if words else form.offer.label
