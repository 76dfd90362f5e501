"""Texts by language: what a pack must say, what it says in vain, and what fills the gaps in it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from dreamsync_server.limits import PACK_TEXT_CHARS_MAX
from dreamsync_server.packs.built_in import is_built_in
from dreamsync_server.packs.context import Said
from dreamsync_server.packs.faults import Faults, alike
from dreamsync_server.packs.sections import HEAD, Sections
from dreamsync_server.packs.shape import kind_of
from dreamsync_server.packs.yaml import Leaf, Node
from dreamsync_server.world.model import Action, FactDecl, Pack, Place

Need = tuple[str, Place]
"""A key that every language must have, and what needs it."""

ENGINE: Final = (
    "action.go.label", "action.go.to", "seat.player", "seat.understudy", "seat.nobody",
    "paused", "unpaused", "muted", "unmuted", "fact.scene", "fact.held", "fact.player",
    "fact.holder", "fact.chapter", "fact.ending", "fact.paused", "value.held.nobody",
    "value.held.player", "value.held.understudy",
)  # fmt: skip
"""Sentences of the engine's own that a pack may word itself, like those in `ENGINE_NAMES`."""

ENGINE_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "go.left": ("me", "who", "to"),
    "go.came": ("me", "who", "to"),
    "seat.player": ("me", "who"),
    "seat.understudy": ("me", "who"),
    "seat.nobody": ("me", "who"),
    "muted_again": ("me", "who"),
    "nudge.hint": ("action",),
    "nudge.call": ("why",),
    "nudge.elsewhere": ("ending",),
}
"""What fills the placeholders of some of them."""

_REFUSAL: Final = "refusal."  # a refusal's sentence by its code, such as refusal.cooldown
_PLACEHOLDER: Final = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_BRACE: Final = re.compile(r"[{}]")


def build_texts(
    sections: Sections,
    languages: tuple[str, ...],
    needs: Iterable[Need],
    optional: Iterable[str],
    said: Iterable[Said],
    faults: Faults,
) -> Mapping[str, Mapping[str, str]]:
    """Build language → key → text and tell what is missing, empty, in vain or cannot be filled."""
    needed: dict[str, Place] = {}
    names: dict[str, list[Said]] = {}
    for one in said:
        needed.setdefault(one.key, one.place)
        names.setdefault(one.key, []).append(one)
    for key, place in needs:
        needed.setdefault(key, place)
    for key, filled in ENGINE_NAMES.items():
        names.setdefault(key, []).append(Said(key, Place("", 0, 0), frozenset(filled)))
    known = {*needed, *optional}
    _refuse_undeclared(sections, languages, faults)
    built = {}
    for language in languages:
        leaves = _read(sections, language, faults)
        _tell_missing(language, leaves, needed, known, faults)
        for key, leaf in leaves.items():
            if key in known:
                _check_placeholders(key, leaf, names.get(key, []), faults)
            elif not key.startswith(_REFUSAL) and not faults.follows(key):
                what = f"nothing says the text '{key}'"
                faults.add("unused_text", leaf.place, what, alike(key, known - set(leaves)))
        built[language] = {key: leaf.text.strip() for key, leaf in leaves.items()}
    return built


def needs_of(pack: Pack) -> Iterator[Need]:
    """Yield every key that the parts of a pack need, whatever their effects say."""
    head = Place(HEAD, 1, 1)
    for key in ("title", "about", "notes"):
        yield key, head
    for role in pack.roles.values():
        yield f"role.{role.id}.name", role.place
        yield f"role.{role.id}.about", role.place
    for scene in pack.scenes.values():
        yield f"scene.{scene.id}.name", scene.place
        yield f"scene.{scene.id}.text", scene.place
    for thing in pack.things.values():
        yield f"thing.{thing.id}.name", thing.place
    for decl in pack.decls:
        if not is_built_in(decl) and not _is_hidden(decl):
            yield f"fact.{decl.name}.name", decl.place
    for action in pack.actions.values():
        yield f"action.{action.id}.label", action.place
        if action.is_veiled:
            yield f"action.{action.id}.refuse", action.place
    for choice in pack.choices.values():
        yield f"choice.{choice.id}.ask", choice.place
        for option in choice.options:
            yield f"choice.{choice.id}.{option}", choice.place
    for beat in pack.beats.values():
        kind = "ending" if beat.is_ending else "beat"
        yield f"{kind}.{beat.id}.title", beat.place
    for chapter in pack.chapters.values():
        yield f"chapter.{chapter.id}.title", chapter.place
    for clock in pack.clocks.values():
        yield f"clock.{clock.id}.name", clock.place


def optional_keys(pack: Pack) -> Iterator[str]:
    """Yield every key that a pack may have beyond those it needs."""
    yield from ENGINE
    yield from ENGINE_NAMES
    for action in pack.actions.values():
        yield from _optional_of_action(action)
    for decl in pack.decls:
        if is_built_in(decl):
            continue
        yield f"fact.{decl.name}.name"
        type_ = decl.type.item or decl.type
        words = ("true", "false") if type_.kind == "bool" else type_.choices
        for word in words:
            yield f"value.{decl.name}.{word}"


def placeholders(text: str) -> tuple[str, ...]:
    """Return the names of a text's placeholders, in order."""
    return tuple(match[1] for match in _PLACEHOLDER.finditer(text))


def _optional_of_action(action: Action) -> Iterator[str]:
    yield f"action.{action.id}.text"
    yield f"action.{action.id}.refuse"
    for param in action.params:
        yield f"action.{action.id}.{param.name}"
        for word in param.type.choices:
            yield f"value.{action.id}.{param.name}.{word}"


def _is_hidden(decl: FactDecl) -> bool:
    return all(word in ("desk", "nobody") for word in decl.visible)


def _refuse_undeclared(sections: Sections, languages: tuple[str, ...], faults: Faults) -> None:
    for language, entries in sections.texts.items():
        if language not in languages and entries:
            place = Place(entries[0][0].place.file, 1, 1)
            what = f"'{language}' is not among the languages in {HEAD}"
            faults.add("unknown_language", place, what, alike(language, languages))


def _read(sections: Sections, language: str, faults: Faults) -> dict[str, Leaf]:
    leaves: dict[str, Leaf] = {}
    for key, node in sections.texts.get(language, ()):
        if key.text in leaves:
            what = f"the text '{key.text}' is given twice, first at {leaves[key.text].place}"
            faults.add("given_twice", key.place, what)
            continue
        leaf = _read_text(key, node, faults)
        leaves[key.text] = leaf
    return leaves


def _read_text(key: Leaf, node: Node, faults: Faults) -> Leaf:
    what = f"the text '{key.text}'"
    if not isinstance(node, Leaf):
        faults.add("wrong_kind", node.place, f"{what} is text, not {kind_of(node)}")
        return Leaf(node.place, "", "")
    if node.value is None or not node.text.strip():
        faults.add("empty_text", node.place, f"{what} is empty")
    elif len(node.text) > PACK_TEXT_CHARS_MAX:
        said = f"{what} has more than {PACK_TEXT_CHARS_MAX} characters"
        faults.add("out_of_bounds", node.place, said)
    return node


def _tell_missing(
    language: str,
    leaves: Mapping[str, Leaf],
    needed: Mapping[str, Place],
    known: set[str],
    faults: Faults,
) -> None:
    spare = [key for key in leaves if key not in known]
    for key, place in needed.items():
        if key not in leaves:
            what = f"there is no text '{key}' in text/{language}.yaml"
            faults.add("missing_text", place, what, alike(key, spare))


def _check_placeholders(key: str, leaf: Leaf, uses: list[Said], faults: Faults) -> None:
    spans = [match.span() for match in _PLACEHOLDER.finditer(leaf.text)]
    for brace in _BRACE.finditer(leaf.text):
        if not any(start <= brace.start() < end for start, end in spans):
            what = f"a lone '{brace[0]}' in the text '{key}': placeholders are like {{name}}"
            faults.add("bad_placeholder", leaf.place_at(brace.start()), what)
            break
    for match in _PLACEHOLDER.finditer(leaf.text):
        name = match[1]
        place = leaf.place_at(match.start())
        lacking = next((use for use in uses if name not in use.names), None)
        if not uses:
            what = f"nothing fills {{{name}}}: the text '{key}' has no placeholders"
            faults.add("unknown_placeholder", place, what)
        elif lacking is not None:
            where = f" at {lacking.place}" if lacking.place.file else ""
            what = f"nothing fills {{{name}}} in the text '{key}' as it is used{where}"
            near = alike(name, lacking.names)
            faults.add("unknown_placeholder", place, what, f"{{{near}}}" if near else "")
