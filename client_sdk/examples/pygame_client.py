"""A window to play in: python pygame_client.py URL WORLD ROLE [INVITE].

Needs pygame-ce (`pip install pygame-ce`). Arrow keys move you about, a number (or a click) does
what stands beside it, Esc takes back what you are being asked. The SDK and pygame share one loop:
the window is drawn between two turns of asyncio, and a lost line is taken up again behind it.
"""

import asyncio
import math
import sys
from collections import deque
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import pygame
from pygame_stage import FAINT, INK, STAGE, WARM, Figure, Stage, wrapped

import dreamsync
from dreamsync.protocol.cards import ActionOffer, ChoiceOffer, ParamOffer, SceneCard

SIZE: Final = (1060, 640)
PANEL: Final = pygame.Rect(660, 24, 376, 592)
FRAMES_A_S: Final = 60
SPEED_A_S: Final = 300  # hundredths of a step
STEP: Final = 100  # hundredths a step has
NUMBERED_MAX: Final = 9
LINES_KEPT: Final = 60
NUMBER_CHARS_MAX: Final = 16
ARROWS: Final = {
    pygame.K_LEFT: (-1, 0),
    pygame.K_RIGHT: (1, 0),
    pygame.K_UP: (0, 1),
    pygame.K_DOWN: (0, -1),
}
Value = bool | int | str


class Item(NamedTuple):
    """One line of what may be done: a question's option, an offer, or a value that is asked for."""

    label: str
    is_ready: bool = True
    why: str = ""
    offer: ActionOffer | None = None
    choice: tuple[ChoiceOffer, str] | None = None
    value: Value = ""


@dataclass
class Asking:
    """An action whose parameters are being asked for, one after the other."""

    offer: ActionOffer
    filled: dict[str, Value] = field(default_factory=dict)
    typed: str = ""

    @property
    def param(self) -> ParamOffer | None:
        """What is asked for now; None once all is there."""
        return next((p for p in self.offer.params if p.name not in self.filled), None)

    @property
    def items(self) -> list[Item]:
        """What can be picked for it; none where it is typed."""
        param = self.param
        if param is not None and param.type == "bool":
            return [Item("yes", value=True), Item("no", value=False)]
        return [Item(one.label, value=one.id) for one in param.choices] if param else []

    def take_typed(self) -> None:
        """Take what was typed, if it is what is asked for."""
        param = self.param
        if param is None:
            return
        if param.type == "text" and self.typed.strip():
            self.filled[param.name] = self.typed.strip()
        elif param.type == "int" and self.typed.lstrip("-").isdecimal():
            least, most = param.low or 0, param.high or 0
            self.filled[param.name] = min(max(int(self.typed), least), most)
        self.typed = ""


class Window:
    """What is seen of a world, and what is done in it by keys and clicks."""

    def __init__(self, player: dreamsync.Player, screen: pygame.Surface) -> None:
        self.player = player
        self.screen = screen
        self.lines: deque[tuple[str, tuple[int, int, int]]] = deque(maxlen=LINES_KEPT)
        self.asking: Asking | None = None
        self.page = 0
        self.place = (0.0, 0.0)  # where I stand, in hundredths of a step
        self.facing = 0
        self.is_closed = False
        self._scene = ""
        self._held: set[int] = set()
        self._picked_by = ""  # the number whose own text is still to come
        self._rows: list[tuple[pygame.Rect, Item]] = []
        self._doing: set[asyncio.Task[None]] = set()
        self.stage = Stage()
        self._small = pygame.font.SysFont("dejavusans,notosans,arial", 14)
        self._font = pygame.font.SysFont("dejavusans,notosans,arial", 16)
        self._large = pygame.font.SysFont("dejavuserif,notoserif,georgia", 24)

    async def run(self) -> None:
        """Play until the window is closed."""
        while not self.is_closed:
            for event in pygame.event.get():
                self._take(event)
            self._hear()
            self._walk(1 / FRAMES_A_S)
            self.draw(1 / FRAMES_A_S)
            pygame.display.flip()
            await asyncio.sleep(1 / FRAMES_A_S)
        for task in self._doing:
            task.cancel()

    # What happens.

    def _hear(self) -> None:
        for event in self.player.new_events():
            if event.text:
                who = f"{event.who_name}: " if event.who_name and event.kind == "said" else ""
                colour = WARM if event.reach == "private" else INK if who else FAINT
                self.lines.append((who + event.text, colour))

    @property
    def scene(self) -> str:
        """The id of the scene I am in, "" for none."""
        facts, mine = self.player.facts, (self.player.seat, self.player.role)
        found = next((str(facts[f"{one}.scene"]) for one in mine if f"{one}.scene" in facts), "")
        return found or next(iter(self.player.names.scenes), "")

    @property
    def card(self) -> SceneCard:
        """How the scene looks."""
        return self.player.names.scenes.get(self.scene) or SceneCard(name="…", text="")

    @property
    def size(self) -> tuple[int, int]:
        """Width and depth of the scene, in hundredths of a step."""
        wide, deep = self.card.size
        return (wide or 10) * STEP, (deep or 6) * STEP

    # What is done.

    def items(self) -> list[Item]:
        """Return what may be picked now: of a parameter, or open questions and then actions."""
        if self.asking is not None:
            return self.asking.items
        asked = [
            Item(f"{choice.ask} — {option.label}", choice=(choice, option.id))
            for choice in self.player.choices
            for option in choice.options
        ]
        offers = self.player.actions()
        return asked + [
            Item(offer.label, can_be_done(offer), offer.why, offer=offer)
            for offer in sorted(offers, key=lambda one: not can_be_done(one))
        ]

    def shown(self) -> list[Item]:
        """Return the page of items that is shown; they are numbered from 1."""
        items = self.items()
        pages = max(1, math.ceil(len(items) / NUMBERED_MAX))
        at = self.page % pages * NUMBERED_MAX
        return items[at : at + NUMBERED_MAX]

    def pick(self, item: Item) -> None:
        """Do what an item says, or ask for what it needs first."""
        if not item.is_ready:
            return
        self.page = 0
        if item.choice is not None:
            choice, option = item.choice
            self._start(self._choose(choice.id, option))
        elif item.offer is not None:
            self.asking = Asking(item.offer)
        elif self.asking is not None and self.asking.param is not None:
            self.asking.filled[self.asking.param.name] = item.value
        self._act_if_all_is_there()

    def _act_if_all_is_there(self) -> None:
        if self.asking is not None and self.asking.param is None:
            asking, self.asking = self.asking, None
            self._start(self._act(asking.offer.id, asking.filled))

    async def _act(self, action: str, params: dict[str, Value]) -> None:
        self._say_refused(await self.player.act(action, **params))

    async def _choose(self, choice: str, option: str) -> None:
        self._say_refused(await self.player.choose(choice, option))

    def _say_refused(self, outcome: dreamsync.Outcome) -> None:
        if not outcome:
            self.lines.append((outcome.text or outcome.code, WARM))

    def _start(self, doing: Coroutine[None, None, None]) -> None:
        async def told() -> None:
            try:
                await doing
            except dreamsync.DreamsyncError as error:
                self.lines.append((error.text, WARM))

        task = asyncio.create_task(told())
        self._doing.add(task)
        task.add_done_callback(self._doing.discard)

    def _take(self, event: pygame.event.Event) -> None:
        if event.type == pygame.QUIT:
            self.is_closed = True
        elif event.type == pygame.KEYUP:
            self._held.discard(event.key)
            self._picked_by = ""
        elif event.type == pygame.KEYDOWN:
            self._press(event.key)
        elif event.type == pygame.TEXTINPUT and event.text != self._picked_by:
            self._type(event.text)
        elif event.type == pygame.MOUSEBUTTONDOWN:
            for rect, item in self._rows:
                if rect.collidepoint(event.pos):
                    self.pick(item)
                    return

    def _type(self, text: str) -> None:
        if self.asking is not None and self.asking.param is not None and not self.asking.items:
            room = self.asking.param.size or NUMBER_CHARS_MAX
            self.asking.typed = (self.asking.typed + text)[:room]

    def _press(self, key: int) -> None:
        asking = self.asking
        if key == pygame.K_ESCAPE:
            self.asking, self.page = None, 0
        elif key in ARROWS:
            self._held.add(key)
        elif asking is not None and not asking.items:
            if key == pygame.K_RETURN:
                asking.take_typed()
                self._act_if_all_is_there()
            elif key == pygame.K_BACKSPACE:
                asking.typed = asking.typed[:-1]
        elif key == pygame.K_0:
            self.page += 1
        elif pygame.K_1 <= key <= pygame.K_9 and key - pygame.K_1 < len(self.shown()):
            self._picked_by = pygame.key.name(key)
            self.pick(self.shown()[key - pygame.K_1])

    def _walk(self, passed_s: float) -> None:
        """Move me by the arrows that are held, and say where I am; the SDK keeps to 20 a second."""
        wide, deep = self.size
        if self.scene != self._scene:
            self._scene = self.scene
            self.stage.empty()
            self.place = (wide / 2, deep / 3)
            self._pose()
        east = sum(ARROWS[key][0] for key in self._held)
        north = sum(ARROWS[key][1] for key in self._held)
        if not (east or north) or not self.player.is_live:
            return
        way = SPEED_A_S * passed_s / math.hypot(east, north)
        x, y = self.place[0] + east * way, self.place[1] + north * way
        self.place = (min(max(x, 0), wide), min(max(y, 0), deep))
        self.facing = round(math.degrees(math.atan2(east, north))) % 360
        self._pose()

    def _pose(self) -> None:
        if self.player.seat and self.player.is_live:
            self.player.pose(round(self.place[0]), round(self.place[1]), self.facing)

    # What is drawn.

    def draw(self, passed_s: float) -> None:
        """Draw one frame."""
        self.stage.draw(self.screen, self.card, self.size)
        self._text(self._large, self.card.name, (STAGE.x, 16), INK)
        lines = [*wrapped(self._small, self.card.text, STAGE.width)][:3]
        for row, line in enumerate(lines):
            self._text(self._small, line, (STAGE.x, 46 + 17 * row), FAINT)
        self.stage.draw_people(self.screen, dict(self._people()), self.player.seat, passed_s)
        self._draw_panel()
        self._draw_foot()
        if self.player.is_over or not self.player.is_live:
            dark = pygame.Surface(SIZE, pygame.SRCALPHA)
            dark.fill((8, 9, 14, 170))
            self.screen.blit(dark, (0, 0))
            text = "It is over." if self.player.is_over else "The line is lost. Coming back …"
            self._text(self._large, text, (STAGE.x + 90, 300), WARM)

    def _people(self) -> Iterator[tuple[str, Figure]]:
        """Yield who is here, by seat: by their poses, and who has none at the back."""
        wide, deep = self.size
        poses, names, mine = self.player.poses, self.player.names.roles, self.player.seat
        at_back = [
            role
            for role in names
            if self.player.facts.get(f"{role}.scene") == self.scene
            and role not in poses
            and role != mine
        ]
        for i, role in enumerate(at_back):
            yield role, Figure(names[role], wide * (i + 1) / (len(at_back) + 1), deep * 0.8)
        standing = {seat: (x, y) for seat, (x, y, _) in poses.items()}
        if mine:
            standing[mine] = self.place
        for seat, (x, y) in standing.items():
            role, _, number = seat.partition(".")
            yield seat, Figure(f"{names.get(role, role)} {number}".strip(), x, y)

    def _draw_panel(self) -> None:
        pygame.draw.rect(self.screen, (17, 19, 27), PANEL, border_radius=10)
        rows = self._laid_out()
        top = PANEL.bottom - 12 - sum(len(lines) * 19 + 7 for _, lines, _ in rows)
        y, self._rows = top, []
        for item, lines, colour in rows:
            rect = pygame.Rect(PANEL.x + 8, y - 3, PANEL.width - 16, len(lines) * 19 + 5)
            if item is not None:
                pygame.draw.rect(self.screen, (30, 33, 46), rect, border_radius=5)
                self._rows.append((rect, item))
            for line in lines:
                self._text(self._font, line, (PANEL.x + 16, y), colour)
                y += 19
            y += 7
        y = top - 14
        for text, colour in reversed(self.lines):
            for line in reversed([*wrapped(self._font, text, PANEL.width - 32)]):
                y -= 20
                if y < PANEL.y + 8:
                    return
                self._text(self._font, line, (PANEL.x + 16, y), colour)
            y -= 6

    def _laid_out(self) -> list[tuple[Item | None, list[str], tuple[int, int, int]]]:
        """Return the rows of what may be done: the item (None for plain text), lines, colour."""
        width, rows = PANEL.width - 32, []
        asking = self.asking
        if asking is not None and asking.param is not None:
            name = asking.param.label or asking.param.name.replace("_", " ")
            said = f"{asking.offer.label}: {name}?  (Esc: not now)"
            rows.append((None, [*wrapped(self._font, said, width)], WARM))
            if not asking.items:
                rows.append((None, [*wrapped(self._font, f"› {asking.typed}▏", width)], INK))
        for number, item in enumerate(self.shown(), 1):
            why = f"  ({item.why})" if item.why and not item.is_ready else ""
            lines = [*wrapped(self._font, f"{number}  {item.label}{why}", width)]
            rows.append((item, lines, INK if item.is_ready else FAINT))
        if len(self.items()) > NUMBERED_MAX:
            rows.append((None, ["0  more"], FAINT))
        return rows

    def _draw_foot(self) -> None:
        player = self.player
        name = player.names.roles.get(player.role, player.role) or "looking on"
        passed = player.world_ms // 1000
        state = "" if player.is_running else "  ·  the world stands still"
        text = f"{player.world.title}  ·  {name}  ·  {passed // 60}:{passed % 60:02}{state}"
        self._text(self._small, text, (STAGE.x, 600), FAINT)

    def _text(
        self,
        font: pygame.font.Font,
        text: str,
        place: tuple[int, int],
        colour: tuple[int, int, int],
    ) -> None:
        self.screen.blit(font.render(text, True, colour), place)


def can_be_done(offer: ActionOffer) -> bool:
    """Return whether an offer is ready and has something to choose wherever it asks."""
    return offer.is_ready and all(p.choices or p.type != "choice" for p in offer.params)


async def main(url: str, world: str, role: str, invite: str | None = None) -> None:
    """Open the window, enter, play, and leave when it is closed."""
    pygame.display.init()
    pygame.font.init()
    pygame.display.set_caption("Dreamsync")
    screen = pygame.display.set_mode(SIZE)
    try:
        async with dreamsync.connect(url) as dream:
            player = await dream.enter(world, role=role, name="pygame", invite=invite)
            await Window(player, screen).run()
            await player.leave()
    finally:
        pygame.quit()


if __name__ == "__main__":
    if len(sys.argv) not in (4, 5):
        sys.exit(__doc__)
    try:
        asyncio.run(main(*sys.argv[1:5]))
    except KeyboardInterrupt:
        pass
    except dreamsync.DreamsyncError as error:
        sys.exit(error.text)
