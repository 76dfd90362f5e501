"""What is drawn beside facts: names, scenes, offers, open choices, the card of a world.

Wire maps in the shapes of `dreamsync.protocol.cards`, in one language. The gate asks for them
only of what its viewer sees.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

from dreamsync_server.gateway.views import Eyes
from dreamsync_server.gateway.wording import Words
from dreamsync_server.store.port import WorldCard
from dreamsync_server.world.acting import open_exits
from dreamsync_server.world.audience import class_of
from dreamsync_server.world.model import Choice, FactDecl, Pack, Role
from dreamsync_server.world.offers import Offer, ParamOffer
from dreamsync_server.world.sessions import session_of
from dreamsync_server.world.state import Facts, is_asleep, is_over, role_of, seat_decl, seats_of
from dreamsync_server.world.values import Drift, TextRef, Value

Map = dict[str, Any]
_WORLD: Final = "world"


def wire_value(value: Value, texts: Mapping[str, str]) -> Any:
    """Return a fact's value as it stands on the wire."""
    kind = type(value)
    if kind is int or kind is str or kind is bool:
        return value
    if isinstance(value, Drift):
        return {"fine": value.fine, "rate": value.rate, "since": value.since_ms,
                "low": value.low, "high": value.high}  # fmt: skip
    if isinstance(value, TextRef):
        return {"text": texts.get(value.ref, ""), "ref": value.ref, "digest": value.digest}
    return list(value) if isinstance(value, tuple) else value


class Cards:
    """Draws cards of one pack in one language. `texts` are people's names by reference."""

    def __init__(
        self, pack: Pack, words: Words, texts: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        self._pack = pack
        self._texts = texts
        self._words = words

    def of_facts(self, names: Iterable[str], facts: Mapping[str, Value]) -> Map:
        """Return the `cards` that facts need to be drawn: themselves and whom they are about."""
        cards: Map = {}
        for name in names:
            decl, about = self._decl(name)
            if decl is None:
                continue
            cards.setdefault("facts", {})[name] = self._fact(name, decl, about, facts.get(name))
            for id_ in about:
                kind = self._sort_of(id_)
                if kind:
                    cards.setdefault(kind, {})[id_] = self._words.name(id_)
        return cards

    def of_scene(self, scene_id: str, facts: Facts, seat: str) -> Map:
        """Return the card of a scene as it is to who stands in it (or, seat "", looks at it)."""
        scene = self._pack.scenes[scene_id]
        ways = [way.to for way in scene.exits if way.when is None]
        if seat and facts[f"{seat}.scene"] == scene_id:
            ways = [way.to for way in open_exits(self._pack, facts, seat)]
        text = self._words.text(f"scene.{scene_id}.text")
        exits = [{"id": to, "label": self._words.name(to)} for to in ways]
        return {"name": self._words.name(scene_id), "text": text, "layer": scene.layer,
                "size": list(scene.size), "exits": exits}  # fmt: skip

    def changes_with_its_value(self, name: str) -> bool:
        """Return whether a fact's card must be sent again with a new value: it has words."""
        decl, _ = self._decl(name)
        return decl is not None and (
            decl.type.kind == "choice"
            or (decl.type.item is not None and decl.type.item.kind == "choice")
        )

    # --- offers ----------------------------------------------------------------------------

    def offer(self, offer: Offer, rank: int, facts: Facts) -> Map:
        """Return an offered action."""
        words, key = self._words, f"action.{offer.action}"
        card: Map = {"id": offer.action, "label": words.text(f"{key}.label") or offer.action,
                     "rank": rank}  # fmt: skip
        if words.has(f"{key}.text"):
            card["text"] = words.text(f"{key}.text")
        if offer.is_veiled:
            card["is_veiled"] = True
        if offer.refusal is not None:
            code, given = offer.refusal[0], dict(offer.refusal[1])
            card.update(is_ready=False, code=code, why=self.refusal(code, given, offer.action))
            if isinstance(wait_ms := given.get("wait_ms"), int):
                card["ready_ms"] = facts.ms + wait_ms
        card["params"] = [self._param(param, key) for param in offer.params]
        return card

    def refusal(self, code: str, given: Mapping[str, Value], action: str) -> str:
        """Return the sentence of a refused action; its own where the pack has one."""
        if code == "condition" and action:
            own = self._words.text(f"action.{action}.refuse")
            if own:
                return own
        return self._words.refusal(code, given)

    def _param(self, param: ParamOffer, action: str) -> Map:
        kind, key = param.type, f"{action}.{param.name}"
        card: Map = {"name": param.name, "type": kind.kind}
        if label := self._words.text(key):
            card["label"] = label
        if param.is_free_text or kind.kind == "text":
            card.update(type="text", size=kind.size_max)
        elif kind.kind == "int":
            card.update(low=kind.low, high=kind.high)
        elif kind.kind == "choice":
            card["choices"] = [self._label(value, key) for value in param.values or ()]
        return card

    def _label(self, value: Value, key: str) -> Map:
        word = self._words.word(str(value), key.removeprefix("action."))
        return {"id": str(value), "label": word or str(value)}

    def choices(self, facts: Facts, seat: str, eyes: Eyes) -> list[Map]:
        """Return the choices that are open to a seat's role."""
        return [
            self._choice(choice, facts, seat, eyes)
            for choice in self._pack.choices.values()
            if seat and choice.role == role_of(seat) and facts[f"choice.{choice.id}"] != 0
        ]

    def _choice(self, choice: Choice, facts: Facts, seat: str, eyes: Eyes) -> Map:
        words, key = self._words, f"choice.{choice.id}"
        options = []
        for option in choice.options.values():
            # An option whose condition reads what the role does not see is always shown.
            is_shown = (
                option.when is None
                or not self.is_seen(option.when.reads, facts, eyes)
                or option.when.run(facts, {"me": seat})
            )
            if is_shown:
                label = words.text(f"{key}.{option.id}") or option.id
                options.append({"id": option.id, "label": label})
        card: Map = {"id": choice.id, "ask": words.text(f"{key}.ask"), "options": options}
        until_ms = facts[key]
        if isinstance(until_ms, int) and until_ms > 0:
            card["until_ms"] = until_ms
        return card

    def is_seen(self, reads: Iterable[str], facts: Facts, eyes: Eyes) -> bool:
        """Return whether a viewer sees every fact that a condition may read."""
        return all(
            "*" not in name and eyes.sees(class_of(self._pack, facts, name)) for name in reads
        )

    # --- worlds ----------------------------------------------------------------------------

    def world(self, card: WorldCard, facts: Facts) -> Map:
        """Return the card of a running world. `facts` may be empty: nobody has opened it yet."""
        pack, words = self._pack, self._words
        state = "running"
        if facts:
            if is_over(facts):
                state = "ended"
            elif facts["paused"]:
                state = "paused"
            elif is_asleep(facts):
                state = "asleep"
        people = sum(
            1
            for name in facts
            if name.startswith("@session.")
            and (entry := session_of(facts, name[9:])) is not None
            and entry.is_present
            and entry.kind == "player"
        )
        return {
            "id": card.world, "pack": pack.id, "title": card.title or words.text("title"),
            "about": words.text("about"), "notes": words.text("notes"), "state": state,
            "is_private": card.is_private, "has_spectators": card.has_spectators,
            "has_safety_pause": pack.has_safety_pause, "languages": list(pack.languages),
            "people": people,
            "roles": [self._role(role, facts) for role in pack.roles.values() if role.is_open],
        }  # fmt: skip

    def pack(self) -> Map:
        """Return the card of the pack itself."""
        pack, words = self._pack, self._words
        roles = [self._role(role, None) for role in pack.roles.values() if role.is_open]
        return {"id": pack.id, "title": words.text("title"), "about": words.text("about"),
                "notes": words.text("notes"), "languages": list(pack.languages),
                "roles": roles}  # fmt: skip

    def _role(self, role: Role, facts: Facts | None) -> Map:
        words = self._words
        card: Map = {"id": role.id, "name": words.name(role.id),
                     "about": words.text(f"role.{role.id}.about")}  # fmt: skip
        if role.seats:
            held = 0
            if facts:
                seats = seats_of(self._pack, role.id)
                held = sum(1 for seat in seats if facts[f"{seat}.held"] == "player")
            card.update(seats=role.seats, free=role.seats - held)
        elif facts:
            card["held"] = facts[f"{role.id}.held"]
            player = facts[f"{role.id}.player"]
            name = self._texts.get(player.ref, "") if type(player) is TextRef else player
            if name:
                card["player"] = name
        return card

    # --- inside ----------------------------------------------------------------------------

    def _decl(self, name: str) -> tuple[FactDecl | None, tuple[str, ...]]:
        fact = self._pack.facts.get(name)
        if fact is not None:
            return fact.decl, fact.about
        decl = seat_decl(self._pack, name)
        return decl, () if decl is None else (name[: -len(decl.name) - 1],)

    def _sort_of(self, id_: str) -> str:
        if role_of(id_) in self._pack.roles:
            return "roles"
        return "things" if id_ in self._pack.things else ""

    def _fact(self, name: str, decl: FactDecl, about: tuple[str, ...], value: Value | None) -> Map:
        kind = decl.type
        card: Map = {"label": self._fact_label(name, decl), "kind": kind.kind}
        if about:
            card["about"] = list(about)
        if name.startswith("clock.") and decl.about == _WORLD:
            card["kind"] = "clock"
        elif kind.kind == "int":
            card.update(low=kind.low, high=kind.high)
        shown = value if isinstance(value, tuple) and type(value) is not TextRef else (value,)
        words = {v: word for v in shown if type(v) is str and (word := self._word(name, decl, v))}
        if words and (kind.kind == "choice" or kind.kind == "list"):
            card["words"] = words
        return card

    def _fact_label(self, name: str, decl: FactDecl) -> str:
        words = self._words
        label = words.text(f"fact.{decl.name}.name")
        if label or decl.about != _WORLD:
            return label or decl.name
        first, _, rest = name.partition(".")
        own = {"clock": f"clock.{rest}.name", "choice": f"choice.{rest}.ask",
               "chose": f"choice.{rest}.ask", "did": f"action.{rest}.label",
               "cued": f"beat.{rest}.title"}.get(first, "")  # fmt: skip
        ending = words.text(f"ending.{rest}.title") if first == "cued" else ""
        return words.text(own) or ending or name

    def _word(self, name: str, decl: FactDecl, value: str) -> str:
        words = self._words
        if name == "chapter":
            return words.text(f"chapter.{value}.title")
        if name in ("ending", "director.heading"):
            return words.text(f"ending.{value}.title")
        if name.startswith("chose.") and decl.about == _WORLD:
            return words.text(f"choice.{name[6:]}.{value}")
        return words.word(value, decl.name)
