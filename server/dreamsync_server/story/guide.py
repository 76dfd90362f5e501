"""The director's judgement on one pack: what it proposes in a world second. It remembers nothing.

Everything it goes by is in the facts, so that whoever asks it about the same world in the same
second hears the same. What it keeps is worked out of the pack alone.
"""

from collections.abc import Sequence
from functools import partial

from dreamsync_server.story.choosing import Choice, choose
from dreamsync_server.story.elsewhere import wanted_news
from dreamsync_server.story.heading import STEPS_MAX, heading_of
from dreamsync_server.story.nudges import Outlook, wanted_nudge
from dreamsync_server.story.odds import Chances, View, chances, chances_after
from dreamsync_server.story.touching import (
    Course,
    Part,
    answering,
    changers,
    doors_of,
    parts_of,
    steps_to,
)
from dreamsync_server.world.commit import Proposal
from dreamsync_server.world.directing import DIRECTOR
from dreamsync_server.world.model import Pack
from dreamsync_server.world.offers import book_of
from dreamsync_server.world.sharing import per_pack
from dreamsync_server.world.state import State


class Guide:
    """Directs any world of one pack."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self.book = book_of(pack)
        self._parts: tuple[Part, ...] | None = None
        self._courses: dict[str, Course] = {}

    @property
    def parts(self) -> tuple[Part, ...]:
        """What the pack's parts read and change; worked out when first asked for."""
        if self._parts is None:
            self._parts = parts_of(self._pack)
        return self._parts

    def changers(self, name: str) -> list[str]:
        """Return what can change a fact, and who."""
        return changers(self._pack, self.parts, name)

    def next_move(self, state: State, second: int, news: Sequence[str] = ()) -> Proposal | None:
        """Return the cue or nudge to propose in this world second, without number and term.

        `news` are endings that other worlds of the pack shared, newest first.
        """
        if state.facts.get("director.standby"):
            return None
        view = self.view(state, second)
        choice = choose(self._pack, state.facts, second, view.course)
        if choice.beat is not None:
            return _cue(choice, view)
        look = Outlook(state, self.book, second, view, self.parts)
        wish = wanted_nudge(look) or wanted_news(self._pack, state.facts, second, news)
        if wish is None:
            return None
        why = f"{wish.why}; {view.told()}" if view.chances else wish.why
        given = {**wish.given, "heading": view.heading, "trace": why}
        return Proposal("nudge", "director", DIRECTOR, arguments=given)

    def choice(self, state: State, second: int) -> Choice:
        """Return which beat it would cue in this second, and out of what."""
        return choose(self._pack, state.facts, second, self.view(state, second).course)

    def view(self, state: State, second: int) -> View:
        """Return what it makes for in this second, and how likely it thinks the endings are."""
        known = chances(self._pack, state.facts)
        heading = heading_of(self._pack, state.facts, second, None if known is None else known.of)
        course = self.course(heading)
        if known is not None:
            course = course._replace(gain=partial(_gain, state, known, heading))
        return View(heading, course, known)

    def course(self, ending: str) -> Course:
        """Return what the pack's parts tell about a choice while an ending is headed for."""
        if ending not in self._courses:
            steps = steps_to(self._pack, self.parts, ending, STEPS_MAX) if ending else {}
            doors = doors_of(self._pack, ending) if ending else ()
            self._courses[ending] = Course(steps, answering(self.parts), doors=doors)
        return self._courses[ending]


def _gain(state: State, now: Chances, heading: str, beat_id: str) -> int:
    then = chances_after(state, state.pack.beats[beat_id])
    return 0 if then is None else then.worth(heading) - now.worth(heading)


def _cue(choice: Choice, view: View) -> Proposal:
    assert choice.beat is not None, "asked only where something was chosen"
    given = {
        "beat": choice.beat.beat,
        "occurrence": choice.beat.occurrence,
        "heading": view.heading,
        "trace": f"{choice.trace()}; {view.told()}" if view.chances else choice.trace(),
    }
    return Proposal("cue", "director", DIRECTOR, arguments=given)


guide_of = per_pack(Guide)
"""Give the guide of a pack; its worlds share one."""
