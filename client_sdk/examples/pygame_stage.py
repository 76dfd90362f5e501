"""Draws the scene of pygame_client.py: a room or a dream, and the people in it."""

import colorsys
import zlib
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

import pygame

from dreamsync.protocol.cards import SceneCard

STAGE: Final = pygame.Rect(24, 110, 612, 470)
FLOOR_PART: Final = 0.62  # of the stage's height
NARROWING: Final = 0.26  # by how much the far side is narrower
STEP: Final = 100  # hundredths a step has
EASE_A_S: Final = 12.0  # how fast others are drawn to where they are

Colour = tuple[int, int, int]
INK, FAINT, WARM = (232, 230, 222), (142, 146, 162), (244, 190, 110)


class Ground(NamedTuple):
    """The colours of a layer."""

    night: Colour
    wall: Colour
    floor: Colour
    light: Colour


GROUNDS: Final = {
    "waking": Ground((20, 22, 31), (52, 46, 52), (74, 60, 52), (255, 190, 110)),
    "dream": Ground((22, 16, 40), (52, 38, 92), (70, 52, 122), (150, 190, 255)),
}


class Figure(NamedTuple):
    """Somebody: a name, and where they stand, in hundredths of a step."""

    name: str
    x: float
    y: float


class Stage:
    """A scene in perspective: what is far is narrower and smaller."""

    def __init__(self) -> None:
        self._drawn: dict[str, tuple[float, float]] = {}  # seat -> where it was drawn last
        self._size = (10 * STEP, 6 * STEP)
        self._font = pygame.font.SysFont("dejavusans,notosans,arial", 14)
        self._rooms = {layer: _room(ground) for layer, ground in GROUNDS.items()}

    def empty(self) -> None:
        """Forget who stood where: another scene is drawn from now on."""
        self._drawn = {}

    def draw(self, screen: pygame.Surface, card: SceneCard, size: tuple[int, int]) -> None:
        """Draw a scene that is `size` hundredths of a step wide and deep."""
        ground, self._size = GROUNDS[card.layer], size
        wide, deep = size
        screen.fill(ground.night)
        screen.blit(self._rooms[card.layer], STAGE)
        colour = tuple(part + 14 for part in ground.floor)
        for x in range(0, wide + 1, STEP):
            pygame.draw.aaline(screen, colour, self._point(x, 0), self._point(x, deep))
        for y in range(0, deep + 1, STEP):
            pygame.draw.aaline(screen, colour, self._point(0, y), self._point(wide, y))
        for i, one in enumerate(card.exits):
            x, y = self._point(wide * (i + 1) / (len(card.exits) + 1), deep)
            door = pygame.Rect(round(x) - 17, round(y) - 62, 34, 62)
            pygame.draw.rect(screen, ground.night, door, border_top_left_radius=9,
                             border_top_right_radius=9)  # fmt: skip
            self._label(screen, one.label, (x, y - 82), INK)

    def draw_people(
        self, screen: pygame.Surface, people: Mapping[str, Figure], mine: str, passed_s: float
    ) -> None:
        """Draw who is there, by seat; all but `mine` glide to where they are."""
        for seat, (_, x, y) in people.items():
            old_x, old_y = self._drawn.get(seat, (x, y))
            part = 1.0 if seat == mine else min(1.0, EASE_A_S * passed_s)
            self._drawn[seat] = (old_x + (x - old_x) * part, old_y + (y - old_y) * part)
        for seat in sorted(people, key=lambda one: -self._drawn[one][1]):
            self._draw_one(screen, seat, people[seat].name, is_mine=seat == mine)

    def _draw_one(self, screen: pygame.Surface, seat: str, name: str, *, is_mine: bool) -> None:
        x, y = self._drawn[seat]
        px, py = self._point(x, y)
        radius = round(13 + 8 * (1 - y / self._size[1]))
        colour = colour_of(seat)
        pygame.draw.ellipse(screen, (14, 15, 22), (px - radius, py - 5, 2 * radius, 10))
        body = pygame.Rect(0, 0, round(radius * 1.5), round(radius * 2.1))
        body.midbottom = (round(px), round(py))
        pygame.draw.rect(screen, colour, body, border_radius=radius)
        head = (round(px), body.top - radius // 3)
        pygame.draw.circle(screen, tuple((part + 255) // 2 for part in colour), head,
                           round(radius * 0.62))  # fmt: skip
        if is_mine:
            pygame.draw.circle(screen, INK, head, round(radius * 0.62) + 3, width=2)
        self._label(screen, name, (px, head[1] - radius - 16), INK)

    def _label(
        self, screen: pygame.Surface, text: str, place: tuple[float, float], colour: Colour
    ) -> None:
        shown = self._font.render(text, True, colour)
        screen.blit(shown, (place[0] - shown.get_width() / 2, place[1]))

    def _point(self, x: float, y: float) -> tuple[float, float]:
        """Return where a place of the scene is on the screen."""
        wide, deep = self._size
        part = y / deep
        width = STAGE.width * (1 - NARROWING * part)
        height = STAGE.height * FLOOR_PART
        return STAGE.centerx + (x / wide - 0.5) * width, STAGE.bottom - part * height


def _room(ground: Ground) -> pygame.Surface:
    """Return a layer's wall and floor, with a light over them."""
    room = pygame.Surface(STAGE.size, pygame.SRCALPHA)
    wide, high = STAGE.size
    edge = round(high * (1 - FLOOR_PART))
    inset = round(wide * NARROWING / 2)
    for y in range(edge):
        part = (y / edge) ** 1.5
        pairs = zip(ground.night, ground.wall, strict=True)
        shade = tuple(round(night + (wall - night) * part) for night, wall in pairs)
        pygame.draw.line(room, shade, (inset, y), (wide - inset, y))
    corners = [(inset, edge), (wide - inset, edge), (wide, high), (0, high)]
    pygame.draw.polygon(room, ground.floor, corners)
    light = pygame.Surface(STAGE.size, pygame.SRCALPHA)
    for radius in range(300, 0, -12):
        around = pygame.Rect(0, 0, 2 * radius, round(radius * 1.3))
        around.center = (wide // 2, edge + 60)
        pygame.draw.ellipse(light, (*ground.light, round(34 * (1 - radius / 300) ** 2)), around)
    room.blit(light, (0, 0))
    return room


def colour_of(seat: str) -> Colour:
    """Return a colour of one's own, the same in every window."""
    hue = zlib.crc32(seat.encode()) % 360 / 360
    red, green, blue = colorsys.hls_to_rgb(hue, 0.62, 0.5)
    return round(red * 255), round(green * 255), round(blue * 255)


def wrapped(font: pygame.font.Font, text: str, width: int) -> Iterator[str]:
    """Yield a text in lines that fit."""
    for paragraph in text.splitlines():
        line = ""
        for word in paragraph.split():
            longer = f"{line} {word}" if line else word
            if line and font.size(longer)[0] > width:
                yield line
                longer = word
            line = longer
        yield line
