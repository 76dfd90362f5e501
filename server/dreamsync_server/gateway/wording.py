"""What people read: a pack's texts in one language filled in, and the engine's own sentences.

A text is filled in one pass, so that what a person wrote is inserted as it is and never read as
a template. Everything here is given to the gate; nothing else says a sentence about a world.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

from dreamsync_server.gateway import wording_de
from dreamsync_server.world.composing import KEY
from dreamsync_server.world.model import Pack
from dreamsync_server.world.sharing import per_pack
from dreamsync_server.world.state import role_of
from dreamsync_server.world.values import TextRef, Value

_PLACE: Final = re.compile(r"\{([a-z][a-z0-9_]*)\}")

_KEYED: Final = ("action", "ending")  # places that the engine fills with a key of the texts

ENGINE: Final[Mapping[str, str]] = {
    "go.left": "{who} leaves.",
    "go.came": "{who} comes in.",
    "seat.player": "Somebody now plays {who}.",
    "seat.understudy": "An understudy now plays {who}.",
    "seat.nobody": "Nobody plays {who} now.",
    "paused": "The world is paused.",
    "unpaused": "The world goes on.",
    "muted": "The desk has muted you: what you write is not told for now.",
    "muted_again": "The desk muted whoever played {who} last, and that holds for you until it says"
    " otherwise: what you write is not told.",
    "unmuted": "What you write is told again.",
    "fact.scene": "where",
    "fact.held": "played by",
    "fact.player": "player",
    "fact.holder": "who has it",
    "fact.chapter": "chapter",
    "fact.ending": "ending",
    "fact.paused": "paused",
    "value.held.nobody": "nobody",
    "value.held.player": "a player",
    "value.held.understudy": "an understudy",
    "action.go.label": "go to",
    "action.go.to": "where",
    "nudge.hint": "It crosses your mind: {action}.",
    "nudge.call": "The director asks for you: {why}.",
    "nudge.elsewhere": "Word comes from elsewhere, unsigned: there it ended as “{ending}”.",
}
"""Texts that a pack need not have, and may override by the same key."""

REFUSALS: Final[Mapping[str, str]] = {
    "unknown_action": "There is nothing of that name to do.",
    "unknown_beat": "There is no such beat.",
    "unknown_role": "There is no such role.",
    "unknown_choice": "There is no such choice for you.",
    "bad_parameter": "“{parameter}” will not do: {why}.",
    "not_yours": "That is not for your role to do.",
    "not_here": "That cannot be done here.",
    "not_now": "That cannot be done now.",
    "condition": "That is not possible as things are.",
    "cooldown": "It is too soon: wait {wait}.",
    "spent": "That was done as often as it can be.",
    "taken": "Somebody holds that seat.",
    "no_seat": "You play no role now.",
    "not_open": "Nobody asks that any more.",
    "paused": "The world is paused.",
    "ended": "The story has ended.",
    "stale": "That was decided too long ago to say how.",
    "retired": "This session is over.",
    "stale_term": "Another director has taken over.",
    "stale_tenure": "The seat has changed hands.",
    "stale_state": "Something has changed meanwhile.",
    "already": "That was done already.",
    "held": "The beat is held at the desk.",
    "not_allowed": "You have no right to do that.",
    "not_paused_by_you": "Whoever paused the world, or the desk, lets it go on.",
    "no_undo": "The pack does not say how that is undone.",
    "full": "The world is full.",
    "muted": "The desk has muted you: what you write is not told for now.",
    "gap": "Proposals are taken in order: {expected} is next.",
}


def _spoken(engine: Mapping[str, str], refusals: Mapping[str, str]) -> Mapping[str, str]:
    return {**engine, **{f"refusal.{code}": text for code, text in refusals.items()}}


_SPOKEN: Final = _spoken(ENGINE, REFUSALS)
# What the engine says in other languages; in one that is not here it speaks English.
_SPOKEN_IN: Final = {"de": _spoken(wording_de.ENGINE, wording_de.REFUSALS)}
_UNITS_IN: Final[Mapping[str, tuple[str, str, str]]] = {"de": ("Sekunde", "Sekunden", "Minuten")}


class Words:
    """One pack's texts in one language; where that has none, in the pack's first."""

    def __init__(self, pack: Pack, lang: str) -> None:
        self._pack = pack
        self.lang = best_language(pack, lang)
        self._texts, self._values = _tables_of(pack)(self.lang)

    def text(self, key: str) -> str:
        """Return the text of a key, "" where there is none."""
        return self._texts.get(key, "")

    def has(self, key: str) -> bool:
        """Return whether there is a text of that key."""
        return key in self._texts

    def name(self, id_: str) -> str:
        """Return the name of a role, seat, scene or thing; of anything else the id itself."""
        pack = self._pack
        if id_ in pack.scenes:
            return self._texts.get(f"scene.{id_}.name", id_)
        if id_ in pack.things:
            return self._texts.get(f"thing.{id_}.name", id_)
        role = role_of(id_)
        if role in pack.roles:
            return self._texts.get(f"role.{role}.name", role)
        return id_

    def word(self, value: str, decl: str = "") -> str:
        """Return how a value of a choice is shown; "" where it has no word of its own."""
        own = self._texts.get(f"value.{decl}.{value}") if decl else None
        if own is not None:
            return own
        name = self.name(value)
        return name if name != value else self._values.get(value, "")

    def fill(
        self, key: str, given: Mapping[str, Value], texts: Mapping[str, str], who: str = ""
    ) -> str:
        """Return a key's text with its places filled. `texts` are people's texts by reference."""
        template = self._texts.get(key, "")
        return template if "{" not in template else self._filled(template, given, texts, who)

    def refusal(self, code: str, given: Mapping[str, Value]) -> str:
        """Return the sentence of a refusal: the pack's for this code, else the engine's."""
        template = self._texts.get(f"refusal.{code}") or self._texts["refusal.condition"]
        shown = dict(given)
        if isinstance(wait_ms := given.get("wait_ms"), int):
            shown["wait"] = spoken_time(wait_ms, self.lang)
        return self._filled(template, shown, {}, "")

    def places(self, key: str) -> frozenset[str]:
        """Return the names that a text asks for."""
        return frozenset(_PLACE.findall(self._texts.get(key, "")))

    def show(self, value: Any, texts: Mapping[str, str]) -> str:
        """Return a value as a person reads it."""
        if type(value) is TextRef:
            return texts.get(value.ref, "")
        if isinstance(value, str):
            return self.word(value) or value
        if isinstance(value, tuple):
            return ", ".join(self.show(item, texts) for item in value)
        return str(value)

    def _filled(
        self, template: str, given: Mapping[str, Value], texts: Mapping[str, str], who: str
    ) -> str:
        def filling(match: re.Match[str]) -> str:
            place = match.group(1)
            value = given.get(place)
            if place in _KEYED and isinstance(value, str) and self.has(value):
                return self.text(value)
            if isinstance(value, str) and value.startswith(KEY) and self.has(value):
                # A drawn alternative; what it uses was drawn with it, and uses nothing again.
                rest = {name: one for name, one in given.items() if name != place}
                return self._filled(self.text(value), rest, texts, who)
            if value is not None:
                return self.show(value, texts)
            return self.name(who) if place in ("me", "who") and who else ""

        return _PLACE.sub(filling, template)


def best_language(pack: Pack, wanted: str) -> str:
    """Return the pack's language nearest to the wanted one; its first where it has none."""
    for lang in (wanted, wanted.partition("-")[0].lower()):
        if lang in pack.texts:
            return lang
    return pack.languages[0] if pack.languages else "en"


def spoken_time(ms: int, lang: str = "en") -> str:
    """Return a wait as a person says it, rounded up."""
    one, several, minutes = _UNITS_IN.get(lang.partition("-")[0], ("second", "seconds", "minutes"))
    seconds = max(1, -(-ms // 1000))
    if seconds < 90:
        return f"{seconds} {one if seconds == 1 else several}"
    return f"{-(-seconds // 60)} {minutes}"


@per_pack
def _tables_of(pack: Pack) -> Callable[[str], tuple[dict[str, str], dict[str, str]]]:
    """Return what gives a pack's texts in a language of its own, and the words of its values."""

    @cache
    def tables(lang: str) -> tuple[dict[str, str], dict[str, str]]:
        first = pack.texts[pack.languages[0]] if pack.languages else {}
        spoken = _SPOKEN_IN.get(lang.partition("-")[0], {})
        texts = {**_SPOKEN, **first, **spoken, **pack.texts.get(lang, {})}
        values: dict[str, str] = {}
        for key, text in texts.items():
            if key.startswith("value."):
                values.setdefault(key.rpartition(".")[2], text)
        return texts, values

    return tables
