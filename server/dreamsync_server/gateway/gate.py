"""The one outbound gate: all that a client is ever told of a world is made here.

What a viewer sees is judged by `JUDGE` alone, through the eyes (`views.Eyes`) that are made of it;
views, snapshots, resumed tails, offers, outcomes and events get their words here, in the client's
language. A room is handed its judge when it is made, so that a test can put another in its place
and see the leak test fail.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from dreamsync_server.gateway.cards import Cards, wire_value
from dreamsync_server.gateway.views import ClassIndex, Eyes, Fold, Judge
from dreamsync_server.gateway.wording import Words
from dreamsync_server.store.port import WorldCard
from dreamsync_server.world.acting import GO
from dreamsync_server.world.audience import Atoms, atoms_of_desk, atoms_of_player, atoms_of_watcher
from dreamsync_server.world.audience import sees as _sees
from dreamsync_server.world.commit import Cause, Event, Outcome, Position
from dreamsync_server.world.model import Expr, Pack
from dreamsync_server.world.offers import Offer
from dreamsync_server.world.seats import seat_of
from dreamsync_server.world.state import Facts, State, role_of
from dreamsync_server.world.values import TextRef, Value, digest_hex

JUDGE: Final[Judge] = _sees

Map = dict[str, Any]
_EVENT_KINDS: Final = frozenset(
    "said told beat chapter ending choice chosen seat done whisper paused unpaused nudge"
    " asked muted unmuted reported intervened".split()
)
_FOR_THE_DESK: Final = {"reported": ("seq", "i"), "intervened": ("act", "target")}
_KINDS_WITH_WHO: Final = frozenset(("said", "choice", "chosen", "seat", "done"))
_KINDS_TO_WHO: Final = frozenset(("muted", "unmuted"))
_EVENT_ARGS: Final = frozenset("beat chapter ending choice option action role held".split())
_OUTCOME_ARGS: Final = ("leaf", "wait_ms", "parameter", "expected")
_SAID_MAX: Final = 64  # events whose words are kept a moment
_OFFERED_MAX: Final = 256  # offers whose words are kept
_NOT_POSSIBLE: Final = "not possible now"


class Viewer(NamedTuple):
    """Who looks: a session's kind and id, the seat it holds ("" for none) and its eyes."""

    kind: str
    session: str
    seat: str
    eyes: Eyes


def atoms_of(pack: Pack, facts: Facts, kind: str, session: str) -> Atoms:
    """Return the atoms a session of a kind has now."""
    match kind:
        case "player":
            return atoms_of_player(facts, seat_of(facts, session), session)
        case "watch":
            return atoms_of_watcher(pack, session)
        case _:
            return atoms_of_desk(session)


class Gate:
    """Says things about one world in one language. `texts` are people's texts by reference.

    One that `names_whom` says of what was told in private who was told it: for desks alone.
    """

    def __init__(
        self, pack: Pack, lang: str, texts: Mapping[str, str], *, names_whom: bool = False
    ) -> None:
        self._names_whom = names_whom
        self.words = Words(pack, lang)
        self.cards = Cards(pack, self.words, texts)
        self._pack = pack
        self._texts = texts
        self._said: dict[tuple[int, int], tuple[Event, Map]] = {}  # many are told the same
        self._offered: dict[tuple[str, Any], tuple[Offer, Map]] = {}
        self._ranks = {action: rank for rank, action in enumerate(pack.actions)}

    # --- what changed ----------------------------------------------------------------------

    def view(self, fold: Fold, position: Position, facts: Facts) -> Map:
        """Return a `view` of what several turns brought, without offers and without its digest."""
        view: Map = {"type": "view", "pos": list(position), "ms": facts.ms}
        if fold.changes:
            texts = self._texts
            view["changes"] = {n: wire_value(v, texts) for n, v in fold.changes.items()}
            drawn = self._drawn(fold, facts)
            if drawn:
                view["cards"] = drawn
        if fold.gone:
            view["gone"] = fold.gone
        if fold.events:
            view["events"] = self.events(fold)
        return view

    def events(self, fold: Fold) -> list[Map]:
        """Return the events of a fold, in order; those that are no news to a client left out."""
        return [
            self._event(position, world_ms, i, event)
            for position, world_ms, i, event in fold.events
            if event.kind in _EVENT_KINDS
        ]

    def outcomes(
        self, outcomes: Iterable[tuple[Position, Outcome, Cause]], facts: Facts, viewer: Viewer
    ) -> list[Map]:
        """Return a viewer's own outcomes; those without a number are the gateway's."""
        return [
            self._outcome(position, outcome, cause, facts, viewer)
            for position, outcome, cause in outcomes
            if outcome.n
        ]

    def offers(self, offers: Sequence[Offer], facts: Facts) -> dict[str, Map]:
        """Return offered actions by id."""
        return {offer.action: self._offer(offer, facts) for offer in offers}

    def choices(self, facts: Facts, viewer: Viewer) -> list[Map]:
        """Return the choices open to a viewer."""
        return self.cards.choices(facts, viewer.seat, viewer.eyes)

    def scene_cards(self, facts: Facts, viewer: Viewer) -> Map:
        """Return the cards of the scenes a viewer sees into."""
        scenes = self._pack.scenes
        seen = [s for s in scenes if viewer.eyes.sees((f"scene:{s}",))]
        return {s: self.cards.of_scene(s, facts, viewer.seat) for s in seen}

    def _drawn(self, fold: Fold, facts: Facts) -> Map:
        cards = self.cards
        names = [
            name
            for name, value in fold.changes.items()
            # A number has no words; mostly it is one.
            if name in fold.revealed
            or (type(value) is not int and cards.changes_with_its_value(name))
        ]
        return cards.of_facts(names, fold.changes) if names else {}

    def _offer(self, offer: Offer, facts: Facts) -> Map:
        """Return an offered action. One that is ready is mostly the same for many and for long."""
        is_ready = offer.refusal is None
        key = (offer.action, offer.params[0].values if offer.params else ())
        known = self._offered.get(key) if is_ready else None
        if known is not None and known[0] == offer:
            return known[1]
        said = self.cards.offer(offer, self._ranks.get(offer.action, len(self._ranks)), facts)
        if is_ready:
            if len(self._offered) >= _OFFERED_MAX:
                self._offered.clear()
            self._offered[key] = (offer, said)
        return said

    # --- all there is ----------------------------------------------------------------------

    def whole(
        self,
        state: State,
        index: ClassIndex,
        viewer: Viewer,
        card: WorldCard,
        offers: Mapping[str, Map],
    ) -> Map:
        """Return all that a viewer sees now, without `session`, `secret` and how it came by it."""
        facts, eyes = state.facts, viewer.eyes
        seen = index.visible(eyes)
        cards = self.cards.of_facts(seen, seen)
        scenes = self.scene_cards(facts, viewer)
        if scenes:
            cards["scenes"] = scenes
        world = facts.get("@world", (0, 0, self._pack.speed))
        speed = world[2] if isinstance(world, tuple) else self._pack.speed
        return {
            "as": viewer.kind, "role": role_of(viewer.seat), "seat": viewer.seat,
            "world": self.cards.world(card, facts), "position": list(state.position),
            "ms": facts.ms, "at": state.at_ms, "speed": speed, "running": state.is_running(),
            "facts": {name: wire_value(value, self._texts) for name, value in seen.items()},
            "actions": list(offers.values()), "choices": self.choices(facts, viewer),
            "cards": cards, "digest": digest_hex(index.digest(eyes)),
        }  # fmt: skip

    def recap(self, events: Iterable[Event]) -> list[str]:
        """Return the lines that say what a role knows of what happened."""
        lines = []
        for event in events:
            if event.kind in _EVENT_KINDS and (text := self._text_of(event)):
                name = self.words.name(event.who) if event.kind == "said" and event.who else ""
                lines.append(f"{name}: {text}" if name else text)
        return lines

    # --- one event, one outcome --------------------------------------------------------------

    def _event(self, position: Position, world_ms: int, i: int, event: Event) -> Map:
        """Return an event in words. Those of the authors are found once for all who are told.

        What people wrote is not kept here: it may be erased at any time.
        """
        at = (position.seq, i)
        known = self._said.get(at)
        if known is not None and known[0] is event:
            return known[1]
        said = self._say(position, world_ms, i, event)
        if not any(type(value) is TextRef for _, value in event.arguments):
            if len(self._said) >= _SAID_MAX:
                self._said.clear()
            self._said[at] = (event, said)
        return said

    def _say(self, position: Position, world_ms: int, i: int, event: Event) -> Map:
        said: Map = {"kind": event.kind, "at": [position.seq, i], "ms": world_ms}
        # Who did something is told where the authors told it: in the text. A narration that
        # names nobody must not name its actor here.
        if event.who and event.kind in _KINDS_WITH_WHO:
            said["who"], said["who_name"] = event.who, self.words.name(event.who)
        if text := self._text_of(event):
            said["text"] = text
        reach = _reach_of(event.to)
        if reach != "all":
            said["reach"] = reach
        if self._names_whom and reach == "private" and (to := _told_in_private(event)):
            said["to"] = to
        if event.key:
            said["key"] = event.key
        args = self._args_of(event) if event.arguments else {}
        if event.kind in _FOR_THE_DESK:
            self._name_who(said, args, event)
        if args:
            said["args"] = args
        return said

    def _args_of(self, event: Event) -> Map:
        named = self.words.places(event.key)
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in event.arguments
            if type(value) is not TextRef and (name in _EVENT_ARGS or name in named)
        }

    def _name_who(self, said: Map, args: Map, event: Event) -> None:
        """Say by its own name who did it: somebody at the desk, or who minds what was written."""
        given = dict(event.arguments)
        args.update((k, given[k]) for k in _FOR_THE_DESK[event.kind] if k in given)
        name = given.get("name")
        if type(name) is TextRef and (shown := self._texts.get(name.ref)):
            said["who_name"] = shown

    def _text_of(self, event: Event) -> str:
        given: dict[str, Value] = dict(event.arguments)
        written = given.get("text")
        if not event.key and type(written) is TextRef:
            return self._texts.get(written.ref, "")
        key = event.key or event.kind
        if event.kind == "seat":
            key = f"seat.{given.get('held', '')}"
        return self.words.fill(key, given, self._texts, event.who)

    def _outcome(
        self, position: Position, outcome: Outcome, cause: Cause, facts: Facts, viewer: Viewer
    ) -> Map:
        code, given = outcome.code, dict(outcome.arguments)
        said: Map = {"n": outcome.n, "code": code, "ok": code == "ok", "pos": list(position)}
        if code == "ok":
            return said
        action_id = str(dict(cause.arguments).get("action", "")) if cause.kind == "act" else ""
        action = self._pack.actions.get(action_id)
        if action is not None and action.is_veiled and _is_veiled(code, given):
            said["code"] = "condition"
            said["text"] = self.cards.refusal("condition", {}, action_id)
            return said
        leaf = given.get("leaf")
        if leaf and not self._may_see_leaf(cause, facts, viewer):
            del given["leaf"]
        if code == "not_allowed" and cause.kind == "unpause":
            code = "not_paused_by_you"  # the code stands; only its sentence is a better one
        said["text"] = self.cards.refusal(code, given, "" if action_id == GO else action_id)
        args = {
            name: list(value) if isinstance(value, tuple) else value
            for name in _OUTCOME_ARGS
            if (value := given.get(name)) is not None
        }
        if args:
            said["args"] = args
        return said

    def _may_see_leaf(self, cause: Cause, facts: Facts, viewer: Viewer) -> bool:
        """An unveiled action reads only what its role sees: the pack is refused otherwise. Of a
        choice's options that is not checked, so it is here."""
        if viewer.kind in ("desk", "script") or cause.kind == "act":
            return True
        given = dict(cause.arguments)
        choice = self._pack.choices.get(str(given.get("choice", "")))
        option = choice.options.get(str(given.get("option", ""))) if choice else None
        when: Expr | None = option.when if option else None
        return when is not None and self.cards.is_seen(when.reads, facts, viewer.eyes)


def _is_veiled(code: str, given: Mapping[str, Value]) -> bool:
    return code == "condition" or (code == "bad_parameter" and given.get("why") == _NOT_POSSIBLE)


def _told_in_private(event: Event) -> list[str]:
    """Return the roles and seats that an event was told to, each once."""
    atoms = [atom.partition(":") for atom in event.to]
    whom = [id_ for kind, _, id_ in atoms if kind in ("role", "seat")]
    if not whom and event.kind in _KINDS_TO_WHO and event.who:
        whom = [event.who]  # told to a session: that of who plays it
    return list(dict.fromkeys(whom))


def _reach_of(to: Sequence[str]) -> str:
    if "all" in to:
        return "all"
    if any(atom.startswith("scene:") for atom in to):
        return "scene"
    return "desk" if to == ("desk",) else "private"
